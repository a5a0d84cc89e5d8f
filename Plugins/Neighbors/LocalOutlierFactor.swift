internal import Distances
public import OutlierCore

/// How much sparser a row's surroundings are than those of its neighbours.
///
/// With N(x) the k nearest rows of x, the reachability of x from o is reach(x, o) = max(k-distance(o), |x - o|), the
/// local reachability density lrd(x) = 1 / (mean over o in N(x) of reach(x, o)), and the score
/// LOF(x) = (mean over o in N(x) of lrd(o)) / lrd(x). About 1 within a cluster; the higher, the more anomalous.
///
/// A row of the fit does not count itself among its neighbours. A new row is measured against the densities that the
/// rows of the fit have among themselves. As scikit-learn and PyOD do, 10⁻¹⁰ is added to the mean reachability, so that
/// more than k equal rows have a finite density; and N(x) has exactly k rows, equal distances decided by row number,
/// where the paper lets it grow by all rows as far away as the k-th. With fewer than k + 1 rows, all other rows are neighbours.
///
/// Neighbours are exact. For n rows of d columns: O(n log n) steps where a k-d tree serves (few columns, or clusters),
/// O(n² d) where it does not; memory O(n (d + k)).
///
/// M. M. Breunig, H.-P. Kriegel, R. T. Ng, J. Sander: LOF: identifying density-based local outliers (2000).
///
/// - Throws: `OutlierError` with the code `notEnoughRows` where there is one row only.
public struct LocalOutlierFactor: Detector {
    public static let name = "lof"
    public static let aliases = ["local-outlier-factor"]
    public static let summary = "How much sparser a row's surroundings are than those of its neighbours."
    public static let reference: String? =
        "Breunig, Kriegel, Ng, Sander: LOF: identifying density-based local outliers, 2000"

    /// How many neighbours count.
    public var neighbors: Int
    public var metric: NeighborMetric
    /// The power of the metric ``NeighborMetric/minkowski``.
    public var power: Double

    public init(neighbors: Int = 20, metric: NeighborMetric = .euclidean, power: Double = 2) {
        self.neighbors = neighbors
        self.metric = metric
        self.power = power
    }

    public init() { self.init(neighbors: 20) }

    public static var parameters: [Parameter<LocalOutlierFactor>] {
        [
            .integer("neighbors", \.neighbors, in: .atLeast(1), "How many neighbours count; all where rows are fewer.")
                .searched(.logarithmic(5...200)),
            .choice("metric", \.metric, "How the distance of two rows is measured."),
            .number("power", \.power, in: .atLeast(1), "The power of the metric minkowski; other metrics ignore it."),
        ]
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedLocalOutlierFactor {
        try learn(data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedLocalOutlierFactor, scores: [Double]) {
        let (model, table) = try learn(data, context: context)
        return (model, model.factors(table, densities: model.densities))
    }

    private func learn(
        _ data: Dataset, context: FitContext
    ) throws -> (model: FittedLocalOutlierFactor, table: NeighborTable) {
        let count = try ReferenceRows.clamped(neighbors, rowCount: data.rowCount)
        try context.checkCancellation()
        let rows = try ReferenceRows(data.matrix, metric: metric, power: power, execution: context.execution)
        let table = try rows.neighborsOfPoints(count, context: context)
        let reaches = (0..<data.rowCount).map { table.distances[table.range(of: $0).upperBound - 1] }
        let densities = FittedLocalOutlierFactor.densities(table, reaches: reaches)
        return (FittedLocalOutlierFactor(rows: rows, reaches: reaches, densities: densities, neighbors: count), table)
    }
}

/// What ``LocalOutlierFactor`` learns: the rows of the fit and how dense it is around them.
public struct FittedLocalOutlierFactor: FittedDetector {
    let rows: ReferenceRows
    /// For each row of the fit the distance to its last neighbour.
    let reaches: [Double]
    /// For each row of the fit its local reachability density.
    let densities: [Double]
    let neighbors: Int

    init(rows: ReferenceRows, reaches: [Double], densities: [Double], neighbors: Int) {
        self.rows = rows
        self.reaches = reaches
        self.densities = densities
        self.neighbors = neighbors
    }

    public var featureCount: Int { rows.columnCount }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let table = try rows.search.neighbors(of: data.matrix, count: neighbors, execution: execution)
        return factors(table, densities: FittedLocalOutlierFactor.densities(table, reaches: reaches))
    }

    static func densities(_ table: NeighborTable, reaches: [Double]) -> [Double] {
        let count = Double(table.neighborCount)
        return (0..<table.rowCount).map { row in
            var sum = 0.0
            for position in table.range(of: row) {
                // A part of a sum of parts cannot overflow.
                sum += max(table.distances[position], reaches[Int(table.indices[position])]) / count
            }
            return 1 / (sum + 1e-10)
        }
    }

    /// - Parameter densities: of the rows of `table`.
    func factors(_ table: NeighborTable, densities own: [Double]) -> [Double] {
        (0..<table.rowCount).map { row in
            var sum = 0.0
            for position in table.range(of: row) { sum += densities[Int(table.indices[position])] }
            let mean = sum / Double(table.neighborCount)
            // Where all is infinitely sparse, a row is as sparse as its neighbours.
            return own[row] == 0 && mean == 0 ? 1 : mean / own[row]
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        rows.encode(to: &archive)
        archive.store(reaches, as: "reaches")
        archive.store(densities, as: "densities")
        archive.store(neighbors, as: "neighbors")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let rows = try ReferenceRows(from: archive)
        self.init(
            rows: rows, reaches: try archive.nonNegatives("reaches", count: rows.rowCount),
            densities: try archive.nonNegatives("densities", count: rows.rowCount),
            neighbors: try archive.integer("neighbors", in: 1...rows.rowCount))
    }
}

extension ModelArchive {
    /// Numbers of which none is negative or not a number.
    func nonNegatives(_ name: String, count: Int) throws -> [Double] {
        let values = try doubles(name, count: count)
        guard values.allSatisfy({ $0 >= 0 }) else {
            throw OutlierError(.invalidModel, "“\(name)” holds a number that is negative or none")
        }
        return values
    }
}
