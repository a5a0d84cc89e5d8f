import LinearAlgebra
public import OutlierCore

/// Reduces many columns to few by random directions, which keep the distances of rows nearly as they are.
///
/// Gaussian directions have normal elements of variance 1 ÷ components (Johnson & Lindenstrauss); sparse ones have elements
/// that are 0 but for one in √d (Li 2006), which costs less and is nearly as good. The seed decides the directions.
///
///     preprocess: [{random-projection: {components: 32}}]
///
/// P. Li, T. J. Hastie and K. W. Church, “Very sparse random projections”, KDD 2006.
public struct RandomProjection: Preprocessor {
    public enum Directions: String, Sendable, CaseIterable {
        case gaussian, sparse
    }

    public static let name = "random-projection"
    public static let summary = "Reduces many columns to few random directions, which keep distances nearly."
    public static let reference: String? =
        "P. Li, T. J. Hastie and K. W. Church, Very sparse random projections, 2006"
    public static var parameters: [Parameter<RandomProjection>] {
        [
            .integer("components", \.components, in: .between(1, 10_000), "How many columns there are afterwards."),
            .choice("directions", \.directions, "How directions are drawn."),
        ]
    }

    public var components: Int
    public var directions: Directions

    public init() { self.init(components: 16) }

    public init(components: Int, directions: Directions = .gaussian) {
        self.components = components
        self.directions = directions
    }

    public func train(on data: Dataset, context: FitContext) throws -> LinearReduction {
        let width = data.columnCount
        var random = context.random()
        let density = 1 / Double(width).squareRoot()
        let sparse = (1 / density / Double(components)).squareRoot()
        let scale = (1 / Double(components)).squareRoot()
        var weights = Matrix(rowCount: components, columnCount: width)
        weights.withUnsafeMutableBufferPointer { values in
            for index in values.indices {
                switch directions {
                case .gaussian: values[index] = random.normal() * scale
                case .sparse:
                    let draw = random.uniform()
                    values[index] = draw < density / 2 ? sparse : draw < density ? -sparse : 0
                }
            }
        }
        return LinearReduction(weights: weights, prefix: "projection")
    }
}

/// Columns that are weighted sums of others.
public struct LinearReduction: FittedPreprocessor {
    /// A row a new column, its weights of the old ones.
    public let weights: Matrix
    /// What new columns are called, before their number.
    let prefix: String
    private let kernel: PackedColumns

    public var featureCount: Int { weights.columnCount }

    init(weights: Matrix, prefix: String) {
        self.weights = weights
        self.prefix = prefix
        kernel = PackedColumns(weights.transposed())
    }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        let zeros = [Double](repeating: 0, count: featureCount)
        let reduced = try kernel.project(
            data.matrix, centers: zeros, scales: zeros.map { _ in 1 }, execution: execution)
        return try data.replacing(reduced, columns: (1...weights.rowCount).map { Column("\(prefix)\($0)") })
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(weights, as: "weights")
        archive.store(prefix, as: "prefix")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let weights = try archive.matrix("weights")
        guard weights.rowCount > 0, weights.columnCount > 0 else {
            throw OutlierError(.invalidModel, "the reduction has no columns")
        }
        self.init(weights: weights, prefix: try archive.string("prefix"))
    }
}
