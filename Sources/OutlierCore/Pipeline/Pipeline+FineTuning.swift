extension Pipeline: FineTunable {
    public var fineTuner: (any FineTunable)? { detector?.fineTuner == nil ? nil : self }

    /// Goes on from the detector of `model`.
    ///
    /// Where the table has the columns of the first one, under the same or other names, and the preprocessors are the
    /// same, they stay as they were fitted, so that the detector sees what it saw. Otherwise they are fitted anew.
    public func fineTune(
        _ model: FittedPipeline, on data: Dataset, settings: FineTuning, context: FitContext
    ) throws -> (model: FittedPipeline, scores: [Double]) {
        let (model, scores) = try fineTunePartially(model, on: data, settings: settings, context: context)
        return (model, scores.values)
    }

    public func fineTunePartially(
        _ model: FittedPipeline, on data: Dataset, settings: FineTuning, context: FitContext
    ) throws -> (model: FittedPipeline, scores: Scores) {
        guard let detector else { throw Pipeline.noDetector }
        guard detector.fineTuner != nil else {
            throw OutlierError(
                .invalidConfiguration, "the detector “\(detector.recipe.name)” cannot begin with a model that exists",
                suggestion:
                    "Choose a detector with the capability “\(Capability.fineTunable.rawValue)”, or leave out “from”.")
        }
        guard detector.recipe.name == model.detectorRecipe.name else {
            throw OutlierError(
                .invalidConfiguration,
                "the model to begin with is of the detector “\(model.detectorRecipe.name)”, not “\(detector.recipe.name)”",
                suggestion: "Name the same detector in the configuration.")
        }
        try settings.checkColumns(new: data.columns.map(\.name), first: model.columns.map(\.name))
        var start = Start(model: model, settings: settings)
        if preprocessors.map(\.recipe) == model.stages.map(\.recipe),
            let renamed = try Pipeline.renamed(data, for: model, settings)
        {
            start.settings.keepsFeatures = true
            return try train(on: renamed, context: context, scoring: true, start: start, reusing: model.stages)
        }
        return try train(on: data, context: context, scoring: true, start: start)
    }

    /// The data with the first table's columns in its order and with its words, under the new names; `nil` where the
    /// columns are not the same.
    private static func renamed(
        _ data: Dataset, for model: FittedPipeline, _ settings: FineTuning
    ) throws -> Dataset? {
        let former = data.columns.map { $0.derived(settings.columns[$0.name] ?? $0.name, kind: $0.kind) }
        guard Set(former.map(\.name)) == Set(model.columns.map(\.name)), former.count == model.columns.count else {
            return nil
        }
        var nameOfFormer: [String: String] = [:]
        for (new, old) in zip(data.columns, former) { nameOfFormer[old.name] = new.name }
        let aligned = try ColumnAlignment.align(data.replacing(data.matrix, columns: former), to: model.columns)
        return try aligned.replacing(
            aligned.matrix, columns: aligned.columns.map { $0.derived(nameOfFormer[$0.name] ?? $0.name, kind: $0.kind) }
        )
    }

    /// What a fit begins with.
    struct Start {
        let model: FittedPipeline
        var settings: FineTuning

        /// Goes on from the first model's detector.
        func fit(
            _ detector: some Detector, _ data: Dataset, _ context: FitContext
        ) throws -> (any FittedDetector, Scores) {
            guard let detector = detector.fineTuner else { throw Pipeline.noDetector }
            return try goOn(detector, data, context)
        }

        private func goOn<D: FineTunable>(
            _ detector: D, _ data: Dataset, _ context: FitContext
        ) throws -> (any FittedDetector, Scores) {
            guard let first = model.detector as? D.Fitted else {
                throw OutlierError(.invalidModel, "the model to begin with is not one of “\(D.name)”")
            }
            let result = try detector.fitAndScore(data, startingFrom: first, settings: settings, context: context)
            return (result.model, result.scores)
        }
    }

    static var noDetector: OutlierError {
        OutlierError(
            .invalidConfiguration, "the pipeline has no detector", suggestion: "Give it one: {detector: lof}.")
    }
}
