import CKernels
package import OutlierCore
import Synchronization

/// Finds nearest neighbours exactly: those with the least distances in double precision, and among equal distances
/// those with the least row numbers. A row's neighbours depend on nothing but the row and the points.
///
/// A k-d tree leaves out what is far away, which saves most of the work where there are few columns or the points lie
/// in clusters; what remains is scanned by vector kernels. For n points of d columns, the search is built in
/// O(n d log n), holds the points once in single precision beside those given, and gives k neighbours of a row in
/// O(log n) steps at best and O(n d) at worst.
package struct NeighborSearch: Sendable {
    /// As given, but of length 1 for ``DistanceMetric/cosine``, and scaled where squares would leave the range of `Double`.
    private let points: Matrix
    let metric: DistanceMetric
    private let scale: Double
    private let distinct: DistinctRows
    let tree: PointTree
    /// `nil` where the metric has no kernel in single precision, or where it would not pay.
    let panels: SinglePrecisionPanels?

    /// How many rows may be found.
    package let pointCount: Int
    /// The number of columns of the points.
    package let columnCount: Int

    /// - Throws: `OutlierError` where there is no point, or where there are too many to be numbered in 32 bits.
    package init(_ points: Matrix, metric: DistanceMetric = .euclidean, execution: Execution = Execution()) throws {
        guard points.rowCount > 0, points.columnCount > 0 else {
            throw OutlierError(.emptyData, "there is no row to find neighbours among")
        }
        guard points.rowCount < Int(Int32.max) - PointTree.leafSize else {
            throw OutlierError(.shapeMismatch, "neighbours can be found among at most \(Int32.max) rows")
        }
        self.metric = metric.simplified
        pointCount = points.rowCount
        columnCount = points.columnCount
        scale = metric == .cosine ? 1 : try SafeScale.factor(for: points)
        self.points = NeighborSearch.prepared(points, metric: metric, scale: scale)
        distinct = DistinctRows(self.points)
        tree = try PointTree(self.points, members: distinct.representatives, execution: execution)
        switch self.metric {
        case .euclidean, .cosine:
            let isSmall = tree.count <= PointTree.leafSize
            panels = isSmall ? nil : try SinglePrecisionPanels(self.points, tree: tree, execution: execution)
        default: panels = nil
        }
    }

    /// The neighbours of the points themselves. A point is not its own neighbour, but a point equal to it may be.
    ///
    /// - Parameters:
    ///   - count: how many neighbours each point gets; there must be more points than this.
    ///   - progress: called with the part of the points that is done.
    package func neighborsOfPoints(
        _ count: Int, execution: Execution, progress: (@Sendable (Double) -> Void)? = nil
    ) throws -> NeighborTable {
        try check(count, available: pointCount - 1)
        return try points.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return NeighborTable(rowCount: 0, neighborCount: count) }
            let points = SharedReadBuffer(values)
            return try search(
                rowCount: pointCount, queryCount: tree.count, count: count, excludesItself: true, base: base,
                execution: execution, progress: progress
            ) { position in
                let row = Int(tree.rows.pointer[position])
                return (points.buffer, row, Int32(position))
            }
        }
    }

    /// The neighbours of other rows.
    ///
    /// - Parameter count: how many neighbours each row gets; there must be at least so many points.
    package func neighbors(
        of queries: Matrix, count: Int, execution: Execution
    ) throws -> NeighborTable {
        try check(count, available: pointCount)
        guard queries.columnCount == columnCount else {
            throw OutlierError(
                .shapeMismatch, "the rows have \(queries.columnCount) columns, but the points have \(columnCount)")
        }
        let queries = NeighborSearch.prepared(queries, metric: metric, scale: scale)
        let width = queries.columnCount
        return try points.withUnsafeBufferPointer { values in
            try queries.withUnsafeBufferPointer { rows in
                guard let base = values.baseAddress else { return NeighborTable(rowCount: 0, neighborCount: count) }
                let shared = SharedReadBuffer(rows)
                // Rows that lie together are searched together.
                var order = Array(0..<Int32(queries.rowCount))
                if queries.rowCount > BlockSearch.group, let start = rows.baseAddress {
                    let leaves = (0..<queries.rowCount).map { row in
                        tree.leaf(near: start + row * width, kernel: metric.kernel, power: metric.power)
                    }
                    order.sort { (leaves[Int($0)], $0) < (leaves[Int($1)], $1) }
                }
                let sorted = order
                var table = try search(
                    rowCount: queries.rowCount, queryCount: queries.rowCount, count: count, excludesItself: false,
                    base: base, execution: execution, progress: nil
                ) { slot in (shared.buffer, Int(sorted[slot]), -1) }
                for row in 0..<queries.rowCount {
                    let values = rows[row * width..<(row + 1) * width]
                    if values.contains(where: { abs($0) > 0x1p480 }) {
                        findForExtreme(Array(values), row: row, in: &table)
                    }
                }
                return table
            }
        }
    }

    private func check(_ count: Int, available: Int) throws {
        guard count > 0, count <= available else {
            throw OutlierError(
                .notEnoughRows, "\(count) neighbours were asked for, but there are \(max(0, available)) other rows")
        }
    }

    // MARK: Preparation

    private static func prepared(_ matrix: Matrix, metric: DistanceMetric, scale: Double) -> Matrix {
        metric == .cosine ? unitRows(matrix) : SafeScale.multiply(matrix, by: scale)
    }

    /// Rows of length 1. A further column holds 1 for rows of zeros, which have no direction, and 0 for all others.
    private static func unitRows(_ matrix: Matrix) -> Matrix {
        let width = matrix.columnCount
        return matrix.withUnsafeBufferPointer { values in
            Matrix(rowCount: matrix.rowCount, columnCount: width + 1) { result in
                for row in 0..<matrix.rowCount {
                    let source = row * width..<(row + 1) * width
                    let target = row * (width + 1)
                    let largest = source.reduce(0) { max($0, abs(values[$1])) }
                    let shift = Double(
                        sign: .plus, exponent: largest > 0 ? min(max(-largest.exponent, -1000), 1000) : 0,
                        significand: 1)
                    let norm = source.reduce(0) { $0 + (values[$1] * shift) * (values[$1] * shift) }.squareRoot()
                    for column in 0..<width {
                        let value = values[row * width + column] * shift
                        result.initializeElement(at: target + column, to: norm > 0 ? value / norm : 0)
                    }
                    result.initializeElement(at: target + width, to: norm > 0 ? 0 : 1)
                }
            }
        }
    }

    // MARK: The search

    /// Finds the neighbours of a row whose squares would overflow: with everything scaled down, point by point.
    private func findForExtreme(_ row: [Double], row index: Int, in table: inout NeighborTable) {
        let factor = 0x1p-600
        let scaled = row.map { $0 * factor }
        let count = table.neighborCount
        let distances = FixedBuffer<Double>(count, repeating: 0)
        let rows = FixedBuffer<Int32>(count, repeating: 0)
        var heap = NearestHeap(distances: distances.pointer, rows: rows.pointer, capacity: count)
        for point in 0..<pointCount {
            let other = points.row(point).map { $0 * factor }
            heap.offer(
                outlier_raw_distance(metric.kernel, metric.power, scaled, other, other.count), Int32(point))
        }
        heap.sort()
        for (offset, position) in table.range(of: index).enumerated() {
            table.indices[position] = rows.pointer[offset]
            table.distances[position] = metric.distance(raw: distances.pointer[offset], scale: scale * factor)
        }
    }

    /// - Parameter query: the coordinates of a query: a buffer and a row in it, and the position that it leaves out.
    private func search(
        rowCount: Int, queryCount: Int, count: Int, excludesItself: Bool, base: UnsafePointer<Double>,
        execution: Execution, progress: (@Sendable (Double) -> Void)?,
        query: @escaping @Sendable (Int) -> (UnsafeBufferPointer<Double>, row: Int, excluded: Int32)
    ) throws -> NeighborTable {
        var table = NeighborTable(rowCount: rowCount, neighborCount: count)
        // Among distinct points fewer may be to be had; repetitions make up for them.
        let found = min(count, tree.count - (excludesItself ? 1 : 0))
        // Small blocks where the tree leaves out much; large ones where points should stay in the cache.
        let groups = tree.columnCount <= 8 ? 2 : 8
        let size = groups * BlockSearch.group
        let width = tree.columnCount
        let done = Atomic<Int>(0)
        let points = SharedReadBuffer(UnsafeBufferPointer(start: base, count: pointCount * width))
        try table.indices.withUnsafeMutableBufferPointer { indices in
            try table.distances.withUnsafeMutableBufferPointer { distances in
                let output = Output(indices: SharedBuffer(indices), distances: SharedBuffer(distances), count: count)
                // Some blocks share one search, whose memory is then made once.
                try execution.forEachBlock(of: queryCount, size: 16 * size) { range in
                    guard let base = points.buffer.baseAddress else { return }
                    let search = BlockSearch(self, points: base, neighborCount: found, groups: groups)
                    for start in stride(from: range.lowerBound, to: range.upperBound, by: size) {
                        try execution.checkCancellation()
                        let slots = start..<min(start + size, range.upperBound)
                        if found > 0 {
                            search.run(
                                slots.lazy.compactMap { slot in
                                    let (buffer, row, excluded) = query(slot)
                                    return buffer.baseAddress.map { ($0 + row * width, excluded) }
                                }.map { (row: $0.0, excluded: $0.1) })
                        }
                        for slot in slots {
                            let row = Int32(query(slot).row)
                            emit(search, slot - start, row: row, isPoint: excludesItself, to: output)
                        }
                    }
                    if let progress {
                        let total = done.wrappingAdd(range.count, ordering: .relaxed).newValue
                        progress(Double(total) / Double(queryCount))
                    }
                }
            }
        }
        return table
    }

    private struct Output: Sendable {
        let indices: SharedBuffer<Int32>
        let distances: SharedBuffer<Double>
        let count: Int
    }

    /// Writes what was found for a query, with the rows that repeat a point beside it.
    private func emit(_ search: BlockSearch, _ slot: Int, row: Int32, isPoint: Bool, to output: Output) {
        let found = slot * search.neighborCount..<(slot + 1) * search.neighborCount
        guard let repetitions = distinct.repetitions else {
            let start = Int(row) * output.count
            for (offset, position) in found.enumerated() {
                output.indices.buffer[start + offset] = search.rows.pointer[position]
                output.distances.buffer[start + offset] = metric.distance(
                    raw: search.distances.pointer[position], scale: scale)
            }
            return
        }
        var list: [(raw: Double, row: Int32)] = []
        swap(&list, &search.list)
        defer { swap(&list, &search.list) }
        list.removeAll(keepingCapacity: true)
        // One more than asked for, as each point leaves itself out.
        let wanted = output.count + (isPoint ? 1 : 0)
        if isPoint { for member in repetitions.members(of: row).prefix(wanted) { list.append((0, member)) } }
        var run = 0
        for position in found {
            let raw = search.distances.pointer[position]
            if let last = list.last, last.raw < raw {
                if list.count >= wanted { break }
                run = list.count
            }
            for member in repetitions.members(of: search.rows.pointer[position]).prefix(output.count) {
                // Sets at the same distance are merged by row.
                var place = list.count
                list.append((raw, member))
                while place > run && list[place - 1].row > member {
                    list[place] = list[place - 1]
                    place -= 1
                }
                list[place] = (raw, member)
            }
        }
        if !isPoint {
            write(list, leavingOut: -1, to: Int(row), output)
            return
        }
        for member in repetitions.members(of: row) { write(list, leavingOut: member, to: Int(member), output) }
    }

    private func write(_ list: [(raw: Double, row: Int32)], leavingOut row: Int32, to target: Int, _ output: Output) {
        var offset = target * output.count
        let end = offset + output.count
        for entry in list where offset < end && entry.row != row {
            output.indices.buffer[offset] = entry.row
            output.distances.buffer[offset] = metric.distance(raw: entry.raw, scale: scale)
            offset += 1
        }
    }
}
