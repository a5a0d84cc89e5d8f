/// Preprocessors, a detector and a threshold, in this order; itself a detector, so pipelines nest.
///
///     let pipeline = Pipeline {
///         StandardScaler()
///         IsolationForest(trees: 200)
///         QuantileThreshold(contamination: 0.05)
///     }
///     let model = try await pipeline.fit(data)
///
/// The block takes any number of preprocessors, then one detector, then at most one threshold; the compiler sees to it.
/// A configuration file makes the same value.
///
/// Preprocessors that are ``TrainingRowsPreprocessor`` change what the detector learns from. The training rows that are
/// scored stay what they are, one score a row: a row that the detector has learnt from as it is gets the score of the
/// detector's own rule for training rows, any other one is scored like a new row. Rows that a ``RowFiltering``
/// preprocessor finds to be unusable take no part and have no score: ``Scores/exclusions`` says why.
public struct Pipeline: Detector, LabelLearning, WeightLearning {
    public static let name = "pipeline"
    public static let summary = "Preprocessors, a detector and a threshold in a row, used as one detector."
    public static var parameters: [Parameter<Pipeline>] {
        [
            .preprocessors("preprocess", \.preprocessors, "What changes the data first, in order."),
            .detector("detector", \.detector, "What scores the rows."),
            .threshold("threshold", \.threshold, "What turns scores into decisions."),
            .section("calibrate", \.assurance, "What is said of each row besides its score and its decision."),
        ]
    }

    public var preprocessors: [any Preprocessor]
    /// What scores the rows. A pipeline without one cannot be fitted; one built with a block always has one.
    public var detector: (any Detector)?
    public var threshold: (any Threshold)?
    /// Probabilities and confidences; none unless asked for.
    public var assurance = Assurance()

    public init() {
        preprocessors = []
    }

    public init(
        preprocessors: [any Preprocessor] = [], detector: any Detector, threshold: (any Threshold)? = nil,
        assurance: Assurance = Assurance()
    ) {
        self.preprocessors = preprocessors
        self.detector = detector
        self.threshold = threshold
        self.assurance = assurance
    }

