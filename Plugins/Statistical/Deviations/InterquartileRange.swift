public import OutlierCore

/// How far a row's values lie outside Tukey's fences, in interquartile ranges.
///
/// The fences of a column are its first quartile less `factor`·IQR and its third quartile plus `factor`·IQR. A column's
/// term is the distance of the value from the nearer fence where it lies outside them, divided by the IQR, and 0
/// inside; the score is the largest term, or their mean or sum; higher is more anomalous, and 0 means that all values lie
/// within the fences. Quartiles are interpolated as NumPy's.
///
/// Where a column's quartiles are equal, 1.6907 mean absolute deviations from the median stand for the IQR, which is
/// what it is for normal numbers; a constant column measures in its own unit.
///
/// A row of weight 2 counts as two equal rows; weights that add up to less than there are rows are first multiplied so
/// that they add up to that.
///
/// Fitting takes O(n·d·log n), scoring O(n·d). Nothing is random.
///
/// J. W. Tukey, “Exploratory Data Analysis”, 1977.
///
/// - Throws: fitting, ``OutlierError/Code/numericalFailure`` where a range is too large for a number.
public struct InterquartileRange: Detector, WeightLearning {
    public static let name = "iqr"
    public static let aliases = ["interquartile-range", "tukey-fences"]
    public static let summary = "Scores rows by the distance of their values from Tukey's fences."
    public static let reference: String? = "J. W. Tukey, Exploratory Data Analysis, 1977"
    public static var parameters: [Parameter<InterquartileRange>] {
        [
            .number("factor", \.factor, in: .atLeast(0), "How far the fences are from the quartiles, in IQRs."),
            .choice("aggregation", \.aggregation, "How the terms of the columns become one score."),
        ]
    }

    /// How far the fences are from the quartiles, in interquartile ranges; at least 0.
    public var factor: Double
    public var aggregation: ColumnAggregation

    public init() { self.init(factor: 1.5) }

    public init(factor: Double, aggregation: ColumnAggregation = .maximum) {
        self.factor = factor
        self.aggregation = aggregation
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedColumnDeviations {
        try FittedColumnDeviations.learn(from: data, aggregation: aggregation, context: context) { column in
            let first = column.quantile(0.25)
            let third = column.quantile(0.75)
            let range = third > first ? third - first : 1.690_695_1 * column.meanAbsoluteDeviation
            return (first - factor * range, third + factor * range, range)
        }
    }
}
