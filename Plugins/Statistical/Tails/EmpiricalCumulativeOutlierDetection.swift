public import OutlierCore

/// How unlikely a row's values are in the tails of the columns' empirical distributions.
///
/// For each column, the left tail of a value x is −ln of the part of the training rows with values ≤ x, the right tail
/// that of those with values ≥ x. With ``Combination/column``, which is the rule of the authors' code and of PyOD, the
/// score is the sum over columns of the larger tail (of the sum of both where the column's skewness is exactly 0). With
/// ``Combination/row``, the paper's Algorithm 1, it is the largest of three sums over all columns: of the left tails, of
/// the right tails, and of the tails on the side of each column's skewness. Higher is more anomalous; no score is below 0.
///
/// There is nothing to tune. Units and monotone scaling of a column do not matter. Columns are taken to be
/// independent: an anomaly that only a combination of columns shows is not found.
///
/// New rows are ranked among the training rows alone; a value beyond all of them has the tail of one row. PyOD ranks
/// new rows among the training rows and each other, so that a row's score depends on its batch: ``NewRows/batch``
/// gives its figures.
///
/// A missing value is left out of its column's distribution, and its tail is the column's mean tail.
///
/// A row of weight 2 counts as two equal rows: parts of the training rows are parts of their weights, and the skewness is
/// that of the weighted rows. A value beyond all of weight below 1 has the tail of the outermost one.
///
/// Fitting takes O(n·d·log n) time and keeps n·d numbers; scoring a row takes O(d·log n). Nothing is random.
///
/// Z. Li, Y. Zhao, X. Hu, N. Botta, C. Ionescu and G. Chen, “ECOD: Unsupervised Outlier Detection Using Empirical
/// Cumulative Distribution Functions”, IEEE Transactions on Knowledge and Data Engineering, 2022.
public struct EmpiricalCumulativeOutlierDetection: Detector, WeightLearning {
    /// Where the larger tail is chosen.
    public enum Combination: String, Sendable, CaseIterable {
        /// In each column.
        case column
        /// For the row as a whole.
        case row
    }

    public static let name = "ecod"
    public static let aliases = ["empirical-cumulative"]
    public static let summary = "Scores rows by the tails of the columns' empirical distributions."
    public static let reference: String? =
        "Z. Li, Y. Zhao, X. Hu, N. Botta, C. Ionescu and G. Chen, ECOD: Unsupervised Outlier Detection Using Empirical Cumulative Distribution Functions, 2022"
    public static var parameters: [Parameter<EmpiricalCumulativeOutlierDetection>] {
        [
            // The one that a search may change: the other is for comparisons.
            .choice("combination", \.combination, "Whether the larger tail is chosen in each column or for the row.")
                .searched(.values(Combination.allCases.map { .string($0.rawValue) })),
            .choice(
                "new-rows", \.newRows,
                "What new rows are ranked among: the training rows, or as PyOD does the training rows and their own batch."
            ),
        ]
    }

    public var combination: Combination
    public var newRows: NewRows

    public init() { self.init(combination: .column) }

    public init(combination: Combination, newRows: NewRows = .training) {
        self.combination = combination
        self.newRows = newRows
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedTailScore {
        try trainAndScore(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedTailScore, scores: [Double]) {
        let rule: TailRule = combination == .column ? .largestInColumn : .largestSum
        let (distributions, scores) = try TailDistributions.learn(from: data, rule: rule, context: context)
        return (FittedTailScore(distributions: distributions, rule: rule, newRows: newRows), scores)
    }
}
