internal import LinearAlgebra
public import OutlierCore

/// How far away a row's nearest neighbours are.
///
/// The score is the distance to the k-th nearest row of the fit (`largest`), or the mean or the median of the distances
/// to the k nearest: the higher, the more anomalous. A row of the fit does not count itself, but it counts rows that
/// are equal to it.
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
            .integer("neighbors", \.neighbors, in: .atLeast(1), "How many neighbours count."),
            .choice("method", \.method, "The distance to the last neighbour, or the mean or median of all distances."),
            .choice("metric", \.metric, "How the distance of two rows is measured."),
            .number("power", \.power, in: .atLeast(1), "The power of the metric minkowski; other metrics ignore it."),
        ]
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedKNearestNeighbors {
        guard data.rowCount > neighbors else {
            throw OutlierError(
                .notEnoughRows,
                "at least \(neighbors + 1) rows are needed for \(neighbors) neighbours, but there are \(data.rowCount)",
                suggestion: "Lower the parameter “neighbors”.")
        }
        try context.checkCancellation()
        let rows = try ReferenceRows(data.matrix, metric: metric, power: power, execution: context.execution)
        return FittedKNearestNeighbors(rows: rows, neighbors: neighbors, method: method)
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedKNearestNeighbors, scores: [Double]) {
        let model = try train(on: data, context: context)
        return (model, model.scores(try model.rows.neighborsOfPoints(neighbors, context: context)))
    }
}

/// What ``KNearestNeighbors`` learns: the rows of the fit, arranged for search.
public struct FittedKNearestNeighbors: FittedDetector {
    let rows: ReferenceRows
    let neighbors: Int
    let method: KNearestNeighbors.Method

    init(rows: ReferenceRows, neighbors: Int, method: KNearestNeighbors.Method) {
        self.rows = rows
        self.neighbors = neighbors
        self.method = method
    }

    public var featureCount: Int { rows.columnCount }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        scores(try rows.search.neighbors(of: data.matrix, count: neighbors, execution: execution))
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
        rows.encode(to: &archive)
        archive.store(neighbors, as: "neighbors")
        archive.store(method.rawValue, as: "method")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let rows = try ReferenceRows(from: archive)
        guard let method = KNearestNeighbors.Method(rawValue: try archive.string("method")) else {
            throw OutlierError(.invalidModel, "the model has an unknown method")
        }
        self.init(rows: rows, neighbors: try archive.integer("neighbors", in: 1...rows.rowCount), method: method)
    }
}
