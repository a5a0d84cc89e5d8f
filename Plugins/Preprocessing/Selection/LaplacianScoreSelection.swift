import Distances
import Foundation
public import OutlierCore

/// Keeps the columns that respect the shape of the data: those whose values differ least between neighbouring rows, against
/// how much they vary at all.
///
/// Rows are joined to their nearest neighbours, with the weights exp(−distance² ÷ t), where t is the mean squared distance
/// of neighbours. Columns should be scaled before.
///
///     preprocess: [standard-scaler, {laplacian-score: {keep: 10}}]
///
/// X. He, D. Cai and P. Niyogi, “Laplacian Score for Feature Selection”, NIPS 2005.
public struct LaplacianScoreSelection: Preprocessor {
    public static let name = "laplacian-score"
    public static let summary = "Keeps the columns that vary least between neighbouring rows, against all rows."
    public static let reference: String? =
        "X. He, D. Cai and P. Niyogi, Laplacian Score for Feature Selection, 2005"
    public static var parameters: [Parameter<LaplacianScoreSelection>] {
        [
            .integer("keep", \.keep, in: .atLeast(1), "How many columns are kept."),
            .integer("neighbors", \.neighbors, in: .between(1, 1000), "How many neighbours a row is joined to."),
        ]
    }

    public var keep: Int
    public var neighbors: Int

    public init() { self.init(keep: 10) }

    public init(keep: Int, neighbors: Int = 5) {
        self.keep = keep
        self.neighbors = neighbors
    }

    public func train(on data: Dataset, context: FitContext) throws -> SelectedColumns {
        let scores = try scores(of: data, execution: context.execution)
        return SelectedColumns(
            kept: ColumnRanking.best(keep, of: scores.map { -$0 }), featureCount: data.columnCount, takes: takes)
    }

    /// The Laplacian score of each column: low for one that follows the shape of the data; infinite for a constant.
    public func scores(of data: Dataset, execution: Execution = Execution()) throws -> [Double] {
        guard data.rowCount > 2 else {
            throw OutlierError(
                .notEnoughRows, "at least 3 rows are needed to join neighbours", suggestion: "Fit it on more rows.",
                component: Self.name)
        }
        let scale = try SafeScale.factor(for: data.matrix)
        let matrix = scale == 1 ? data.matrix : SafeScale.multiply(data.matrix, by: scale)
        let count = min(neighbors, data.rowCount - 1)
        let table = try NeighborSearch(matrix, execution: execution).neighborsOfPoints(count, execution: execution)
        var edges: Set<Edge> = []
        for row in 0..<data.rowCount {
            for place in table.range(of: row) {
                let other = Int(table.indices[place])
                edges.insert(
                    Edge(first: min(row, other), second: max(row, other), distance: table.distances[place]))
            }
        }
        // The order of the sums must not depend on that of a set.
        let sorted = edges.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
        let mean = sorted.reduce(0) { $0 + $1.distance * $1.distance } / Double(max(1, sorted.count))
        let weights = sorted.map { mean > 0 ? exp(-$0.distance * $0.distance / mean) : 1 }
        let degrees = zip(sorted, weights).reduce(into: [Double](repeating: 0, count: data.rowCount)) { sums, pair in
            sums[pair.0.first] += pair.1
            sums[pair.0.second] += pair.1
        }
        let total = degrees.reduce(0, +)
        return try execution.map(data.columnCount, blockSize: 16) { columns, result in
            for (place, column) in columns.enumerated() {
                let values = matrix.column(column)
                let center = zip(values, degrees).reduce(0) { $0 + $1.0 * $1.1 } / total
                var spread = 0.0
                for (value, degree) in zip(values, degrees) { spread += degree * (value - center) * (value - center) }
                var rough = 0.0
                for (edge, weight) in zip(sorted, weights) {
                    let difference = values[edge.first] - values[edge.second]
                    rough += weight * difference * difference
                }
                let isConstant = !values.contains { $0 != values[0] }
                result[place] = isConstant || !(spread > 0) ? .infinity : rough / spread
            }
        }
    }

    private struct Edge: Hashable {
        let first: Int
        let second: Int
        let distance: Double

        static func == (left: Edge, right: Edge) -> Bool { left.first == right.first && left.second == right.second }

        func hash(into hasher: inout Hasher) {
            hasher.combine(first)
            hasher.combine(second)
        }
    }
}
