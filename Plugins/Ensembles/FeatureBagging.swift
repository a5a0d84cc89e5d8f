public import OutlierCore
import OutlierNumerics

/// One detector, fitted again and again on random subsets of the columns.
///
/// Each of `estimators` fits sees a number of columns drawn evenly from ⌊d/2⌋ to ⌊`maxFeatures`·d⌋ (at least 1), chosen
/// without replacement. The score is the mean or the maximum of the fits' scores; higher is more anomalous. As in PyOD,
/// scores are combined as they are, which suits ``LocalOutlierFactor``, whose scores mean the same in all subspaces; other
/// detectors may need `normalization`. The paper draws ⌊d/2⌋...d − 1 columns.
///
/// By name, the base detector is `lof` where none is given. In Swift, give one: this family knows no other.
///
/// Fitting and scoring take `estimators` times what the base takes. The seed decides the columns, and what the base draws.
///
/// A. Lazarevic and V. Kumar, “Feature Bagging for Outlier Detection”, KDD 2005.
///
/// - Throws: fitting, ``OutlierError/Code/invalidConfiguration`` where there is no base, and what the base throws.
public struct FeatureBagging: Detector, LabelLearning, WeightLearning {
    /// How the fits' scores become one.
    public enum Combination: String, Sendable, CaseIterable {
        case average, maximum
    }

    public static let name = "feature-bagging"
    public static let summary = "One detector, fitted on random subsets of the columns; scores are combined."
    public static let reference: String? =
        "A. Lazarevic and V. Kumar, Feature Bagging for Outlier Detection, 2005"
    public static var parameters: [Parameter<FeatureBagging>] {
        [
            .detector("base", \.base, null: "lof", "The detector that is fitted on subsets."),
            .integer("estimators", \.estimators, in: .between(1, 100_000), "Number of subsets."),
            .number(
                "max-features", \.maxFeatures, in: .between(0.5, 1), "The largest part of the columns in a subset."),
            .choice("combination", \.combination, "How the scores become one."),
            .choice("normalization", \.normalization, "How the scores are made comparable."),
        ]
    }

    public var base: (any Detector)?
    /// The number of subsets, at least 1.
    public var estimators: Int
    /// The largest part of the columns in a subset, 0.5 to 1.
    public var maxFeatures: Double
    public var combination: Combination
    public var normalization: ScoreNormalization

    /// Feature bagging without a base, which the registry fills in.
    public init() {
        estimators = 10
        maxFeatures = 1
        combination = .average
        normalization = .none
    }

    public init(
        base: any Detector, estimators: Int = 10, maxFeatures: Double = 1, combination: Combination = .average,
        normalization: ScoreNormalization = .none
    ) {
        self.base = base
        self.estimators = estimators
        self.maxFeatures = maxFeatures
        self.combination = combination
        self.normalization = normalization
    }

    public mutating func fillIn(from registry: Registry) throws {
        if base == nil { base = try? registry.detector("lof") }
    }

    /// What the members do with labels.
    public var labelUse: LabelUse { base?.labelUse ?? .ignored }

    public var partsRequiringLabels: [any Component] { base?.partsRequiringLabels ?? [] }

    /// What the base takes.
    public var takes: RowTraits { base?.takes ?? [.missing, .categories, .weights] }

    public func partRefusing(_ traits: RowTraits) -> any Component { base?.partRefusing(traits) ?? self }

    public func train(on data: Dataset, context: FitContext) throws -> FittedEnsemble {
        try trainAndScore(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedEnsemble, scores: [Double]) {
        guard let base else {
            throw OutlierError(
                .invalidConfiguration, "there is no detector to fit on subsets of the columns",
                suggestion: "Give one: FeatureBagging(base: LocalOutlierFactor()), or {feature-bagging: {base: knn}}.")
        }
        let subsets = FeatureSubsets.draw(
            estimators, columnCount: data.columnCount, upTo: Shares.floor(maxFeatures, of: data.columnCount),
            context: context)
        let (members, scores) = try Member.fit(
            subsets.map { (base, $0) }, on: data, normalization: normalization, context: context)
        let combiner = ScoreCombiner(
            combination == .average ? .average : .maximum, memberCount: members.count, buckets: 1, context: context)
        let model = FittedEnsemble(featureCount: data.columnCount, members: members, combiner: combiner)
        return (model, combiner.combine(scores))
    }
}

/// Random subsets of columns.
enum FeatureSubsets {
    /// Subsets of ⌊d/2⌋...`largest` columns, at least 1, in ascending order.
    static func draw(_ count: Int, columnCount: Int, upTo largest: Int, context: FitContext) -> [[Int]] {
        let least = max(1, columnCount / 2)
        let most = min(columnCount, max(least, largest))
        return (0..<count).map { subset in
            var random = context.random(stream: subset)
            let size = least + random.index(below: most - least + 1)
            return random.sample(size, below: columnCount).sorted()
        }
    }
}
