public import OutlierCore

/// The modified z-score: how far a row's values lie from the medians, in median absolute deviations.
///
/// A column's term is 0.6745·|x − median| / MAD; the score is the largest term, or their mean or sum; higher is more
/// anomalous. Iglewicz and Hoaglin call a value with a term above 3.5 an outlier. PyOD's detector of this name takes one
/// column only; for one column the scores are the same.
///
/// Where more than half of a column's values are equal, its MAD is 0. Then the term is |x − median| / (1.2533·mean
/// absolute deviation), which is as large for normal numbers; a constant column measures in its own unit. (PyOD gives
/// every value that is not the median the largest number there is.)
///
/// A row of weight 2 counts as two equal rows; weights that add up to less than there are rows are first multiplied so
/// that they add up to that.
///
/// Fitting takes O(n·d·log n), scoring O(n·d). Nothing is random.
///
/// B. Iglewicz and D. Hoaglin, “How to Detect and Handle Outliers”, 1993.
///
/// - Throws: fitting, ``OutlierError/Code/numericalFailure`` where a spread is too large for a number.
public struct MedianAbsoluteDeviation: Detector, WeightLearning {
    public static let name = "mad"
    public static let aliases = ["median-absolute-deviation", "modified-z-score"]
    public static let summary = "Scores rows by the distance of their values from the medians, in MADs."
    public static let reference: String? = "B. Iglewicz and D. Hoaglin, How to Detect and Handle Outliers, 1993"
    public static var parameters: [Parameter<MedianAbsoluteDeviation>] {
        [.choice("aggregation", \.aggregation, "How the terms of the columns become one score.")]
    }

    public var aggregation: ColumnAggregation

    public init() { self.init(aggregation: .maximum) }

    public init(aggregation: ColumnAggregation) { self.aggregation = aggregation }

    public func train(on data: Dataset, context: FitContext) throws -> FittedColumnDeviations {
        try FittedColumnDeviations.learn(from: data, aggregation: aggregation, context: context) { column in
            let median = column.median
            let deviation = column.medianAbsoluteDeviation
            let scale = deviation > 0 ? deviation / 0.6745 : 1.253_314_137_315_5 * column.meanAbsoluteDeviation
            return (median, median, scale)
        }
    }
}
