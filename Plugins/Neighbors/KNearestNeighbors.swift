internal import Distances
public import OutlierCore

/// How far away a row's nearest neighbours are.
///
/// The score is the distance to the k-th nearest row of the fit (`largest`), or the mean or the median of the distances
/// to the k nearest: the higher, the more anomalous. A row of the fit does not count itself, but it counts rows that
/// are equal to it.
///
/// Rows may lack values: the distance of two rows is then that of the columns that both have, for sums as if the others
/// differed as much: Euclid's is scaled by √(columns ÷ common columns) (Dixon 1979). Distances over few columns scatter, so
/// that a row's neighbours are looked for among those that have at least two thirds of its columns, and among all where
/// these are too few. A row that has no column in common with any other scores 0: nothing is known against it. Such rows
/// are compared with every other, in O(n d).
///
/// Neighbours are exact, and equal distances are decided by row number. For n rows of d columns a fit with scores takes
/// O(n log n) steps where a k-d tree serves (few columns, or clusters) and O(n² d) where it does not; memory is O(n d).
///
/// S. Ramaswamy, R. Rastogi, K. Shim: Efficient algorithms for mining outliers from large data sets (2000), for
/// `largest`; F. Angiulli, C. Pizzuti: Fast outlier detection in high dimensional spaces (2002), for `mean`, which is
/// their sum divided by k.
///
/// Not promised: scores of tables with other units or another number of columns cannot be compared; scale the columns first.
///
/// - Throws: `OutlierError` with the code `notEnoughRows` where there are not more than `neighbors` rows.
public struct KNearestNeighbors: Detector {
    /// What becomes of the distances to the neighbours.
    public enum Method: String, CaseIterable, Sendable {
        case largest, mean, median
    }

    public static let name = "knn"
    public static let aliases = ["k-nearest-neighbors"]
    public static let summary = "How far away a row's nearest neighbours are."
    public static let reference: String? =
        "Ramaswamy, Rastogi, Shim: Efficient algorithms for mining outliers from large data sets, 2000; "
        + "Angiulli, Pizzuti: Fast outlier detection in high dimensional spaces, 2002"

    /// How many neighbours count.
    public var neighbors: Int
    public var method: Method
    public var metric: NeighborMetric
    /// The power of the metric ``NeighborMetric/minkowski``.
    public var power: Double

    public init(
        neighbors: Int = 5, method: Method = .largest, metric: NeighborMetric = .euclidean, power: Double = 2
    ) {
        self.neighbors = neighbors
        self.method = method
        self.metric = metric
        self.power = power
    }

    public init() { self.init(neighbors: 5) }

    public static var parameters: [Parameter<KNearestNeighbors>] {
        [
            .integer("neighbors", \.neighbors, in: .atLeast(1), "How many neighbours count.")
                .searched(.logarithmic(2...100)),
            .choice("method", \.method, "The distance to the last neighbour, or the mean or median of all distances.")
                .searched(.values(["largest", "mean"])),
            .choice("metric", \.metric, "How the distance of two rows is measured."),
            .number("power", \.power, in: .atLeast(1), "The power of the metric minkowski; other metrics ignore it."),
        ]
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedKNearestNeighbors {
        guard data.rowCount > neighbors else {
            throw OutlierError(
                .notEnoughRows,
                "more than \(neighbors) \(neighbors == 1 ? "row is" : "rows are") needed for \(neighbors) \(neighbors == 1 ? "neighbour" : "neighbours"), "
                    + "but there \(data.rowCount == 1 ? "is 1" : "are \(data.rowCount)")",
                suggestion: "Lower the parameter “neighbors”.")
        }
        try context.checkCancellation()
        if data.matrix.containsNonFinite(execution: context.execution) {
            let rows = PartialRows(data.matrix, metric: metric, power: power)
            return FittedKNearestNeighbors(rows: .partial(rows), neighbors: neighbors, method: method)
        }
        let rows = try ReferenceRows(data.matrix, metric: metric, power: power, execution: context.execution)
        return FittedKNearestNeighbors(rows: .complete(rows), neighbors: neighbors, method: method)
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedKNearestNeighbors, scores: [Double]) {
        let model = try train(on: data, context: context)
        switch model.rows {
        case .complete(let rows):
            return (model, model.scores(try rows.neighborsOfPoints(neighbors, context: context)))
        case .partial(let rows):
            let table = try rows.neighbors(
                of: data.matrix, count: neighbors, areOwn: true, execution: context.execution)
            return (model, model.scores(table))
        }
    }
}

/// What ``KNearestNeighbors`` learns: the rows of the fit, arranged for search.
public struct FittedKNearestNeighbors: FittedDetector, MissingTolerant {
    /// The rows of the fit.
    enum Rows: Sendable {
        case complete(ReferenceRows)
        /// Some lack values.
        case partial(PartialRows)
    }

