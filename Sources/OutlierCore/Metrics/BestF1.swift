/// The highest F1 that any cutoff on the scores gives.
public struct BestF1: Metric {
    public static let name = "best-f1"
    public static let summary = "Highest F1 that any cutoff on the scores gives."

    public init() {}

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let counts = RankedCounts(evaluation)
        try counts.requireAnomalies(for: Self.name)
        let best = counts.steps.map { step in
            2 * Double(step.truePositives) / Double(step.truePositives + step.falsePositives + counts.positives)
        }.max()
        return .number(best ?? 0)
    }
}
