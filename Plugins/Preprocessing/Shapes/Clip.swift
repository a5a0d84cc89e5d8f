public import OutlierCore

/// Moves values below or above fixed limits to the limits.
///
///     preprocess: [{clip: {lower: 0, upper: 100}}]
public struct Clip: Preprocessor {
    public static let name = "clip"
    public static let summary = "Moves values below or above fixed limits to the limits."
    public static var parameters: [Parameter<Clip>] {
        [
            .number("lower", \.lower, null: "no limit", "The least value."),
            .number("upper", \.upper, null: "no limit", "The largest value."),
            .strings("columns", \.columns, "The columns that are clipped; all where none is named."),
        ]
    }

    public var lower: Double?
    public var upper: Double?
    /// The names of the columns; all where empty.
    public var columns: [String]

    public init() { self.init(lower: nil, upper: nil) }

    public init(lower: Double?, upper: Double?, columns: [String] = []) {
        self.lower = lower
        self.upper = upper
        self.columns = columns
    }

    public func validateTogether() throws {
        if let lower, let upper, lower > upper {
            throw OutlierError(
                .invalidParameter, "“lower” must not be above “upper”, but is \(lower) and \(upper)", path: ["lower"])
        }
    }

    public func train(on data: Dataset, context: FitContext) throws -> ColumnLimits {
        let chosen = try data.columns(named: columns)
        return ColumnLimits(
            lower: chosen.map { $0 ? lower ?? -.infinity : -.infinity },
            upper: chosen.map { $0 ? upper ?? .infinity : .infinity })
    }
}

/// Moves values outside each column's limits to the limits, which are quantiles of the training rows.
///
///     preprocess: [{winsorize: {lower: 0.01, upper: 0.99}}]
///
/// C. P. Winsor's proposal: W. J. Dixon, “Simplified Estimation from Censored Normal Samples”, 1960.
public struct Winsorize: Preprocessor {
    public static let name = "winsorize"
    public static let summary = "Moves values outside two quantiles of their column to the quantiles."
    public static let reference: String? = "W. J. Dixon, Simplified Estimation from Censored Normal Samples, 1960"
    public static var parameters: [Parameter<Winsorize>] {
        [
            .number("lower", \.lower, in: .between(0, 1), "The quantile of the lower limit."),
            .number("upper", \.upper, in: .between(0, 1), "The quantile of the upper limit."),
            .strings("columns", \.columns, "The columns that are winsorized; all where none is named."),
        ]
    }

    public var lower: Double
    public var upper: Double
    /// The names of the columns; all where empty.
    public var columns: [String]

    public init() { self.init(lower: 0.01, upper: 0.99) }

    public init(lower: Double, upper: Double, columns: [String] = []) {
        self.lower = lower
        self.upper = upper
        self.columns = columns
    }

    public func validateTogether() throws {
        if lower > upper {
            throw OutlierError(
                .invalidParameter, "“lower” must not be above “upper”, but is \(lower) and \(upper)", path: ["lower"])
        }
    }

    public func train(on data: Dataset, context: FitContext) throws -> ColumnLimits {
        let chosen = try data.columns(named: columns)
        var low = [Double](repeating: -.infinity, count: chosen.count)
        var high = [Double](repeating: .infinity, count: chosen.count)
        for column in chosen.indices where chosen[column] && data.columns[column].levels == nil {
            let values = data.presentValues(column)
            if values.isEmpty { continue }
            low[column] = Quantiles.quantile(of: values, lower)
            high[column] = Quantiles.quantile(of: values, upper)
        }
        return ColumnLimits(lower: low, upper: high)
    }
}

/// The least and the largest value of each column.
public struct ColumnLimits: FittedPreprocessor, MissingTolerant, CategoryTolerant {
    /// One number a column; infinite for no limit.
    public let lower: [Double]
    public let upper: [Double]

    public var featureCount: Int { lower.count }

    init(lower: [Double], upper: [Double]) {
        self.lower = lower
        self.upper = upper
    }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        try data.mappingNumbers(execution: execution) { column, value in
            min(max(value, lower[column]), upper[column])
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(lower, as: "lower")
        archive.store(upper, as: "upper")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let lower = try archive.doubles("lower")
        self.init(lower: lower, upper: try archive.doubles("upper", count: lower.count))
    }
}

extension Dataset {
    /// Which columns are named; all where no name is given.
    ///
    /// - Throws: ``OutlierError/Code/columnMismatch`` where there is no column of a name.
    func columns(named names: [String]) throws -> [Bool] {
        if names.isEmpty { return columns.map { _ in true } }
        let known = columns.map(\.name)
        for name in names where !known.contains(name) {
            throw OutlierError(
                .columnMismatch, "there is no column “\(name)”",
                suggestion: Suggestion.didYouMean(name, among: known), path: ["columns"])
        }
        let chosen = Set(names)
        return columns.map { chosen.contains($0.name) }
    }
}
