/// The mean of the precision over the steps of recall, without interpolation.
public struct AveragePrecision: Metric {
    public static let name = "average-precision"
    public static let aliases = ["ap"]
    public static let summary = "Precision averaged over the steps of recall, from the highest score down."
    public static let reference: String? =
        "Davis & Goadrich: The Relationship Between Precision-Recall and ROC Curves, 2006"

    public init() {}

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let counts = RankedCounts(evaluation)
        try counts.requireAnomalies(for: Self.name)
        var sum = 0.0
        var previous = 0
        for step in counts.steps where step.truePositives > previous {
            let precision = Double(step.truePositives) / Double(step.truePositives + step.falsePositives)
            sum += Double(step.truePositives - previous) * precision
            previous = step.truePositives
        }
        return .number(sum / Double(counts.positives))
    }
}
