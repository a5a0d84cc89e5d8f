internal import Distances
internal import OutlierCore

/// The rows of the fit and the means to find neighbours among them: what every model of this family is made of.
struct ReferenceRows: Sendable {
    let points: Matrix
    let metric: NeighborMetric
    let power: Double
    let search: NeighborSearch

    var rowCount: Int { points.rowCount }
    var columnCount: Int { points.columnCount }

    init(_ points: Matrix, metric: NeighborMetric = .euclidean, power: Double = 2, execution: Execution) throws {
        self.points = points
        self.metric = metric
        self.power = power
        search = try NeighborSearch(points, metric: metric.distance(power: power), execution: execution)
    }

    /// The neighbours of the rows of the fit, none its own neighbour, with progress told to `context`.
    func neighborsOfPoints(_ count: Int, context: FitContext) throws -> NeighborTable {
        try search.neighborsOfPoints(count, execution: context.execution) { fraction in
            context.report(fraction, stage: "finding neighbours")
        }
    }

    func encode(to archive: inout ModelArchive) {
        archive.store(points, as: "points")
        archive.store(metric.rawValue, as: "metric")
        archive.store(.number(power), as: "power")
    }

    init(from archive: ModelArchive) throws {
        let points = try archive.matrix("points")
        guard points.rowCount > 0, points.columnCount > 0,
            points.withUnsafeBufferPointer({ $0.allSatisfy(\.isFinite) })
        else {
            throw OutlierError(.invalidModel, "the model's points are missing, or not finite")
        }
        guard let metric = NeighborMetric(rawValue: try archive.string("metric")) else {
            throw OutlierError(.invalidModel, "the model has an unknown metric")
        }
        guard let power = try archive.value("power").double, power >= 1, power.isFinite else {
            throw OutlierError(.invalidModel, "the power of the model's metric is below 1")
        }
        try self.init(points, metric: metric, power: power, execution: Execution())
    }
}

extension ReferenceRows {
    /// How many neighbours each row gets: as many as asked for, or all other rows where there are fewer.
    ///
    /// - Throws: `OutlierError` with the code `notEnoughRows` where there is one row only.
    static func clamped(_ neighbors: Int, rowCount: Int) throws -> Int {
        guard rowCount >= 2 else {
            throw OutlierError(
                .notEnoughRows, "at least 2 rows are needed, for a row must have a neighbour",
                suggestion: "Fit it on more rows.")
        }
        return min(neighbors, rowCount - 1)
    }
}
