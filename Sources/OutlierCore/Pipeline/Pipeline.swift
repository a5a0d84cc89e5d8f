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
public struct Pipeline: Detector {
    public static let name = "pipeline"
    public static let summary = "Preprocessors, a detector and a threshold in a row, used as one detector."
    public static var parameters: [Parameter<Pipeline>] {
        [
            .preprocessors("preprocess", \.preprocessors, "What changes the data first, in order."),
            .detector("detector", \.detector, "What scores the rows."),
            .threshold("threshold", \.threshold, "What turns scores into decisions."),
        ]
    }

    public var preprocessors: [any Preprocessor]
    /// What scores the rows. A pipeline without one cannot be fitted; one built with a block always has one.
    public var detector: (any Detector)?
    public var threshold: (any Threshold)?

    public init() {
        preprocessors = []
    }

    public init(
        preprocessors: [any Preprocessor] = [], detector: any Detector, threshold: (any Threshold)? = nil
    ) {
        self.preprocessors = preprocessors
        self.detector = detector
        self.threshold = threshold
    }

    public init(@PipelineBuilder _ content: () -> PipelineBuilder.Complete) {
        let content = content()
        self.init(preprocessors: content.preprocessors, detector: content.detector, threshold: content.threshold)
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedPipeline {
        try train(on: data, context: context, scoring: threshold != nil).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedPipeline, scores: [Double]) {
        try train(on: data, context: context, scoring: true)
    }

    private func train(
        on data: Dataset, context: FitContext, scoring: Bool
    ) throws -> (model: FittedPipeline, scores: [Double]) {
        guard let detector else {
            throw OutlierError(
                .invalidConfiguration, "the pipeline has no detector", suggestion: "Give it one: {detector: lof}.")
        }
        var current = data
        var stages: [FittedPipeline.Stage] = []
        for (index, preprocessor) in preprocessors.enumerated() {
            let recipe = preprocessor.recipe
            let covering = 0.1 * Double(index) / Double(preprocessors.count)
            context.report(covering, stage: recipe.name)
            let fitted: any FittedPreprocessor = try preprocessor.fit(
                current, context: context.part(index, covering: covering...0.1))
            current = try fitted.transform(current, execution: context.execution)
            stages.append(FittedPipeline.Stage(recipe: recipe, preprocessor: fitted))
            try context.checkCancellation()
        }
        let recipe = detector.recipe
        let part = context.part(-1, covering: (preprocessors.isEmpty ? 0 : 0.1)...1)
        part.report(0, stage: recipe.name)
        var scores: [Double] = []
        let model: any FittedDetector
        if scoring {
            (model, scores) = try FittedPipeline.fitAndScore(detector, current, part)
        } else {
            model = try detector.fit(current, context: part)
        }
        var decision: FittedPipeline.Decision?
        if let threshold {
            let fitted: any FittedThreshold = try threshold.fit(
                scores: scores, labels: data.labels, context: context.part(-2))
            decision = FittedPipeline.Decision(recipe: threshold.recipe, threshold: fitted)
        }
        part.report(1, stage: recipe.name)
        let pipeline = FittedPipeline(
            columns: data.columns, stages: stages, detectorRecipe: recipe, detector: model, decision: decision,
            seed: context.seed)
        return (pipeline, scores)
    }
}
