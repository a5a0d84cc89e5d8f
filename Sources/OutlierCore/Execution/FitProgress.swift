/// How far a fit has come.
public struct FitProgress: Sendable, Hashable {
    /// The part of the work that is done, 0...1.
    public var fraction: Double
    /// What is being done, in a word or two.
    public var stage: String
    /// The loss of the current step, where the detector has one.
    public var loss: Double?

    public init(fraction: Double, stage: String, loss: Double? = nil) {
        self.fraction = fraction
        self.stage = stage
        self.loss = loss
    }
}
