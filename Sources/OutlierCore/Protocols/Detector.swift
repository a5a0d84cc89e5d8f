/// A recipe for finding anomalies: a value that holds parameters and learns a model from data.
///
/// Users call ``fit(_:context:)-8s0l1``, ``fitAndScore(_:context:)`` and the like, which check the data and the
/// parameters first. Authors implement ``train(on:context:)`` and can rely on those checks:
///
/// - there is at least one row and one column, and every column is numeric, boolean or a date, unless the detector
///   ``takes`` categories: ``Fitted`` is ``CategoryTolerant``;
/// - no value is infinite, and none is `NaN` unless it takes missing values: ``Fitted`` is ``MissingTolerant``;
/// - the rows have no labels unless the detector is ``LabelLearning``, and no weights unless it takes weights, as one that
///   is ``WeightLearning`` does, and some weight is not 1;
/// - every parameter is in the range that ``Component/parameters`` gives for it.
///
/// What an author owes in return, and `OutlierTesting` checks: fitting changes nothing but the result; the same seed
/// gives the same model whatever the number of threads; constant columns, duplicated rows and a single row give a
/// model or an ``OutlierError``, never a crash; long work reports progress and looks at the cancellation now and then.
public protocol Detector<Fitted>: Component {
    associatedtype Fitted: FittedDetector

    /// What rows it can be fitted on. A detector that is made of others answers from them; the default is what the
    /// protocols of its type and of ``Fitted`` say.
    var takes: RowTraits { get }

    /// The part that does not take rows of some kind, for the error: the detector itself unless it is made of others.
    func partRefusing(_ traits: RowTraits) -> any Component

    /// The detector, where its fit can begin with a model that exists; else `nil`.
    var fineTuner: (any FineTunable)? { get }

    /// Learns from checked data. For authors of detectors: users call `fit`.
    ///
    /// - Throws: ``OutlierError`` where the data do not allow a model, `CancellationError` where the fit was cancelled.
    func train(on data: Dataset, context: FitContext) throws -> Fitted

    /// Learns from checked data and scores the same rows by the detector's own rule for training rows: a detector of
    /// neighbours, for one, does not count a row as its own neighbour. The default scores them like new rows.
    func trainAndScore(on data: Dataset, context: FitContext) throws -> (model: Fitted, scores: [Double])

    /// As ``trainAndScore(on:context:)``, for detectors whose models cannot score every row, and say why. The default takes the
    /// scores of ``trainAndScore(on:context:)`` and checks that none is `NaN`. For authors: users call `fitAndScore`.
    func trainAndScorePartially(on data: Dataset, context: FitContext) throws -> (model: Fitted, scores: Scores)
}

extension Detector {
    public var takes: RowTraits {
        RowTraits(marksOf: Self.self).union(RowTraits(marksOf: Fitted.self)).reading(labelUse)
    }

    public func partRefusing(_ traits: RowTraits) -> any Component { self }

    public var fineTuner: (any FineTunable)? { nil }

    public func trainAndScorePartially(
        on data: Dataset, context: FitContext
    ) throws -> (model: Fitted, scores: Scores) {
        let (model, scores) = try trainAndScore(on: data, context: context)
        return (model, try ScoreCheck.checked(scores, rowCount: data.rowCount))
    }

    public func trainAndScore(on data: Dataset, context: FitContext) throws -> (model: Fitted, scores: [Double]) {
        let model = try train(on: data, context: context)
        return (model, try model.computeScores(of: data, execution: context.execution))
    }

    /// Learns a model from `data`.
    ///
    /// - Throws: ``OutlierError`` where a parameter is out of range or the data cannot be used,
    ///   `CancellationError` where the context's cancellation was raised.
    public func fit(_ data: Dataset, context: FitContext = FitContext()) throws -> Fitted {
        let data = try prepare(data, execution: context.execution)
        return try attributed { try train(on: data, context: context) }
    }

    /// Learns a model from `data` and scores the same rows by the detector's rule for training rows.
    ///
    /// - Throws: as ``fit(_:context:)-8s0l1``, and ``OutlierError/Code/numericalFailure`` if a score is not a number.
    public func fitAndScore(_ data: Dataset, context: FitContext = FitContext()) throws -> Fit<Fitted> {
        let data = try prepare(data, execution: context.execution)
        return try attributed {
            let (model, scores) = try trainAndScorePartially(on: data, context: context)
            return try ScoreCheck.fit(model, scores, on: data)
        }
    }

    /// The same for a detector whose type is not known, and neither is that of its model.
    @_disfavoredOverload
    public func fitAndScore(
        _ data: Dataset, context: FitContext = FitContext()
    ) throws -> Fit<any FittedDetector> {
        let fit: Fit<Fitted> = try fitAndScore(data, context: context)
        return Fit(
            model: fit.model, scores: fit.scores, decisions: fit.decisions, knownLabels: fit.knownLabels,
            index: fit.index)
    }

    /// Learns a model from `data` without blocking the caller's thread. Cancelling the task cancels this fit and no other that
    /// was given the same context.
    public func fit(_ data: Dataset, context: FitContext = FitContext()) async throws -> Fitted {
        try await context.inBackground { context in try self.fit(data, context: context) }
    }

    /// Learns and scores without blocking the caller's thread. Cancelling the task cancels this fit and no other.
    public func fitAndScore(_ data: Dataset, context: FitContext = FitContext()) async throws -> Fit<Fitted> {
        try await context.inBackground { context in try self.fitAndScore(data, context: context) }
    }

    /// Checks the data and takes away what this detector must not see.
    func prepare(_ data: Dataset, execution: Execution) throws -> Dataset {
        try validate()
        return try attributed {
            let takes = takes
            try DataCheck.check(data, takes: takes, by: partRefusing, purpose: "fit", execution: execution)
            guard data.weights == nil || takes.contains(.weights) else {
                throw OutlierError(
                    .weightsNotTaken, "the rows have weights, but this detector takes none",
                    suggestion:
                        "Choose a detector with the capability “\(Capability.weightLearning.rawValue)”, or repeat "
                        + "rows (“random-over”) instead of weighting them.",
                    component: partRefusing(.weights).recipe.name)
            }
            // Weights that are all 1 say nothing: the fit is the one without them, to the bit.
            let saysNothing = data.weights?.allSatisfy { $0 == 1 } ?? false
            return try LabelCheck.seen(saysNothing ? data.unweighted : data, by: self)
        }
    }

    func attributed<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch var error as OutlierError {
            error.component = error.component ?? recipe.name
            throw error
        }
    }
}
