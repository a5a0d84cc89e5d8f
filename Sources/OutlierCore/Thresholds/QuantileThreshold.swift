/// Calls the given share of the training rows anomalies: those with the highest scores.
public struct QuantileThreshold: Threshold {
    public static let name = "quantile"
    public static let aliases = ["contamination"]
    public static let summary = "Calls the given share of the training rows anomalies."
    public static var parameters: [Parameter<QuantileThreshold>] {
        [
            .number(
                "contamination", \.contamination, in: .above(0, upTo: 0.5),
                "The share of the training rows to be called anomalies.")
        ]
    }

    public var contamination: Double

    public init() { self.init(contamination: 0.1) }

    public init(contamination: Double) { self.contamination = contamination }

    public var contaminationAskedFor: Double? { contamination }

    public func train(on scores: [Double], labels: [Label]?, context: FitContext) throws -> Cutoff {
        Cutoff(Quantiles.quantile(of: scores, 1 - contamination))
    }
}
