public import OutlierCore

/// Detectors side by side, chosen for the table and combined: for who does not want to choose.
///
/// **Preparation.** Columns without any value are left out; missing values become the column's mean, categories columns of
/// 0 and 1, and columns are brought to the mean 0 and the variance 1 (`impute`, `one-hot`, `standard-scaler`, as far as
/// the registry has them and `prepare` is not off; then the table must be one that the candidates take).
///
/// **Candidates.** By default one for each idea of what an anomaly is: far from the robust centre (`mcd`), from several
/// centres (`gmm`), from its neighbours (`knn`), off the directions in which rows vary (`pca`), easy to isolate
/// (`isolation-forest`), rare in a column (`hbos`). Each is fitted on one thread, as many at once as there are threads and
/// `memory` allows. One that fails is left out, and the reasons say so.
///
/// **Without labels** (`mode: combine`) a row's score is the mean over candidates of minus the logarithm of the part of the
/// training rows that score as high: Fisher's combination of empirical p-values. All candidates count the same: weights by
/// agreement were tried on labelled tables and gained nothing, so agreement, the correlation with the mean of the others,
/// is reported. With `mode: select` the candidate that agrees most is taken alone.
///
/// **With labels**, some known anomalies, each candidate counts by its ROC-AUC on them, and where two or more anomalies are
/// known, a learner (`boosted-trees`) is fitted on the columns and the candidates' scores together. Candidates' mean and
/// learner are weighted by their ROC-AUC on known anomalies that they have not seen, in up to 5 parts. `mode: select`
/// takes the best of all of them.
///
/// **Budget.** Without `seconds` all candidates are fitted, nothing looks at the clock, and the same seed gives the same
/// result. With it, fits of small parts of the table estimate what each candidate takes; candidates are taken in their order
/// while the sum stays in the budget, the others are left out, and one that has not come to its end when the time is over
/// is stopped. So the result depends on the clock only as far as it decides who is left out; the reasons name them. One
/// candidate, the cheapest, is always fitted, and where the learner finds no time it is left out. `memory` bounds what
/// fits of candidates take, each counted as four times the prepared table: as many run at once as it holds, and where it
/// does not hold one, candidates are fitted on as many random rows as it holds, at least 256, and score all. The prepared
/// table and the scores, three numbers for each row and candidate, come to it.
///
/// Higher is more anomalous. Cost: that of the candidates and, with labels, of six fits of the learner.
///
/// R. A. Fisher, “Statistical Methods for Research Workers”, 1932 (combination of p-values); C. C. Aggarwal and S. Sathe,
/// “Theoretical Foundations and Algorithms for Outlier Ensembles”, 2015; Y. Zhao and M. K. Hryniewicki, “XGBOD”, 2018.
///
/// - Throws: fitting, ``OutlierError/Code/invalidConfiguration`` where there is no candidate, and what the first one
///   throws where all fail.
public struct Automatic: Detector, LabelLearning {
    /// How candidates become one.
    public enum Mode: String, Sendable, CaseIterable {
        case combine
        case select
    }

    public static let name = "auto"
    public static let summary =
        "Several detectors, combined or chosen from for the table at hand, with labels or without."
    public static let reference: String? =
        "C. C. Aggarwal, S. Sathe: Theoretical Foundations and Algorithms for Outlier Ensembles, 2015"
    public static var parameters: [Parameter<Automatic>] {
        [
            .detectors("candidates", \.candidates, "The detectors to choose from, in order; if none, a usual set."),
            .choice("mode", \.mode, "Whether candidates are combined, or one is selected."),
            .detector("learner", \.learner, null: "boosted-trees, where it is registered", "What learns from labels."),
            .boolean("prepare", \.prepares, "Whether values are imputed, categories encoded and columns scaled first."),
            .number("seconds", \.seconds, in: .positive, null: "no limit", "How long the fit may take."),
            .number(
                "memory", \.memory, in: .positive, null: "no limit",
                "Mebibytes that candidates may take while they are fitted."),
        ]
    }

    /// The detectors to choose from. Where there are none, the registry fills in the usual ones.
    public var candidates: [any Detector]
    public var mode: Mode
    /// What learns from labels, where there are any.
    public var learner: (any Detector)?
    public var prepares: Bool
    /// How long the fit may take; `nil` for no limit, and results that do not depend on the clock.
    public var seconds: Double?
    /// Mebibytes that candidates may take while they are fitted.
    public var memory: Double?
    var preprocessors: [any Preprocessor] = []

    public init() { self.init(candidates: []) }

    /// - Parameters:
    ///   - preprocessors: what prepares the table for all candidates.
    public init(
        candidates: [any Detector], mode: Mode = .combine, learner: (any Detector)? = nil,
        preprocessors: [any Preprocessor] = [], seconds: Double? = nil, memory: Double? = nil
    ) {
        self.candidates = candidates
        self.mode = mode
        self.learner = learner
        self.preprocessors = preprocessors
        self.prepares = true
        self.seconds = seconds
        self.memory = memory
    }

    static let usualCandidates: [Recipe] = [
        Recipe(name: "mcd"),
        Recipe(name: "gmm", parameters: ["components": 4]),
        Recipe(name: "isolation-forest"),
        Recipe(name: "pca"),
        Recipe(name: "hbos"),
        Recipe(name: "knn", parameters: ["neighbors": 10, "method": "mean"]),
    ]
    static let usualPreprocessors = ["impute", "one-hot", "standard-scaler"]

    public mutating func fillIn(from registry: Registry) throws {
        if candidates.isEmpty { candidates = Self.usualCandidates.compactMap { try? registry.detector($0) } }
        if learner == nil { learner = try? registry.detector("boosted-trees") }
        preprocessors = prepares ? Self.usualPreprocessors.compactMap { try? registry.preprocessor($0) } : []
    }

    /// Labels are used where there are any.
    public var labelUse: LabelUse { .optional }

    /// What the first preprocessor takes. Where there is none, what any candidate takes: one that fails is left out.
    public var takes: RowTraits {
        let first =
            preprocessors.first?.takes
            ?? candidates.reduce(candidates.isEmpty ? [.missing, .categories] : []) { $0.union($1.takes) }
        return first.intersection([.missing, .categories, .order]).union(.labels)
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedAutomatic {
        try trainAndScore(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedAutomatic, scores: [Double]) {
        guard !candidates.isEmpty else {
            throw OutlierError(
                .invalidConfiguration, "there is no detector to choose from",
                suggestion: "Give it some: {auto: {candidates: [knn, isolation-forest]}}.")
        }
        var selection = try Selection(self, data, context: context)
        try selection.chooseWithinBudget()
        try selection.fitCandidates()
        try selection.weigh()
        return try selection.result()
    }
}