    public init(@PipelineBuilder _ content: () -> PipelineBuilder.Complete) {
        let content = content()
        self.init(
            preprocessors: content.preprocessors, detector: content.detector, threshold: content.threshold,
            assurance: content.assurance)
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedPipeline {
        try train(on: data, context: context, scoring: needsScores).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedPipeline, scores: [Double]) {
        let (model, scores) = try train(on: data, context: context, scoring: true)
        return (model, scores.values)
    }

    public func trainAndScorePartially(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedPipeline, scores: Scores) {
        try train(on: data, context: context, scoring: true)
    }

    /// The most that a part does with labels.
    public var labelUse: LabelUse { parts.map { $0.labelUse }.max() ?? .ignored }

    public var partsRequiringLabels: [any Component] { parts.flatMap { $0.partsRequiringLabels } }

    /// The values that the first part takes; what comes behind it says itself what it does not take of what it is given.
    /// Weights and order are the detector's matter.
    public var takes: RowTraits {
        let detector = detector?.takes ?? [.missing, .categories, .weights]
        var takes = (preprocessors.first?.takes ?? detector).intersection(.ofValues)
        takes.formUnion(detector.intersection([.weights, .order]))
        // Weights may be made or used up on the way to the detector.
        if preprocessors.contains(where: { $0.rowChanger != nil }) { takes.insert(.weights) }
        return takes.reading(labelUse)
    }

    public func partRefusing(_ traits: RowTraits) -> any Component {
        if let first = preprocessors.first, !traits.isDisjoint(with: .ofValues) { return first.partRefusing(traits) }
        return detector?.partRefusing(traits) ?? self
    }

    private var parts: [any Component] {
        preprocessors + [detector, threshold, assurance].compactMap { $0 as (any Component)? }
    }

    /// Whether a part learns from the scores of the training rows.
    private var needsScores: Bool { threshold != nil || !assurance.isEmpty }

    /// - Parameters:
    ///   - start: what the detector begins with.
    ///   - fitted: the preprocessors as they were fitted before; `nil` to fit them on `data`.
    func train(
        on data: Dataset, context: FitContext, scoring: Bool, start: Start? = nil,
        reusing fitted: [FittedPipeline.Stage]? = nil
    ) throws -> (model: FittedPipeline, scores: Scores) {
        var result = try train(
            on: data, context: context, scoring: scoring, from: Beginning(start: start, stages: fitted))
        result.model.reading = data.reading
        result.model.seenRows = SeenRows(data, besides: start?.model.seenRows)
        return result
    }

    private func train(
        on data: Dataset, context: FitContext, scoring: Bool, from beginning: Beginning
    ) throws -> (model: FittedPipeline, scores: Scores) {
        switch threshold?.calibrator?.calibrationRows ?? .training {
        case .training:
            var (model, scores) = try trainWithoutThreshold(
                on: data, context: context, scoring: scoring, from: beginning)
            if needsScores {
                let unseen = try unseenScores(of: data, scores: scores, context: context, from: beginning)
                let learnt = threshold.map(learnsFromLabels) == true ? unseen ?? scores.values : scores.values
                try decide(&model, scores: learnt, labels: data.labels, context: context)
                try assure(&model, scores: learnt, labels: data.labels, unseen: unseen)
            }
            return (model, scores)
        case .heldOut(let share):
            return try trainHoldingOut(share, of: data, context: context, scoring: scoring, from: beginning)
        case .crossFitted(let folds):
            return try trainCrossing(folds, of: data, context: context, scoring: scoring, from: beginning)
        }
    }

    /// Fits the threshold to scores, of which some may be `NaN`.
    func decide(
        _ model: inout FittedPipeline, scores: [Double], labels: [Label]?, context: FitContext
    ) throws {
        guard let threshold else { return }
        let (scores, labels) = Self.scored(scores, labels)
        let fitted: any FittedThreshold = try threshold.fit(
            scores: scores, labels: labels, context: context.part(-2))
        model.decision = FittedPipeline.Decision(recipe: threshold.recipe, threshold: fitted)
    }

    /// Learns what is said besides the decision, from the scores of all training rows.
    ///
    /// - Parameter unseen: the scores of the rows by fits that did not know their labels, for what learns from labels.
    func assure(_ model: inout FittedPipeline, scores: [Double], labels: [Label]?, unseen: [Double]?) throws {
        guard !assurance.isEmpty else { return }
        let labeled = unseen.map { Self.scored($0, labels) }
        let (scores, labels) = Self.scored(scores, labels)
        model.assurance = FittedPipeline.Assured(
            recipe: assurance.recipe,
            fitted: try assurance.fit(
                scores: scores, labels: labels, decisions: model.threshold?.decisions(for: scores),
                contamination: threshold?.contaminationAskedFor, labeled: labeled))
    }

    /// The rows that have a score.
    static func scored(_ scores: [Double], _ labels: [Label]?) -> ([Double], [Label]?) {
        let scored = scores.indices.filter { !scores[$0].isNaN }
        if scored.count == scores.count { return (scores, labels) }
        return (scored.map { scores[$0] }, labels.map { labels in scored.map { labels[$0] } })
    }

    /// What a fit begins with, where it does not begin anew.
    struct Beginning {
        var start: Start?
        var stages: [FittedPipeline.Stage]?
    }

    func trainWithoutThreshold(
        on data: Dataset, context: FitContext, scoring: Bool, from beginning: Beginning
    ) throws -> (model: FittedPipeline, scores: Scores) {
        guard let detector else { throw Pipeline.noDetector }
        var rows = PipelineRows(data)
        var stages: [FittedPipeline.Stage] = []
        for (index, preprocessor) in preprocessors.enumerated() {
            let recipe = preprocessor.recipe
            let covering = 0.1 * Double(index) / Double(preprocessors.count)
            context.report(covering, stage: recipe.name)
            let part = context.part(index, covering: covering...0.1)
            let stage = try rows.advance(
                through: preprocessor, reusing: beginning.stages?[index].preprocessor, keepingRows: scoring,
                context: part)
            stages.append(FittedPipeline.Stage(recipe: recipe, preprocessor: stage))
            try context.checkCancellation()
        }
        let recipe = detector.recipe
        let part = context.part(-1, covering: (preprocessors.isEmpty ? 0 : 0.1)...1)
        part.report(0, stage: recipe.name)
        let (model, scores) = try rows.fit(detector, scoring: scoring, start: beginning.start, context: part)
        part.report(1, stage: recipe.name)
        let pipeline = FittedPipeline(
            columns: data.columns.map { Column($0.name, kind: $0.kind) }, stages: stages, detectorRecipe: recipe,
            detector: model,
            profile: try TrainingProfile(data, seed: context.seed, execution: context.execution), seed: context.seed)
        return (pipeline, scores)
    }
}
