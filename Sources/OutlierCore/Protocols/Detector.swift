/// A recipe for finding anomalies: a value that holds parameters and learns a model from data.
///
/// Users call ``fit(_:context:)-8s0l1``, ``fitAndScore(_:context:)`` and the like, which check the data and the
/// parameters first. Authors implement ``train(on:context:)`` and can rely on those checks:
///
/// - there is at least one row and one column, and every column is numeric, boolean or a date, unless ``Fitted`` is
///   ``CategoryTolerant``;
/// - no value is infinite, and none is `NaN` unless ``Fitted`` is ``MissingTolerant``;
/// - the rows have no labels unless the detector is ``LabelLearning``, and no weights unless it is ``WeightLearning`` and
///   some weight is not 1;
/// - every parameter is in the range that ``Component/parameters`` gives for it.
///
/// What an author owes in return, and `OutlierTesting` checks: fitting changes nothing but the result; the same seed
/// gives the same model whatever the number of threads; constant columns, duplicated rows and a single row give a
/// model or an ``OutlierError``, never a crash; long work reports progress and looks at the cancellation now and then.
public protocol Detector<Fitted>: Component {
    associatedtype Fitted: FittedDetector

    /// Learns from checked data. For authors of detectors: users call `fit`.
    ///
    /// - Throws: ``OutlierError`` where the data do not allow a model, `CancellationError` where the fit was cancelled.
    func train(on data: Dataset, context: FitContext) throws -> Fitted

    /// Learns from checked data and scores the same rows by the detector's own rule for training rows: a detector of
    /// neighbours, for one, does not count a row as its own neighbour. The default scores them like new rows.
    func trainAndScore(on data: Dataset, context: FitContext) throws -> (model: Fitted, scores: [Double])
}

extension Detector {
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
    public func fitAndScore(
        _ data: Dataset, context: FitContext = FitContext()
    ) throws -> (model: Fitted, scores: [Double]) {
        let data = try prepare(data, execution: context.execution)
        return try attributed {
            let result = try trainAndScore(on: data, context: context)
            try ScoreCheck.check(result.scores, of: data, by: result.model, execution: context.execution)
            return result
        }
    }

    /// Learns a model from `data` without blocking the caller's thread. Cancelling the task cancels this fit and no other that
    /// was given the same context.
    public func fit(_ data: Dataset, context: FitContext = FitContext()) async throws -> Fitted {
        try await context.inBackground { context in try self.fit(data, context: context) }
    }

    /// Learns and scores without blocking the caller's thread. Cancelling the task cancels this fit and no other.
    public func fitAndScore(
        _ data: Dataset, context: FitContext = FitContext()
    ) async throws -> (model: Fitted, scores: [Double]) {
        try await context.inBackground { context in try self.fitAndScore(data, context: context) }
    }

    /// Whether models of this detector take missing values.
    public static var acceptsMissing: Bool { Fitted.self is any MissingTolerant.Type }
    /// Whether models of this detector take category columns as they are.
    public static var acceptsCategories: Bool { Fitted.self is any CategoryTolerant.Type }

    /// Checks the data and takes away what this detector must not see.
    func prepare(_ data: Dataset, execution: Execution) throws -> Dataset {
        try validate()
        return try attributed {
            try DataCheck.check(
                data, acceptsMissing: Self.acceptsMissing, acceptsCategories: Self.acceptsCategories, purpose: "fit",
                execution: execution)
            guard data.weights == nil || self is any WeightLearning else {
                throw OutlierError(
                    .weightsNotTaken, "the rows have weights, but this detector takes none",
                    suggestion:
                        "Choose a detector with the capability “\(Capability.weightLearning.rawValue)”, or repeat "
                        + "rows (“random-over”) instead of weighting them.")
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
