import Distances
public import OutlierCore

/// Fills a missing value with the mean of that column over the nearest training rows that have it.
///
/// Rows are compared by the columns that both have (`nan_euclidean_distances` of scikit-learn); of rows equally far away
/// the first count. A row that has no column in common with any training row gets the column's mean. Columns should be
/// scaled before: put `standard-scaler`, which lets missing values pass, first.
///
///     preprocess: [standard-scaler, {knn-imputer: {neighbors: 5}}]
///
/// O(incomplete rows × training rows × columns) to fill; the model holds the training rows.
///
/// O. Troyanskaya et al., “Missing value estimation methods for DNA microarrays”, Bioinformatics 17, 2001.
///
/// - Throws: fitting, ``OutlierError/Code/missingValue`` where a column has no value at all.
public struct NearestNeighborImputer: Preprocessor {
    /// How much each neighbour counts.
    public enum Weights: String, Sendable, CaseIterable {
        case uniform
        /// The inverse of the distance; rows at distance 0 count alone.
        case distance
    }

    public static let name = "knn-imputer"
    public static let summary = "Fills missing values with the mean of the nearest rows that have them."
    public static let reference: String? =
        "O. Troyanskaya et al., Missing value estimation methods for DNA microarrays, 2001"
    public static var parameters: [Parameter<NearestNeighborImputer>] {
        [
            .integer("neighbors", \.neighbors, in: .between(1, 10_000), "How many rows a value is taken from."),
            .choice("weights", \.weights, "How much each of them counts."),
        ]
    }

    /// At least 1.
    public var neighbors: Int
    public var weights: Weights

    public init() { self.init(neighbors: 5) }

    public init(neighbors: Int, weights: Weights = .uniform) {
        self.neighbors = neighbors
        self.weights = weights
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedNearestNeighborImputer {
        FittedNearestNeighborImputer(
            rows: data.matrix, means: try ColumnMeans.present(in: data), neighbors: neighbors, weights: weights)
    }
}

/// The training rows from which values are taken.
public struct FittedNearestNeighborImputer: FittedPreprocessor, MissingTolerant {
    let search: PartialNeighborSearch
    let means: [Double]
    let neighbors: Int
    let weights: NearestNeighborImputer.Weights

    public var featureCount: Int { means.count }

    init(rows: Matrix, means: [Double], neighbors: Int, weights: NearestNeighborImputer.Weights) {
        search = PartialNeighborSearch(rows)
        self.means = means
        self.neighbors = min(neighbors, rows.rowCount)
        self.weights = weights
    }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        let width = data.columnCount
        var targets: [PartialNeighborSearch.Target] = []
        data.matrix.withUnsafeBufferPointer { values in
            for index in values.indices where values[index].isNaN {
                targets.append(.init(query: index / width, column: index % width))
            }
        }
        if targets.isEmpty { return data }
        var matrix = data.matrix
        // A share of the holes at a time bounds the memory.
        let share = max(1, 4_000_000 / neighbors)
        var start = 0
        while start < targets.count {
            var end = min(targets.count, start + share)
            while end < targets.count && targets[end].query == targets[end - 1].query { end += 1 }
            let part = Array(targets[start..<end])
            let found = try search.nearest(neighbors, to: data.matrix, targets: part, execution: execution)
            for (position, target) in part.enumerated() {
                guard let column = target.column else { continue }
                let places = position * neighbors..<(position + 1) * neighbors
                matrix[target.query, column] = value(
                    column, distances: found.distances[places], indices: found.indices[places])
            }
            start = end
        }
        return try data.replacing(matrix)
    }

    private func value(_ column: Int, distances: ArraySlice<Double>, indices: ArraySlice<Int32>) -> Double {
        let hasEqual = distances.first == 0
        var (sum, total) = (0.0, 0.0)
        for (distance, index) in zip(distances, indices) where index >= 0 {
            let weight: Double =
                switch weights {
                case .uniform: 1
                case .distance: hasEqual ? (distance == 0 ? 1 : 0) : 1 / distance
                }
            sum += weight * search.points[Int(index), column]
            total += weight
        }
        return total > 0 && sum.isFinite ? sum / total : means[column]
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(search.points, as: "rows")
        archive.store(means, as: "means")
        archive.store(neighbors, as: "neighbors")
        archive.store(weights.rawValue, as: "weights")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let means = try archive.doubles("means")
        let rows = try archive.matrix("rows", columns: means.count)
        guard rows.rowCount > 0, !means.isEmpty,
            let weights = NearestNeighborImputer.Weights(rawValue: try archive.string("weights"))
        else { throw OutlierError(.invalidModel, "the imputer has no rows or no rule") }
        self.init(
            rows: rows, means: means, neighbors: try archive.integer("neighbors", in: 1...rows.rowCount),
            weights: weights)
    }
}

/// The means of columns, missing values left out.
enum ColumnMeans {
    /// - Throws: ``OutlierError/Code/missingValue`` where a column has no value at all.
    static func present(in data: Dataset) throws -> [Double] {
        let width = data.columnCount
        var means = [Double](repeating: 0, count: width)
        var counts = [Double](repeating: 0, count: width)
        data.matrix.withUnsafeBufferPointer { values in
            for row in 0..<data.rowCount {
                for column in 0..<width {
                    let value = values[row * width + column]
                    if value.isNaN { continue }
                    counts[column] += 1
                    // The running mean cannot overflow where the sum would.
                    means[column] += value / counts[column] - means[column] / counts[column]
                }
            }
        }
        if let column = counts.firstIndex(of: 0) {
            throw OutlierError(
                .missingValue, "the column “\(data.columns[column].name)” has no value at all",
                suggestion: "Put “drop-columns” first, which leaves such columns out.")
        }
        return means
    }
}
