internal import Distances
public import OutlierCore

/// How far a row is from a reference set in those columns in which the set itself hardly varies.
///
/// Two rows are alike by the number of nearest neighbours that they share. The reference set of x holds the
/// `reference-rows` rows most alike to x. A column belongs to the set's subspace where the set's variance in it is below
/// `alpha` times the mean variance over all columns. With s the sum of the squared differences between x and the set's
/// mean over the m columns of the subspace, the score is √s / m, as the paper has it (`normalization: dimensions`), or
/// √(s / m), as PyOD has it (`normalization: root-dimensions`); 0 where there is no such column. The higher, the more
/// anomalous.
///
/// Rows that share equally many neighbours with x are ordered by their distance from x, then by row number, where PyOD
/// leaves their order to its sorting, so that its scores change with the order of the rows; where fewer rows share any, the nearest neighbours of x fill the set. A row of the fit
/// counts neither itself nor belongs to its own set. PyOD measures new rows among themselves; here their neighbours and
/// their sets are rows of the fit.
///
/// For n rows of d columns, beyond the search of neighbours (see ``KNearestNeighbors``): O(n k (k + d)) steps where
/// no row is a neighbour of very many; equal rows, whose neighbours are, are looked at together. Memory O(n (d + k)).
///
/// H.-P. Kriegel, P. Kröger, E. Schubert, A. Zimek: Outlier detection in axis-parallel subspaces of high dimensional data (2009).
///
/// - Throws: `OutlierError` with the code `notEnoughRows` where there are fewer than 3 rows.
public struct SubspaceOutlierDegree: Detector {
    /// How the distance is put in relation to the number of columns.
    public enum Normalization: String, CaseIterable, Sendable {
        /// Divided by it.
        case dimensions
        /// Divided by its root.
        case rootDimensions = "root-dimensions"
    }

    public static let name = "sod"
    public static let aliases = ["subspace-outlier-degree"]
    public static let summary = "How far a row is from similar rows in the columns in which these hardly vary."
    public static let reference: String? =
        "Kriegel, Kröger, Schubert, Zimek: Outlier detection in axis-parallel subspaces of high dimensional data, 2009"

    /// How many neighbours tell whether two rows are alike.
    public var neighbors: Int
    /// How many rows a reference set has.
    public var referenceRows: Int
    /// The part of the mean variance below which a column hardly varies.
    public var alpha: Double
    public var normalization: Normalization

    public init(
        neighbors: Int = 20, referenceRows: Int = 10, alpha: Double = 0.8, normalization: Normalization = .dimensions
    ) {
        self.neighbors = neighbors
        self.referenceRows = referenceRows
        self.alpha = alpha
        self.normalization = normalization
    }

    public init() { self.init(neighbors: 20) }

    public static var parameters: [Parameter<SubspaceOutlierDegree>] {
        [
            .integer(
                "neighbors", \.neighbors, in: .atLeast(2), "How many neighbours tell whether two rows are alike."),
            .integer(
                "reference-rows", \.referenceRows, in: .atLeast(2), "How many rows a set has; at most neighbors."),
            .number(
                "alpha", \.alpha, in: .above(0, upTo: 1), "Below which part of the mean a column's variance is small."),
            .choice("normalization", \.normalization, "Divide by the number of columns (paper) or its root (PyOD)."),
        ]
    }

