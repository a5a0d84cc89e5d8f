/// Fills missing values with one number a column, learnt from the values that are there.
///
/// A missing word of a category is filled with its most frequent word.
public struct Imputer: Preprocessor {
    /// What a missing value becomes.
    public enum Strategy: String, CaseIterable, Sendable {
        case mean
        case median
        case constant
    }

    public static let name = "impute"
    public static let summary = "Fills missing values with the column's mean or median, or with a constant."
    public static var parameters: [Parameter<Imputer>] {
        [
            .choice("strategy", \.strategy, "What a missing number becomes."),
            .number("value", \.value, "The number for the strategy “constant”."),
        ]
    }

    public var strategy: Strategy
    public var value: Double

    public init() { self.init(strategy: .mean) }

    public init(strategy: Strategy, value: Double = 0) {
        self.strategy = strategy
        self.value = value
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedImputer {
        FittedImputer(
            fillers: try data.columns.indices.map { column in
                let values = presentValues(data, column: column)
                if strategy == .constant && data.columns[column].levels == nil { return value }
                guard !values.isEmpty else {
                    throw OutlierError(
                        .missingValue, "the column “\(data.columns[column].name)” has no value at all",
                        suggestion: "Ignore the column, or use {impute: {strategy: constant}}.")
                }
                if data.columns[column].levels != nil { return mostFrequent(values) }
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

    public var featureCount: Int { fillers.count }

    init(fillers: [Double]) { self.fillers = fillers }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        var matrix = data.matrix
        let width = fillers.count
        guard matrix.withUnsafeBufferPointer({ $0.contains(where: \.isNaN) }) else { return data }
        matrix.withUnsafeMutableBufferPointer { values in
            for index in values.indices where values[index].isNaN { values[index] = fillers[index % width] }
        }
        return try data.replacing(matrix)
    }

    public func encode(to archive: inout ModelArchive) throws { archive.store(fillers, as: "fillers") }

    public init(from archive: ModelArchive, registry: Registry) throws {
        fillers = try archive.doubles("fillers")
    }
}
