import Distances
import LinearAlgebra
public import OutlierCore

/// Reduces many columns to few by putting like ones together: clusters of columns, each replaced by its mean.
///
/// Columns are merged by Ward's criterion, the two clusters whose union adds least to the squares within, as scikit-learn's
/// `FeatureAgglomeration` does. Columns should be scaled before. Clusters stand in the order of their first columns.
///
///     preprocess: [standard-scaler, {feature-agglomeration: {clusters: 10}}]
///
/// O(n·d² + d²) time, O(d²) memory for d columns.
///
/// J. H. Ward, “Hierarchical grouping to optimize an objective function”, 1963; nearest-neighbour chains: F. Murtagh, “A
/// survey of recent advances in hierarchical clustering algorithms”, 1983.
///
/// - Throws: fitting, ``OutlierError/Code/shapeMismatch`` where there are more than 5,000 columns.
public struct FeatureAgglomeration: Preprocessor {
    public static let name = "feature-agglomeration"
    public static let summary = "Reduces columns to the means of clusters of like columns."
    public static let reference: String? = "J. H. Ward, Hierarchical grouping to optimize an objective function, 1963"
    public static var parameters: [Parameter<FeatureAgglomeration>] {
        [.integer("clusters", \.clusters, in: .atLeast(1), "How many columns there are afterwards.")]
    }

    /// At least 1; columns stay as they are where they are not more.
    public var clusters: Int

    static let mostColumns = 5000

    public init() { self.init(clusters: 10) }

    public init(clusters: Int) { self.clusters = clusters }

    public func train(on data: Dataset, context: FitContext) throws -> LinearReduction {
        let width = data.columnCount
        guard width <= Self.mostColumns else {
            throw OutlierError(
                .shapeMismatch,
                "\(width) columns are too many to compare each with each; \(Self.mostColumns) are the most",
                suggestion: "Use “random-projection”, or leave columns out with “variance” or “kurtosis” first.")
        }
        let assignment = try WardClustering.clusters(
            of: data.matrix, count: min(clusters, width), context: context)
        let count = (assignment.max() ?? 0) + 1
        var weights = Matrix(rowCount: count, columnCount: width)
        let sizes = (0..<count).map { cluster in Double(assignment.count { $0 == cluster }) }
        for (column, cluster) in assignment.enumerated() { weights[cluster, column] = 1 / sizes[cluster] }
        return LinearReduction(weights: weights, prefix: "cluster")
    }
}

/// Ward's hierarchical clustering of columns.
enum WardClustering {
    private struct Merge {
        var first: Int
        var second: Int
        var height: Double
    }

    /// For each column the number of its cluster; clusters are numbered by their first columns.
    static func clusters(of matrix: Matrix, count: Int, context: FitContext) throws -> [Int] {
        let width = matrix.columnCount
        let scale = try SafeScale.factor(for: matrix)
        let columns = (scale == 1 ? matrix : SafeScale.multiply(matrix, by: scale)).transposed()
        let products = try gramMatrix(columns, execution: context.execution)
        var distances = [Double](repeating: 0, count: width * width)
        for first in 0..<width {
            for second in 0..<width {
                distances[first * width + second] =
                    max(0, products[first, first] + products[second, second] - 2 * products[first, second])
            }
        }
        try refine(&distances, columns, products, context)
        let merges = try chain(&distances, width: width, context: context)
        // The lowest merges join columns until as many clusters are left as wanted.
        var parents = Array(0..<width)
        func root(_ column: Int) -> Int {
            var column = column
            while parents[column] != column { column = parents[column] }
            return column
        }
        let order = merges.indices.sorted { (merges[$0].height, $0) < (merges[$1].height, $1) }
        for index in order.prefix(width - count) {
            let (first, second) = (root(merges[index].first), root(merges[index].second))
            parents[max(first, second)] = min(first, second)
        }
        var numbers: [Int: Int] = [:]
        return (0..<width).map { column in
            let root = root(column)
            if let number = numbers[root] { return number }
            numbers[root] = numbers.count
            return numbers.count - 1
        }
    }

    /// Adds up the squared differences of columns that lie so near each other, beside how far they lie from 0, that little
    /// would be left of the digits of their products.
    private static func refine(
        _ distances: inout [Double], _ columns: Matrix, _ products: Matrix, _ context: FitContext
    ) throws {
        let width = columns.rowCount
        let length = columns.columnCount
        try columns.withUnsafeBufferPointer { values in
            let values = SharedReadBuffer(values)
            try distances.withUnsafeMutableBufferPointer { distances in
                let distances = SharedBuffer(distances)
                try context.execution.forEach(width) { first in
                    for second in 0..<width where second != first {
                        let place = first * width + second
                        let size = products[first, first] + products[second, second]
                        guard distances.buffer[place] < 1e-4 * size else { continue }
                        // In one order whichever comes first, so that the matrix stays symmetric.
                        let (low, high) = (min(first, second) * length, max(first, second) * length)
                        var sum = 0.0
                        for row in 0..<length {
                            let difference = values.buffer[low + row] - values.buffer[high + row]
                            sum += difference * difference
                        }
                        distances.buffer[place] = sum
                    }
                }
            }
        }
    }

    /// Merges pairs of mutual nearest neighbours, found by following a chain of nearest neighbours.
    private static func chain(_ distances: inout [Double], width: Int, context: FitContext) throws -> [Merge] {
        var sizes = [Double](repeating: 1, count: width)
        var isActive = [Bool](repeating: true, count: width)
        var chain: [Int] = []
        var merges: [Merge] = []
        var first = 0
        while merges.count < width - 1 {
            try context.checkCancellation()
            if chain.isEmpty {
                while !isActive[first] { first += 1 }
                chain.append(first)
            }
            let last = chain[chain.count - 1]
            // Among equals the one before in the chain, so that the chain ends.
            var nearest = chain.count > 1 ? chain[chain.count - 2] : -1
            var least = nearest >= 0 ? distances[last * width + nearest] : .infinity
            for other in 0..<width where isActive[other] && other != last {
                if distances[last * width + other] < least || nearest < 0 {
                    least = distances[last * width + other]
                    nearest = other
                }
            }
            guard chain.count > 1, nearest == chain[chain.count - 2] else {
                chain.append(nearest)
                continue
            }
            chain.removeLast(2)
            let (kept, gone) = (min(last, nearest), max(last, nearest))
            merges.append(Merge(first: kept, second: gone, height: least))
            // Lance and Williams' update for squared distances.
            for other in 0..<width where isActive[other] && other != kept && other != gone {
                let total = sizes[kept] + sizes[gone] + sizes[other]
                let update =
                    ((sizes[kept] + sizes[other]) * distances[kept * width + other]
                        + (sizes[gone] + sizes[other]) * distances[gone * width + other] - sizes[other] * least) / total
                distances[kept * width + other] = update
                distances[other * width + kept] = update
            }
            sizes[kept] += sizes[gone]
            isActive[gone] = false
        }
        return merges
    }
}
