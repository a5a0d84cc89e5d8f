public import OutlierCore
import OutlierNumerics

/// Keeps the columns that a detector needs most: fits it, leaves out the column that adds least to its highest scores, and
/// fits anew, until as many are left as wanted.
///
/// Any detector that is `Explainable` will do. A column's importance is what it adds, on average, to the scores of the
/// tenth of the training rows that score highest.
///
///     preprocess: [{rfe: {detector: ecod, keep: 10}}]
///
/// Takes as many fits as columns are left out, divided by `step`.
///
/// I. Guyon, J. Weston, S. Barnhill and V. Vapnik, “Gene selection for cancer classification using support vector machines”,
/// Machine Learning 46, 2002.
///
/// - Throws: fitting, ``OutlierError/Code/invalidConfiguration`` where there is no detector or it does not explain its
///   scores, and what the detector throws.
public struct RecursiveElimination: Preprocessor, LabelLearning {
    public static let name = "rfe"
    public static let aliases = ["recursive-feature-elimination"]
    public static let summary = "Keeps the columns that a detector needs most, leaving out one after the other."
    public static let reference: String? =
        "I. Guyon et al., Gene selection for cancer classification using support vector machines, 2002"
    public static var parameters: [Parameter<RecursiveElimination>] {
        [
            .detector("detector", \.detector, null: "ecod", "The detector, which must explain its scores."),
            .integer("keep", \.keep, in: .atLeast(1), "How many columns are kept."),
            .number(
                "step", \.step, in: .strictlyBetween(0, 1),
                "The part of the columns that are left which one round leaves out, at least one column."),
        ]
    }

    public var detector: (any Detector)?
    public var keep: Int
    public var step: Double

    public init() {
        keep = 10
        step = 0.1
    }

    public init(detector: any Detector, keep: Int = 10, step: Double = 0.1) {
        self.detector = detector
        self.keep = keep
        self.step = step
    }

    public mutating func fillIn(from registry: Registry) throws {
        if detector == nil { detector = try? registry.detector("ecod") }
    }

    public var labelUse: LabelUse { detector?.labelUse ?? .ignored }

    public var partsRequiringLabels: [any Component] { detector?.partsRequiringLabels ?? [] }

    /// What the detector takes.
    public var takes: RowTraits { detector?.takes ?? [] }

    public func partRefusing(_ traits: RowTraits) -> any Component { detector?.partRefusing(traits) ?? self }

    public func train(on data: Dataset, context: FitContext) throws -> SelectedColumns {
        guard let detector else {
            throw OutlierError(
                .invalidConfiguration, "there is no detector that could say which columns it needs",
                suggestion: "Give one: {rfe: {detector: ecod}}.")
        }
        var kept = Array(0..<data.columnCount)
        var round = 0
        while kept.count > keep {
            try context.checkCancellation()
            context.report(
                1 - Double(kept.count - keep) / Double(data.columnCount - keep), stage: "leaving columns out")
            let seen = try data.selectingColumns(kept)
            let importance = try Self.importance(detector, seen, context.part(round))
            let leaving = min(kept.count - keep, max(1, Shares.floor(step, of: kept.count)))
            kept = ColumnRanking.best(kept.count - leaving, of: importance).map { kept[$0] }
            round += 1
        }
        return SelectedColumns(kept: kept, featureCount: data.columnCount, takes: takes)
    }

    private static func importance(
        _ detector: some Detector, _ data: Dataset, _ context: FitContext
    ) throws -> [Double] {
        let fit = try detector.fitAndScore(data, context: context)
        guard let explainable = fit.model.explainer else {
            throw OutlierError(
                .invalidConfiguration,
                "the detector “\(detector.recipe.name)” does not say what columns add to a score",
                suggestion: "Choose one with the capability “explainable”, for instance ecod, hbos or pca.")
        }
        let highest = ColumnRanking.best(max(1, data.rowCount / 10), of: fit.scores.values)
        let parts = try explainable.contributions(of: data.selectingRows(highest), execution: context.execution)
        return (0..<data.columnCount).map { column in
            parts.column(column).reduce(0, +) / Double(highest.count)
        }
    }
}
