public import OutlierCore

/// Leaves out columns that hardly vary: those whose variance is not above a threshold.
///
/// The variance is that of the values that are there (population). A category is left out where all its words are one.
///
///     preprocess: [variance]
public struct VarianceSelection: Preprocessor, MissingTolerant, CategoryTolerant {
    public static let name = "variance"
    public static let summary = "Leaves out columns whose variance is not above a threshold."
    public static var parameters: [Parameter<VarianceSelection>] {
        [.number("threshold", \.threshold, in: .atLeast(0), "The largest variance of a column that is left out.")]
    }

    public var threshold: Double

    public init() { self.init(threshold: 0) }

    public init(threshold: Double) { self.threshold = threshold }

    public func train(on data: Dataset, context: FitContext) throws -> SelectedColumns {
        let varies = try context.execution.map(data.columnCount, blockSize: 64) { columns, result in
            for (place, column) in columns.enumerated() {
                let values = data.presentValues(column)
                guard let first = values.first, values.contains(where: { $0 != first }) else { continue }
                let isCategory = data.columns[column].levels != nil
                result[place] = isCategory || Moments(values).variance > threshold ? 1 : 0
            }
        }
        return try SelectedColumns(
            varies.indices.filter { varies[$0] > 0 }, of: data.columnCount, takes: takes,
            otherwise: "no column has a variance above \(threshold)",
            suggestion: threshold > 0 ? "Lower the parameter “threshold”." : "The table has no column that varies.")
    }
}

/// Keeps the columns of the highest kurtosis: few values far out make it high, and few values far out are what anomalies
/// leave in a column.
///
/// The kurtosis is that of the values that are there, a normal column's is 3; a constant column has the least. A category
/// is always kept.
///
///     preprocess: [{kurtosis: {keep: 10}}]
///
/// R. A. DeCarlo, “On the meaning and use of kurtosis”, Psychological Methods 2, 1997.
public struct KurtosisSelection: Preprocessor, MissingTolerant, CategoryTolerant {
    public static let name = "kurtosis"
    public static let summary = "Keeps the columns of the highest kurtosis, which have the heaviest tails."
    public static let reference: String? = "R. A. DeCarlo, On the meaning and use of kurtosis, 1997"
    public static var parameters: [Parameter<KurtosisSelection>] {
        [.integer("keep", \.keep, in: .atLeast(1), "How many columns are kept.")]
    }

    public var keep: Int

    public init() { self.init(keep: 10) }

    public init(keep: Int) { self.keep = keep }

    public func train(on data: Dataset, context: FitContext) throws -> SelectedColumns {
        let values = try context.execution.map(data.columnCount, blockSize: 64) { columns, result in
            for (place, column) in columns.enumerated() {
                let isCategory = data.columns[column].levels != nil
                result[place] = isCategory ? .infinity : Self.kurtosis(data.presentValues(column))
            }
        }
        return SelectedColumns(
            kept: ColumnRanking.best(keep, of: values), featureCount: data.columnCount, takes: takes)
    }

    /// The fourth moment over the squared variance; 0 for a constant.
    static func kurtosis(_ values: [Double]) -> Double {
        let moments = Moments(values)
        let deviation = moments.variance.squareRoot()
        guard deviation > 10 * Double.ulpOfOne * abs(moments.mean), deviation.isFinite else { return 0 }
        var fourth = 0.0
        for value in values {
            let square = (value - moments.mean) / deviation * ((value - moments.mean) / deviation)
            fourth += square * square / Double(values.count)
        }
        return fourth
    }
}
