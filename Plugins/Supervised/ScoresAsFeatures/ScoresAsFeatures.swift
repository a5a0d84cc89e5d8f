public import OutlierCore

/// Extreme boosting on scores (XGBOD): detectors that need no labels are fitted first, and their scores stand beside the
/// columns as what a learner with labels looks at.
///
/// The learner is ``BoostedTrees`` where none is given; any detector that learns from labels will do. By name, members
/// that are not given are nearest neighbours and local outlier factors of two sizes, a histogram, an isolation forest,
/// principal components and a mixture, but for those that cannot be fitted on so few rows or so many columns
/// (``FittedScoresAsFeatures/memberNames`` are those that were). Each member is fitted on all rows, without labels, and
/// scores them by its own rule for training rows. Higher is more anomalous; what the score is is the learner's matter.
///
/// In a configuration: `data: {known-labels: seen, …}`, `detector: {xgbod: {members: [knn, lof, isolation-forest]}}`.
///
/// Fitting and scoring take what the members take, one after the other, and the learner. Not done, unlike in the
/// paper: members are not selected; the trees do not cut what does not help.
///
/// Y. Zhao and M. K. Hryniewicki, “XGBOD: Improving Supervised Outlier Detection with Unsupervised Representation
/// Learning”, IJCNN 2018.
///
/// - Throws: fitting, ``OutlierError/Code/missingLabels`` where labels of two classes are not there,
///   ``OutlierError/Code/invalidConfiguration`` where the learner does not learn from labels, and what members throw.
public struct ScoresAsFeatures: Detector, LabelLearning {
    public static let name = "xgbod"
    public static let summary = "Detectors without labels, whose scores are columns for boosted trees with few labels."
    public static let reference: String? =
        "Y. Zhao, M. K. Hryniewicki: XGBOD: Improving Supervised Outlier Detection with Unsupervised Representation Learning, 2018"
    public static var parameters: [Parameter<ScoresAsFeatures>] {
        [
            .detectors("members", \.members, "The detectors whose scores are columns; if none, a usual set."),
            .detector("learner", \.learner, null: "boosted-trees", "What learns from the labels."),
            .boolean("columns", \.keepsColumns, "Whether the learner sees the table's own columns too."),
        ]
    }

    /// Where there are none, a detector made by a registry takes ``usualMembers``.
    public var members: [any Detector]
    /// What stands for no members: as many of the usual ones as the registry has.
    public private(set) var usualMembers: [any Detector] = []
    public var learner: (any Detector)?
    /// Whether the learner sees the table's own columns besides the scores.
    public var keepsColumns: Bool

    /// No members: the registry fills the usual ones in.
    public init() { self.init(members: []) }

    public init(members: [any Detector], learner: (any Detector)? = nil, keepsColumns: Bool = true) {
        self.members = members
        self.learner = learner
        self.keepsColumns = keepsColumns
    }

    private static let usualRecipes: [Recipe] = [
        Recipe(name: "knn", parameters: ["neighbors": 5]),
        Recipe(name: "knn", parameters: ["neighbors": 50]),
        Recipe(name: "lof", parameters: ["neighbors": 20]),
        Recipe(name: "lof", parameters: ["neighbors": 100]),
        Recipe(name: "hbos"),
        Recipe(name: "isolation-forest"),
        Recipe(name: "pca"),
        Recipe(name: "gmm", parameters: ["components": 4]),
    ]

    public mutating func fillIn(from registry: Registry) throws {
        usualMembers = Self.usualRecipes.compactMap { try? registry.detector($0) }
    }

    public var labelUse: LabelUse { .required }

    /// What every member takes, and the learner where it sees the columns.
    public var takes: RowTraits {
        RowTraits.common(to: partsSeeingColumns.map { $0.takes }).subtracting(.weights).union(.labels)
    }

    public func partRefusing(_ traits: RowTraits) -> any Component {
        guard !traits.contains(.weights) else { return self }
        return partsSeeingColumns.first { !$0.takes.isSuperset(of: traits) }?.partRefusing(traits) ?? self
    }

    private var partsSeeingColumns: [any Detector] {
        (members.isEmpty ? usualMembers : members) + (keepsColumns ? [learner ?? BoostedTrees()] : [])
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedScoresAsFeatures {
        try trainAndScore(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedScoresAsFeatures, scores: [Double]) {
        // A member that nobody chose is left out where the table does not suit it.
        let membersAreUsual = members.isEmpty
        let members = membersAreUsual ? usualMembers : members
        guard !members.isEmpty || keepsColumns else {
            throw OutlierError(
                .invalidConfiguration, "there is nothing to learn from: no members, and no columns",
                suggestion: "Give it members: {xgbod: {members: [knn, lof]}}.")
        }
        let learner = learner ?? BoostedTrees()
        guard learner.labelUse != .ignored else {
            throw OutlierError(
                .invalidConfiguration, "the learner “\(learner.recipe.name)” does not look at labels",
                suggestion: "Take “\(BoostedTrees.name)”.")
        }
        var fitted: [FittedScoresAsFeatures.Member] = []
        var scores: [[Double]] = []
        var failure: OutlierError?
        let parts = Double(members.count + 1)
        for (index, member) in members.enumerated() {
            try context.checkCancellation()
            let part = context.part(index, covering: Double(index) / parts...Double(index + 1) / parts)
            let name = member.recipe.name
            part.report(0, stage: name)
            do {
                let fit = try member.fitAndScore(data.unlabeled, context: part)
                fitted.append(FittedScoresAsFeatures.Member(name: name, model: fit.model))
                scores.append(fit.scores.values)
            } catch let error as OutlierError
                where membersAreUsual && [.notEnoughRows, .shapeMismatch].contains(error.code)
            {
                failure = error
            }
        }
        if let failure, fitted.isEmpty && !keepsColumns { throw failure }
        let features = try FittedScoresAsFeatures.features(
            of: data, scores: zip(fitted, scores).map { ($0.name, $1) }, keepsColumns: keepsColumns)
        let last = context.part(members.count, covering: Double(members.count) / parts...1)
        let fit = try learner.fitAndScore(features, context: last)
        return (
            FittedScoresAsFeatures(
                featureCount: data.columnCount, keepsColumns: keepsColumns, members: fitted,
                learner: FittedScoresAsFeatures.Member(name: learner.recipe.name, model: fit.model)),
            fit.scores.values
        )
    }
}
