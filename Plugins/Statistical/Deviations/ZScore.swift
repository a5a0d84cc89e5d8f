public import OutlierCore

/// How far a row's values lie from the means, in standard deviations.
///
/// A column's term is |x − mean| / σ, σ being the population's; the score is the largest term, or their mean or sum;
/// higher is more anomalous. A constant column measures in its own unit. Anomalies move the mean and σ that they are
/// measured by: ``MedianAbsoluteDeviation`` resists that.
///
/// A row of weight 2 counts as two equal rows. Fitting and scoring take O(n·d). Nothing is random. The model learns from
/// further rows (``Updatable``) and joins with a model of other rows (``Mergeable``); but for rounding, it is then that of
/// all rows.
///
/// F. E. Grubbs, “Procedures for Detecting Outlying Observations in Samples”, 1969.
///
/// - Throws: fitting, ``OutlierError/Code/numericalFailure`` where squares are too large for a number.
public struct ZScore: Detector, WeightLearning {
    public static let name = "z-score"
    public static let summary = "Scores rows by the distance of their values from the means, in standard deviations."
    public static let reference: String? =
        "F. E. Grubbs, Procedures for Detecting Outlying Observations in Samples, 1969"
    public static var parameters: [Parameter<ZScore>] {
        [.choice("aggregation", \.aggregation, "How the terms of the columns become one score.")]
    }

    public var aggregation: ColumnAggregation

    public init() { self.init(aggregation: .maximum) }

    public init(aggregation: ColumnAggregation) { self.aggregation = aggregation }

    public func train(on data: Dataset, context: FitContext) throws -> FittedZScore {
        FittedZScore(
            moments: try MergeableMoments(of: data.rowsThatCount, execution: context.execution),
            aggregation: aggregation)
    }
}

/// The means and standard deviations that ``ZScore`` found.
public struct FittedZScore: Explainable, Updatable, Mergeable {
    private(set) var moments: MergeableMoments
    private(set) var deviations: ColumnDeviations

    public var featureCount: Int { deviations.columnCount }

    init(moments: MergeableMoments, aggregation: ColumnAggregation) {
        self.moments = moments
        let scales = (0..<moments.means.count).map(moments.scale)
        deviations = ColumnDeviations(
            lower: moments.means, upper: moments.means, scales: scales, aggregation: aggregation)
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        try deviations.scores(of: data, execution: execution)
    }

    /// The deviation of each column.
    public func contributions(of data: Dataset, execution: Execution) throws -> Matrix {
        try data.requireColumns(featureCount)
        return try deviations.contributions(of: data, execution: execution)
    }

    /// The model becomes that of the rows it has seen and those of `data`.
    ///
    /// - Throws: ``OutlierError/Code/numericalFailure`` where a value is too large; the model stays as it was.
    public mutating func computeUpdate(with data: Dataset, context: FitContext) throws {
        try join(MergeableMoments(of: data, execution: context.execution))
    }

    /// - Throws: ``OutlierError/Code/shapeMismatch`` where the two have not as many columns.
    public func merged(with other: FittedZScore) throws -> FittedZScore {
        guard other.featureCount == featureCount else {
            throw OutlierError(
                .shapeMismatch, "a model of \(featureCount) columns cannot be joined with one of \(other.featureCount)")
        }
        var joined = self
        try joined.join(other.moments)
        return joined
    }

    private mutating func join(_ other: MergeableMoments) throws {
        guard moments.canJoin(other) else {
            throw OutlierError(
                .numericalFailure, "the squares of the values are too large for a number",
                suggestion: "Put the preprocessor “robust-scaler” before the detector.")
        }
        moments.join(other)
        let moments = moments
        deviations.replace { column in (center: moments.means[column], scale: moments.scale(column)) }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(.number(moments.count), as: "count")
        archive.store(moments.means, as: "means")
        archive.store(moments.squares, as: "squares")
        archive.store(deviations.aggregation.rawValue, as: "aggregation")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let means = try archive.doubles("means")
        let squares = try archive.doubles("squares", count: means.count)
        guard let count = try archive.value("count").double, count >= 1, count.isFinite, !means.isEmpty,
            means.allSatisfy(\.isFinite), squares.allSatisfy({ $0 >= 0 && $0.isFinite })
        else { throw OutlierError(.invalidModel, "the model's moments are not those of any rows") }
        self.init(
            moments: MergeableMoments(count: count, means: means, squares: squares),
            aggregation: try ColumnAggregation(from: archive))
    }
}