    let rows: Rows
    let neighbors: Int
    let method: KNearestNeighbors.Method

    init(rows: Rows, neighbors: Int, method: KNearestNeighbors.Method) {
        self.rows = rows
        self.neighbors = neighbors
        self.method = method
    }

    public var featureCount: Int {
        switch rows {
        case .complete(let rows): rows.columnCount
        case .partial(let rows): rows.points.columnCount
        }
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        switch rows {
        case .partial(let rows):
            return scores(
                try rows.neighbors(of: data.matrix, count: neighbors, areOwn: false, execution: execution))
        case .complete(let rows):
            // A row is searched in one way or the other by what it lacks itself, whatever stands beside it.
            guard data.matrix.containsNonFinite(execution: execution) else {
                return scores(try rows.search.neighbors(of: data.matrix, count: neighbors, execution: execution))
            }
            let width = data.columnCount
            let holed = (0..<data.rowCount).filter { row in
                (0..<width).contains { data.matrix[row, $0].isNaN }
            }
            let isHoled = Set(holed)
            let whole = (0..<data.rowCount).filter { !isHoled.contains($0) }
            var result = [Double](repeating: 0, count: data.rowCount)
            let partial = PartialRows(rows.points, metric: rows.metric, power: rows.power)
            let found = scores(
                try partial.neighbors(
                    of: data.matrix.selectingRows(holed), count: neighbors, areOwn: false, execution: execution))
            for (row, score) in zip(holed, found) { result[row] = score }
            let others = scores(
                try rows.search.neighbors(
                    of: data.matrix.selectingRows(whole), count: neighbors, execution: execution))
            for (row, score) in zip(whole, others) { result[row] = score }
            return result
        }
    }

    func scores(_ table: NeighborTable) -> [Double] {
        let last = neighbors - 1
        return (0..<table.rowCount).map { row in
            let distances = table.distances[table.range(of: row)]
            let first = distances.startIndex
            switch method {
            case .largest: return distances[first + last]
            // Divided before they are added up, enormous distances cannot overflow.
            case .mean:
                let sum = distances.reduce(0, +)
                return sum.isFinite
                    ? sum / Double(neighbors) : distances.reduce(0) { $0 + $1 / Double(neighbors) }
            case .median:
                return distances[first + last / 2] / 2 + distances[first + neighbors / 2] / 2
            }
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        switch rows {
        case .complete(let rows): rows.encode(to: &archive)
        case .partial(let rows):
            archive.store(rows.points, as: "points")
            archive.store(rows.metric.rawValue, as: "metric")
            archive.store(.number(rows.power), as: "power")
            archive.store(1, as: "partial")
        }
        archive.store(neighbors, as: "neighbors")
        archive.store(method.rawValue, as: "method")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        guard let method = KNearestNeighbors.Method(rawValue: try archive.string("method")) else {
            throw OutlierError(.invalidModel, "the model has an unknown method")
        }
        let isPartial = try archive.integerIfPresent("partial", in: 1...1) != nil
        let rows: Rows
        if isPartial {
            guard let metric = NeighborMetric(rawValue: try archive.string("metric")),
                let power = try archive.value("power").double, power >= 1, power.isFinite
            else { throw OutlierError(.invalidModel, "the model has an unknown metric") }
            rows = .partial(PartialRows(try archive.matrix("points"), metric: metric, power: power))
        } else {
            rows = .complete(try ReferenceRows(from: archive))
        }
        let count =
            switch rows {
            case .complete(let rows): rows.rowCount
            case .partial(let rows): rows.points.rowCount
            }
        guard count > 0 else { throw OutlierError(.invalidModel, "the model has no points") }
        self.init(rows: rows, neighbors: try archive.integer("neighbors", in: 1...count), method: method)
        guard featureCount > 0 else { throw OutlierError(.invalidModel, "the model has no columns") }
    }
}
