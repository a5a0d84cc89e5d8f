/// The area under the receiver operating characteristic: the probability that an anomaly scores above a normal row,
/// ties counting a half.
public struct ROCAUC: Metric {
    public static let name = "roc-auc"
    public static let aliases = ["auc"]
    public static let summary = "Probability that an anomaly scores above a normal row; ties count a half."
    public static let reference: String? =
        "Hanley & McNeil: The Meaning and Use of the Area under a Receiver Operating Characteristic Curve, 1982"

    public init() {}

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let counts = RankedCounts(evaluation)
        try counts.requireBothClasses(for: Self.name)
        // Twice the area in units of one pair: exact in whole numbers up to 2⁵³ pairs.
        var area = 0.0
        var previous = (truePositives: 0, falsePositives: 0)
        for step in counts.steps {
            area +=
                Double(step.falsePositives - previous.falsePositives)
                * Double(step.truePositives + previous.truePositives)
            previous = (step.truePositives, step.falsePositives)
        }
        return .number(area / 2 / Double(counts.positives) / Double(counts.negatives))
    }
}
