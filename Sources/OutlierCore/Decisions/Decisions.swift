/// What a model says of rows besides their scores: one entry for each row, `nil` for what the pipeline does not give.
public struct Decisions: Sendable, Hashable {
    /// One decision for each row; `nil` if there is no threshold.
    public var values: [Decision]?
    /// The probability that the row is an anomaly, 0...1; `NaN` for a row that was not scored.
    public var probabilities: [Double]?
    /// The probability that a normal row scores as high, 0...1, if the threshold knows it.
    public var pValues: [Double]?
    /// How sure the decision is, 0...1: the probability that a fit on other rows of the same kind decides likewise.
    public var confidences: [Double]?
    /// `true` if the decision is too unsure to be taken.
    public var rejections: [Bool]?

    public init(
        _ values: [Decision]? = nil, probabilities: [Double]? = nil, pValues: [Double]? = nil,
        confidences: [Double]? = nil, rejections: [Bool]? = nil
    ) {
        self.values = values
        self.probabilities = probabilities
        self.pValues = pValues
        self.confidences = confidences
        self.rejections = rejections
    }

    /// The rows that were called anomalies, ascending; none if there is no threshold.
    public var anomalies: [Int] { values.map { values in values.indices.filter { values[$0].isAnomaly } } ?? [] }

    /// How many rows were called anomalies; `nil` if there is no threshold.
    public var anomalyCount: Int? { values.map { $0.count(where: \.isAnomaly) } }
}
