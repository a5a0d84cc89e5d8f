/// Fills missing values with one number a column, learnt from the values that are there; or, by name, as `knn-imputer` or
/// `iterative-imputer` do.
///
/// A missing word of a category is filled with its most frequent word. In Swift, `NearestNeighborImputer` and
/// `IterativeImputer` are preprocessors of their own; this one finds them in a registry.
public struct Imputer: Preprocessor {
    /// What a missing value becomes.
    public enum Strategy: String, CaseIterable, Sendable {
        case mean
        case median
        /// The most frequent value, the least of equally frequent ones.
        case mode
        case constant
        /// As `knn-imputer` with its defaults.
        case knn
        /// As `iterative-imputer` with its defaults.
        case iterative
    }

    public static let name = "impute"
    public static let summary =
        "Fills missing values with the column's mean, median, mode or a constant, or by neighbours or regressions."
    public static var parameters: [Parameter<Imputer>] {
        [
            .choice("strategy", \.strategy, "What a missing number becomes."),
            .number("value", \.value, "The number for the strategy “constant”."),
        ]
    }

    public var strategy: Strategy
    public var value: Double
    /// What the strategies “knn” and “iterative” stand for; a registry fills it in.
    private var other: (any Preprocessor)?

    public mutating func fillIn(from registry: Registry) throws {
        switch strategy {
        case .knn: other = try registry.preprocessor("knn-imputer")
        case .iterative: other = try registry.preprocessor("iterative-imputer")
        case .mean, .median, .mode, .constant: other = nil
        }
    }

    public init() { self.init(strategy: .mean) }

    /// What the strategy takes.
    public var takes: RowTraits { other?.takes ?? [.missing, .categories] }

    public func partRefusing(_ traits: RowTraits) -> any Component { other?.partRefusing(traits) ?? self }

    public init(strategy: Strategy, value: Double = 0) {
        self.strategy = strategy
        self.value = value
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedImputer {
        if strategy == .knn || strategy == .iterative {
            guard let other else {
                throw OutlierError(
                    .invalidConfiguration, "the strategy “\(strategy.rawValue)” has to be made by a registry",
                    suggestion: "In Swift use NearestNeighborImputer() or IterativeImputer().")
            }
            let fitted: any FittedPreprocessor = try other.fit(data, context: context)
            return FittedImputer(
                fillers: [Double](repeating: 0, count: data.columnCount), other: (other.recipe.name, fitted))
        }
        return FittedImputer(
            fillers: try data.columns.indices.map { column in
                let values = presentValues(data, column: column)
                if strategy == .constant && data.columns[column].levels == nil { return value }
                guard !values.isEmpty else {
                    throw OutlierError(
                        .missingValue, "the column “\(data.columns[column].name)” has no value at all",
                        suggestion: "Ignore the column, or use {impute: {strategy: constant}}.")
                }
                if data.columns[column].levels != nil || strategy == .mode { return mostFrequent(values) }
                // The running mean cannot overflow where the sum would.
                return strategy == .median
                    ? Quantiles.median(of: values)
                    : values.enumerated().reduce(0) { $0 + ($1.element - $0) / Double($1.offset + 1) }
            })
    }

    private func mostFrequent(_ codes: [Double]) -> Double {
        var counts: [Double: Int] = [:]
        for code in codes { counts[code, default: 0] += 1 }
        // The lowest code wins a tie.
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0
    }
}

/// The numbers that missing values become.
public struct FittedImputer: FittedPreprocessor, MissingTolerant, CategoryTolerant {
    /// One number a column.
    public let fillers: [Double]
    /// What fills instead, and its name.
    private let other: (name: String, fitted: any FittedPreprocessor)?

    public var featureCount: Int { fillers.count }
    public var takes: RowTraits { other?.fitted.takes ?? [.missing, .categories] }

    init(fillers: [Double], other: (name: String, fitted: any FittedPreprocessor)? = nil) {
        self.fillers = fillers
        self.other = other
    }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        if let other { return try other.fitted.transform(data, execution: execution) }
        var matrix = data.matrix
        let width = fillers.count
        guard matrix.withUnsafeBufferPointer({ $0.contains(where: \.isNaN) }) else { return data }
        matrix.withUnsafeMutableBufferPointer { values in
            for index in values.indices where values[index].isNaN { values[index] = fillers[index % width] }
        }
        return try data.replacing(matrix)
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(fillers, as: "fillers")
        if let other {
            archive.store(other.name, as: "other-name")
            try archive.store(other.fitted, as: "other")
        }
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        fillers = try archive.doubles("fillers")
        guard let name = try archive.stringIfPresent("other-name") else {
            other = nil
            return
        }
        let fitted = try registry.loadPreprocessor(name, from: archive.child("other"))
        guard fitted.featureCount == fillers.count else {
            throw OutlierError(.invalidModel, "the imputer's columns are not those of what fills them")
        }
        other = (name, fitted)
    }
}
