internal import CKernels
package import OutlierCore

/// Finds the nearest of some points, where points and queries may lack values.
///
/// The distance of two rows is Euclid's over the columns that both have, scaled by √(columns ÷ common columns): the rule
/// of Dixon, “Pattern Recognition with Partly Missing Data” (1979), and of scikit-learn's `nan_euclidean_distances`.
/// Rows without a common column are infinitely far apart. Of points equally far away the first are found.
package struct PartialNeighborSearch: Sendable {
    /// What is searched: the points nearest to a query, of those that have a value in a column where one is given.
    package struct Target: Sendable {
        package let query: Int
        package let column: Int?

        /// - Parameter query: a row of the queries.
        package init(query: Int, column: Int? = nil) {
            self.query = query
            self.column = column
        }
    }

    /// For each target its neighbours, the nearest first: `neighbors` places each, of which the last may be empty.
    package struct Result: Sendable {
        /// Distances; infinite in an empty place.
        package let distances: [Double]
        /// Numbers of points; -1 in an empty place.
        package let indices: [Int32]
    }

    package let points: Matrix
    /// Points, 32 side by side, column by column.
    private let tiles: [Double]
    private let tileCount: Int
    /// Values are divided by this power of two, so that no square overflows.
    private let scale: Double

    private static let tile = Int(OUTLIER_PARTIAL_TILE)
    /// So many queries share one passage over the points.
    private static let queriesAtOnce = 64

    package init(_ points: Matrix) {
        self.points = points
        let width = points.columnCount
        let tile = Self.tile
        let count = (points.rowCount + tile - 1) / tile
        var largest = 0.0
        points.withUnsafeBufferPointer { values in
            for value in values where abs(value) > largest { largest = abs(value) }
        }
        let scale = largest > 0x1p480 ? 0x1p-560 : 1
        tiles = [Double](unsafeUninitializedCapacity: count * tile * width) { target, initialized in
            points.withUnsafeBufferPointer { source in
                for block in 0..<count {
                    for column in 0..<width {
                        for lane in 0..<tile {
                            let row = block * tile + lane
                            target.initializeElement(
                                at: (block * width + column) * tile + lane,
                                to: row < points.rowCount ? source[row * width + column] * scale : .nan)
                        }
                    }
                }
            }
            initialized = count * tile * width
        }
        tileCount = count
        self.scale = scale
    }

    /// - Parameters:
    ///   - neighbors: how many to find, at least 1.
    ///   - targets: ascending by query.
    ///   - commonShare: the part of a query's own columns that a point must have to be found, 0...1. Distances over few
    ///     columns scatter widely, so that the nearest points would be those that have least in common by chance.
    ///   - queriesArePoints: whether query i is point i, which is then not its own neighbour.
    /// - Complexity: O(queries × points × columns).
    package func nearest(
        _ neighbors: Int, to queries: Matrix, targets: [Target], commonShare: Double = 0,
        queriesArePoints: Bool = false, execution: Execution = Execution()
    ) throws -> Result {
        precondition(queries.columnCount == points.columnCount && neighbors > 0, "the columns of the points")
        var distances = [Double](repeating: .infinity, count: targets.count * neighbors)
        var indices = [Int32](repeating: -1, count: targets.count * neighbors)
        let groups = Self.groups(targets, count: queries.rowCount)
        let width = queries.columnCount
        try distances.withUnsafeMutableBufferPointer { distances in
            try indices.withUnsafeMutableBufferPointer { indices in
                let (distances, indices) = (SharedBuffer(distances), SharedBuffer(indices))
                try execution.forEach(groups.count) { number in
                    let group = groups[number]
                    var rows = queries.selectingRows(group.queries)
                    if scale != 1 {
                        rows.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] *= scale } }
                    }
                    let excluded = group.queries.map { queriesArePoints ? UInt32($0) : UInt32.max }
                    var position = 0
                    let wanted = targets[group.targets].map { target in
                        while group.queries[position] != target.query { position += 1 }
                        return outlier_partial_target(
                            query: UInt32(position), column: Int32(target.column ?? -1))
                    }
                    var scratch = [UInt32](repeating: 0, count: max(1, width))
                    let start = group.targets.lowerBound * neighbors
                    guard let near = distances.buffer.baseAddress, let who = indices.buffer.baseAddress else { return }
                    rows.withUnsafeBufferPointer { rows in
                        outlier_partial_neighbors(
                            rows.baseAddress, group.queries.count, width, tiles, tileCount, excluded, wanted,
                            wanted.count, neighbors, commonShare, near + start, who + start, &scratch)
                    }
                    for place in start..<start + wanted.count * neighbors {
                        near[place] = near[place].squareRoot() / scale
                    }
                }
            }
        }
        return Result(distances: distances, indices: indices)
    }

    /// Splits targets into groups of few queries.
    private static func groups(_ targets: [Target], count: Int) -> [(queries: [Int], targets: Range<Int>)] {
        var groups: [(queries: [Int], targets: Range<Int>)] = []
        var queries: [Int] = []
        var start = 0
        for (position, target) in targets.enumerated() where queries.last != target.query {
            if queries.count == queriesAtOnce {
                groups.append((queries, start..<position))
                queries = []
                start = position
            }
            queries.append(target.query)
        }
        if !queries.isEmpty { groups.append((queries, start..<targets.count)) }
        return groups
    }
}
