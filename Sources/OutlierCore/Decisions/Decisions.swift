/// What a model says of rows besides their scores: one entry a row each, `nil` for what the pipeline does not give.
public struct Decisions: Sendable, Hashable {
    /// `true` for an anomaly.
    public var labels: [Bool]?
    /// The probability that the row is an anomaly, 0...1; `NaN` for a row that was not scored.
    public var probabilities: [Double]?
    /// The probability that a normal row scores as high, 0...1, where the threshold knows it.
    public var pValues: [Double]?
    /// How sure the decision is, 0...1: the probability that a fit on other rows of the same kind decides likewise.
    public var confidences: [Double]?
    /// `true` where the decision is too unsure to be taken.
    public var rejections: [Bool]?

    public init(
        labels: [Bool]? = nil, probabilities: [Double]? = nil, pValues: [Double]? = nil, confidences: [Double]? = nil,
        rejections: [Bool]? = nil
    ) {
        self.labels = labels
        self.probabilities = probabilities
        self.pValues = pValues
        self.confidences = confidences
        self.rejections = rejections
    }
}
