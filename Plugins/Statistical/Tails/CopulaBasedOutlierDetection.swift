public import OutlierCore

/// How unlikely a row is under the empirical copula of the columns: a mean of tails, corrected by their skewness.
///
/// For each column, the left tail of a value x is −ln of the part of the training rows with values ≤ x, the right tail
/// that of those with values ≥ x, and the skewed tail the one on the side of the column's skewness. With
/// ``Combination/column``, which is the rule of the authors' code and of PyOD, the score is the sum over columns of the
/// larger of the skewed tail and of the mean of both tails. With ``Combination/row``, the paper's Algorithm 2, it is the
/// largest of three sums over all columns: of the left, of the right and of the skewed tails. Higher is more anomalous;
/// no score is below 0.
///
/// There is nothing to tune. Units of a column do not matter. The largest score is bounded by d·ln n. Despite the name,
/// the tails of the columns are multiplied as if the columns were independent.
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
/// Z. Li, Y. Zhao, N. Botta, C. Ionescu and X. Hu, “COPOD: Copula-Based Outlier Detection”, ICDM 2020.
public struct CopulaBasedOutlierDetection: Detector, WeightLearning {
    /// Where the tail is chosen.
    public enum Combination: String, Sendable, CaseIterable {
        /// In each column.
        case column
        /// For the row as a whole.
        case row
    }

    public static let name = "copod"
    public static let aliases = ["copula-based"]
    public static let summary = "Scores rows by the tails of the columns' empirical copula."
    public static let reference: String? =
        "Z. Li, Y. Zhao, N. Botta, C. Ionescu and X. Hu, COPOD: Copula-Based Outlier Detection, 2020"
    public static var parameters: [Parameter<CopulaBasedOutlierDetection>] {
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
        let rule: TailRule = combination == .column ? .meanInColumn : .largestSum
        let (distributions, scores) = try TailDistributions.learn(from: data, rule: rule, context: context)
        return (FittedTailScore(distributions: distributions, rule: rule, newRows: newRows), scores)
    }
}