    public func validateTogether() throws {
        guard referenceRows <= neighbors else {
            throw OutlierError(
                .invalidParameter,
                "the parameter “reference-rows” must be at most “neighbors”, \(neighbors), but \(referenceRows) was given",
                path: ["reference-rows"])
        }
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedSubspaceOutlierDegree {
        try learn(data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedSubspaceOutlierDegree, scores: [Double]) {
        let (model, table) = try learn(data, context: context)
        let points = model.rows.points
        return (model, try model.degrees(of: points, table, isFit: true, execution: context.execution))
    }

    private func learn(
        _ data: Dataset, context: FitContext
    ) throws -> (model: FittedSubspaceOutlierDegree, table: NeighborTable) {
        guard data.rowCount >= 3 else {
            throw OutlierError(
                .notEnoughRows, "at least 3 rows are needed, for a set of other rows must have a variance",
                suggestion: "Fit it on more rows.")
        }
        try context.checkCancellation()
        let count = min(neighbors, data.rowCount - 1)
        let scale = try SafeScale.factor(for: data.matrix)
        let rows = try ReferenceRows(
            SafeScale.multiply(data.matrix, by: scale), execution: context.execution)
        let table = try rows.neighborsOfPoints(count, context: context)
        let model = FittedSubspaceOutlierDegree(
            rows: rows, scale: scale, neighborhoods: table.indices, neighbors: count,
            referenceRows: min(referenceRows, count), alpha: alpha, normalization: normalization)
        return (model, table)
    }
}

/// What ``SubspaceOutlierDegree`` learns: the rows of the fit and the neighbours of each.
public struct FittedSubspaceOutlierDegree: FittedDetector {
    /// Multiplied by `scale`.
    let rows: ReferenceRows
    let scale: Double
    /// Rows × `neighbors`: the neighbours of each row of the fit.
    let neighborhoods: [Int32]
    let neighbors: Int
    let referenceRows: Int
    let alpha: Double
    let normalization: SubspaceOutlierDegree.Normalization
    /// For each row where its entries in `admirers` begin; one entry more than there are rows.
    private let starts: [Int]
    /// For each row those whose neighbour it is, ascending.
    private let admirers: [Int32]

    init(
        rows: ReferenceRows, scale: Double, neighborhoods: [Int32], neighbors: Int, referenceRows: Int, alpha: Double,
        normalization: SubspaceOutlierDegree.Normalization
    ) {
        self.rows = rows
        self.scale = scale
        self.neighborhoods = neighborhoods
        self.neighbors = neighbors
        self.referenceRows = referenceRows
        self.alpha = alpha
        self.normalization = normalization
        var starts = [Int](repeating: 0, count: rows.rowCount + 1)
        for index in neighborhoods { starts[Int(index) + 1] += 1 }
        for row in 0..<rows.rowCount { starts[row + 1] += starts[row] }
        var next = starts
        var admirers = [Int32](repeating: 0, count: neighborhoods.count)
        for (position, index) in neighborhoods.enumerated() {
            admirers[next[Int(index)]] = Int32(position / neighbors)
            next[Int(index)] += 1
        }
        self.starts = starts
        self.admirers = admirers
    }

    public var featureCount: Int { rows.columnCount }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let scaled = SafeScale.multiply(data.matrix, by: scale)
        let table = try rows.search.neighbors(of: scaled, count: neighbors, execution: execution)
        return try degrees(of: scaled, table, isFit: false, execution: execution)
    }

    /// - Parameters:
    ///   - table: the neighbours of the rows of `matrix`.
    ///   - isFit: whether the rows of `matrix` are those of the fit.
    func degrees(of matrix: Matrix, _ table: NeighborTable, isFit: Bool, execution: Execution) throws -> [Double] {
        let width = matrix.columnCount
        return try rows.points.withUnsafeBufferPointer { points in
            try matrix.withUnsafeBufferPointer { values in
                let points = SharedReadBuffer(points)
                let values = SharedReadBuffer(values)
                return try execution.map(matrix.rowCount, blockSize: 256) { range, result in
                    // How many neighbours each row of the fit shares with the current one.
                    var shared = [Int32](repeating: 0, count: rows.rowCount)
                    // Equal rows have equal neighbours, each of which is that of very many.
                    var known: [Surroundings: [Int]] = [:]
                    for row in range {
                        let own = UnsafeBufferPointer(rebasing: values.buffer[row * width..<(row + 1) * width])
                        let neighborhood = table.indices[table.range(of: row)]
                        let surroundings = Surroundings(values: own.map(\.bitPattern), neighbors: neighborhood)
                        let alike = known[surroundings] ?? mostAlike(own, neighborhood, points.buffer, &shared)
                        known[surroundings] = alike
                        let set = referenceSet(alike, neighborhood, excluding: isFit ? row : nil)
                        result[row - range.lowerBound] = degree(own, set, points.buffer)
                    }
                }
            }
        }
    }

    /// What a row's reference set depends on, but for the row itself.
    private struct Surroundings: Hashable {
        let values: [UInt64]
        let neighbors: ArraySlice<Int32>
    }

    /// One row more than a set has, of those that share neighbours: the most alike first.
    ///
    /// - Parameter shared: zeros, which it leaves as it finds them.
    private func mostAlike(
        _ own: UnsafeBufferPointer<Double>, _ neighborhood: ArraySlice<Int32>, _ points: UnsafeBufferPointer<Double>,
        _ shared: inout [Int32]
    ) -> [Int] {
        var touched: [Int32] = []
        for neighbor in neighborhood {
            for position in starts[Int(neighbor)]..<starts[Int(neighbor) + 1] {
                let other = admirers[position]
                if shared[Int(other)] == 0 { touched.append(other) }
                shared[Int(other)] += 1
            }
        }
        defer { for other in touched { shared[Int(other)] = 0 } }
        // Only rows that share as many as the last of the set need their distance.
        var histogram = [Int](repeating: 0, count: neighbors + 1)
        for other in touched { histogram[Int(shared[Int(other)])] += 1 }
        let wanted = referenceRows + 1
        var least = neighbors
        var above = 0
        while least > 1 && above + histogram[least] < wanted {
            above += histogram[least]
            least -= 1
        }
        var alike: [(shared: Int, distance: Double, row: Int)] = []
        for other in touched where Int(shared[Int(other)]) >= least {
            var distance = 0.0
            for (column, value) in own.enumerated() {
                let difference = value - points[Int(other) * own.count + column]
                distance += difference * difference
            }
            alike.append((Int(shared[Int(other)]), distance, Int(other)))
        }
        alike.sort { first, second in
            first.shared != second.shared
                ? first.shared > second.shared
                : first.distance != second.distance ? first.distance < second.distance : first.row < second.row
        }
        return alike.prefix(wanted).map(\.row)
    }

    private func referenceSet(
        _ alike: [Int], _ neighborhood: ArraySlice<Int32>, excluding row: Int?
    ) -> [Int] {
        var set = Array(alike.filter { $0 != row }.prefix(referenceRows))
        // A set that is summed in one order gives the same bits however it was found.
        set.sort()
        for neighbor in neighborhood where set.count < referenceRows && !set.contains(Int(neighbor)) {
            set.append(Int(neighbor))
        }
        return set
    }

    private func degree(
        _ own: UnsafeBufferPointer<Double>, _ set: [Int], _ points: UnsafeBufferPointer<Double>
    ) -> Double {
        let width = own.count
        let count = Double(set.count)
        var means = [Double](repeating: 0, count: width)
        var variances = [Double](repeating: 0, count: width)
        for member in set {
            for column in 0..<width { means[column] += points[member * width + column] }
        }
        for column in 0..<width { means[column] /= count }
        for member in set {
            for column in 0..<width {
                let deviation = points[member * width + column] - means[column]
                variances[column] += deviation * deviation
            }
        }
        var total = 0.0
        for column in 0..<width {
            variances[column] /= count
            total += variances[column]
        }
        let limit = alpha * total / Double(width)
        var sum = 0.0
        var dimensions = 0.0
        for column in 0..<width where variances[column] < limit {
            sum += (own[column] - means[column]) * (own[column] - means[column])
            dimensions += 1
        }
        guard dimensions > 0 else { return 0 }
        return switch normalization {
        case .dimensions: sum.squareRoot() / dimensions / scale
        case .rootDimensions: (sum / dimensions).squareRoot() / scale
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        rows.encode(to: &archive)
        archive.store([scale], as: "scale")
        archive.store(neighborhoods, as: "neighborhoods")
        archive.store(neighbors, as: "neighbors")
        archive.store(referenceRows, as: "reference-rows")
        archive.store([alpha], as: "alpha")
        archive.store(normalization.rawValue, as: "normalization")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let rows = try ReferenceRows(from: archive)
        let neighbors = try archive.integer("neighbors", in: 1...rows.rowCount)
        let referenceRows = try archive.integer("reference-rows", in: 1...neighbors)
        let (count, overflow) = rows.rowCount.multipliedReportingOverflow(by: neighbors)
        let alpha = try archive.doubles("alpha", count: 1)[0]
        guard !overflow, alpha > 0, alpha <= 1,
            let normalization = SubspaceOutlierDegree.Normalization(rawValue: try archive.string("normalization"))
        else {
            throw OutlierError(.invalidModel, "the model's alpha or its normalization is not one there can be")
        }
        let neighborhoods = try archive.int32s("neighborhoods", count: count, in: 0...Int32(rows.rowCount - 1))
        // A neighbour that stood twice in a list would be counted twice.
        for row in 0..<rows.rowCount {
            let list = neighborhoods[row * neighbors..<(row + 1) * neighbors]
            guard Set(list).count == neighbors else {
                throw OutlierError(.invalidModel, "the model's lists of neighbours repeat a row")
            }
        }
        self.init(
            rows: rows, scale: try archive.scale(), neighborhoods: neighborhoods, neighbors: neighbors,
            referenceRows: referenceRows, alpha: alpha, normalization: normalization)
    }
}
