/// Calls a row an anomaly whose score is above a given number.
public struct FixedThreshold: Threshold {
    public static let name = "fixed"
    public static let summary = "A cutoff that is given, whatever the training scores are."
    public static var parameters: [Parameter<FixedThreshold>] {
        [.number("cutoff", \.cutoff, "The score above which a row is an anomaly.")]
    }

    public var cutoff: Double

    public init() { self.init(cutoff: 0) }

    public init(cutoff: Double) { self.cutoff = cutoff }

    public func train(on scores: [Double], labels: [Label]?, context: FitContext) throws -> Cutoff { Cutoff(cutoff) }
}
