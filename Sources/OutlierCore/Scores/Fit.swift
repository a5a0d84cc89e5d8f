/// What ``Detector/fitAndScore(_:context:)`` gives: a model, the scores of the rows that it was fitted on, and what it says
/// of them besides.
///
///     let fit = try await pipeline.fitAndScore(table.rows, seed: 7)
///     for row in fit.scores.top(10) { print(row.index, row.score) }
///     print(try fit.measure(against: table.truth, [.rocAUC, .f1]))
///     try fit.model.save(to: "model.outlier")
public struct Fit<Model: Sendable>: Sendable {
    public var model: Model
    /// The scores of the training rows, by the detector's own rule for them: a detector of neighbours, for one, does not
    /// count a row as its own neighbour. Other rows are scored with the model.
    public let scores: Scores
    /// The decisions on the training rows, if the model has a threshold.
    public let decisions: Decisions
    /// What the fit knew of each row; `nil` if it saw no labels. Measuring leaves these rows out where it can.
    public let knownLabels: [Label]?

    /// Which of the training rows are one series; `nil` if nothing is known of it.
    public let index: SeriesIndex?

    public init(
        model: Model, scores: Scores, decisions: Decisions = Decisions(), knownLabels: [Label]? = nil,
        index: SeriesIndex? = nil
    ) {
        self.model = model
        self.scores = scores
        self.decisions = decisions
        self.knownLabels = knownLabels
        self.index = index
    }

    /// Measures the scores and decisions of the training rows.
    ///
    /// Rows without a score or of unknown truth are left out, and so are rows whose labels the fit has seen, unless the
    /// others are of one class: ``Measures/notes`` says so.
    ///
    /// - Parameter truth: which rows are anomalies, as ``Table/truth`` has it.
    /// - Returns: one entry for each metric; a metric that is not defined by these rows has a reason instead of a value.
    /// - Throws: ``OutlierError/Code/missingTruth`` if there is no truth, or none of a scored row;
    ///   ``OutlierError/Code/shapeMismatch`` if it is not of as many rows.
    public func measure(against truth: Truth?, _ metrics: [any Metric]) throws -> Measures {
        try scores.measure(against: truth, metrics, decisions: decisions, knownLabels: knownLabels, index: index)
    }
}
