internal import LinearAlgebra
internal import OutlierCore

/// Rows of which some lack values, and their neighbours by the columns that two rows have in common.
struct PartialRows: Sendable {
    private let search: PartialNeighborSearch

    var points: Matrix { search.points }

    /// - Throws: ``OutlierError/Code/missingValue`` where the metric is not Euclid's.
    init(_ points: Matrix, metric: NeighborMetric) throws {
        guard metric == .euclidean else {
            throw OutlierError(
                .missingValue, "values are missing, which the metric “\(metric.rawValue)” does not take",
                suggestion: "Choose the metric “euclidean”, or put the preprocessor “impute” first.")
        }
        search = PartialNeighborSearch(points)
    }

    /// - Parameter areOwn: whether the rows are the points, none of which is then its own neighbour.
    func neighbors(
        of rows: Matrix, count: Int, areOwn: Bool, execution: Execution
    ) throws -> NeighborTable {
        let found = try search.nearest(
            count, to: rows, targets: (0..<rows.rowCount).map { .init(query: $0) }, queriesArePoints: areOwn,
            execution: execution)
        var table = NeighborTable(rowCount: rows.rowCount, neighborCount: count)
        table.indices = found.indices
        table.distances = found.distances
        for row in 0..<rows.rowCount {
            // Where fewer are found than asked for, the farthest of them stands for the rest.
            var last = 0.0
            for place in table.range(of: row) {
                if table.distances[place].isFinite {
                    last = table.distances[place]
                } else {
                    table.distances[place] = last
                }
            }
        }
        return table
    }

    /// Whether any value is missing: one pass of additions.
    static func hasHoles(_ matrix: Matrix) -> Bool {
        matrix.withUnsafeBufferPointer { values in
            var sum = 0.0
            for value in values { sum += value * 0 }
            return sum.isNaN
        }
    }
}
