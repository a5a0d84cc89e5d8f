public import OutlierCore

/// Several detectors, whose scores are made comparable and combined.
///
/// Each member is fitted on the same rows; its scores are normalized by the distribution of its training scores, and
/// combined: the mean, the maximum, the median, or for many members the mean of the maxima of random buckets of members
/// (or the other way round), which lies between the two. Higher is more anomalous. Training rows are scored by each
/// member's own rule for training rows.
///
///     let ensemble = Ensemble(members: [KNearestNeighbors(), LocalOutlierFactor(), IsolationForest()])
///
/// In a configuration: `{ensemble: {members: [knn, lof, {isolation-forest: {trees: 200}}], combination: maximum}}`. A
/// pipeline is a detector too, so that members can be preprocessed each in its own way.
///
/// Fitting and scoring take what the members take, one after the other. The seed decides what members draw, and the
/// buckets. Not promised: with ``ScoreNormalization/none``, members whose scores are of other magnitudes drown the rest.
///
/// C. C. Aggarwal and S. Sathe, “Theoretical Foundations and Algorithms for Outlier Ensembles”, SIGKDD Explorations
/// 17, 2015.
///
/// - Throws: fitting, ``OutlierError/Code/invalidConfiguration`` where there is no member or there are more buckets than
///   members, ``OutlierError/Code/numericalFailure`` where a member's scores cannot be normalized, and what members throw.
public struct Ensemble: Detector, LabelLearning, WeightLearning {
    public static let name = "ensemble"
    public static let summary = "Several detectors, whose scores are normalized and combined."
    public static let reference: String? =
        "C. C. Aggarwal and S. Sathe, Theoretical Foundations and Algorithms for Outlier Ensembles, 2015"
    public static var parameters: [Parameter<Ensemble>] {
        [
            .detectors("members", \.members, minimumCount: 1, "The detectors, by name."),
            .choice("combination", \.combination, "How the members' scores become one."),
            .choice("normalization", \.normalization, "How the members' scores are made comparable."),
            .integer(
                "buckets", \.buckets, in: .atLeast(1),
                "Into how many buckets members are put for average-of-maximum and maximum-of-average."),
        ]
    }

    public var members: [any Detector]
    public var combination: ScoreCombination
    public var normalization: ScoreNormalization
    /// How many buckets there are, at least 1 and at most as many as members, where the combination uses any.
    public var buckets: Int

    /// An ensemble without members, which cannot be fitted.
    public init() { self.init(members: []) }

    public init(
        members: [any Detector], combination: ScoreCombination = .average,
        normalization: ScoreNormalization = .zScore, buckets: Int = 5
    ) {
        self.members = members
        self.combination = combination
        self.normalization = normalization
        self.buckets = buckets
    }

    /// What the members do with labels.
    public var labelUse: LabelUse { members.map { $0.labelUse }.max() ?? .ignored }

    public var partsRequiringLabels: [any Component] { members.flatMap { $0.partsRequiringLabels } }

    /// What every member takes.
    public var takes: RowTraits { RowTraits.common(to: members.map { $0.takes }) }

    public func partRefusing(_ traits: RowTraits) -> any Component {
        members.first { !$0.takes.isSuperset(of: traits) }?.partRefusing(traits) ?? self
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedEnsemble {
        try trainAndScore(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedEnsemble, scores: [Double]) {
        guard !members.isEmpty else {
            throw OutlierError(
                .invalidConfiguration, "the ensemble has no members",
                suggestion: "Give it some: {ensemble: {members: [knn, hbos]}}.")
        }
        if combination.usesBuckets && buckets > members.count {
            throw OutlierError(
                .invalidConfiguration,
                "\(members.count) members cannot be put in \(buckets) buckets, of which none is empty",
                suggestion: "Lower the parameter “buckets”.")
        }
        let (fitted, scores) = try Member.fit(
            members.map { ($0, nil) }, on: data, normalization: normalization, context: context)
        let combiner = ScoreCombiner(
            combination, memberCount: members.count, buckets: buckets, context: context)
        let model = FittedEnsemble(featureCount: data.columnCount, members: fitted, combiner: combiner)
        return (model, combiner.combine(scores))
    }
}
