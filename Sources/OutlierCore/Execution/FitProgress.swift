/// How far a fit has come.
public struct FitProgress: Sendable, Hashable {
    /// A loss of a training and its name.
    public struct Loss: Sendable, Hashable {
        public var name: String
        public var value: Double

        public init(_ name: String, _ value: Double) {
            self.name = name
            self.value = value
        }
    }

    /// The part of the work that is done, 0...1.
    public var fraction: Double
    /// What is being done, in a few words.
    public var stage: String
    /// The losses of the current step, where the detector has any.
    public var losses: [Loss]
    /// The first loss.
    public var loss: Double? { losses.first?.value }

    public init(fraction: Double, stage: String, losses: [Loss] = []) {
        self.fraction = fraction
        self.stage = stage
        self.losses = losses
    }
}
