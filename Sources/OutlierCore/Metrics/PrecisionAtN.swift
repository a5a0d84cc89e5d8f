/// The share of anomalies among the `n` rows with the highest scores.
///
/// Where equal scores lie on both sides of the border, their anomalies are counted in proportion, so that the value
/// does not depend on the order of the rows.
public struct PrecisionAtN: Metric {
    public static let name = "precision-at-n"
    public static let summary = "Share of anomalies among the n rows with the highest scores."
    public static var parameters: [Parameter<PrecisionAtN>] {
        [.integer("n", \.n, in: .atLeast(1), null: "as many as there are anomalies", "How many rows to look at.")]
    }

    public var n: Int?

    public init() { self.init(n: nil) }

    public init(n: Int?) { self.n = n }

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let counts = RankedCounts(evaluation)
        try counts.requireAnomalies(for: Self.name)
        let n = n ?? counts.positives
        guard n <= evaluation.truth.count else {
            throw OutlierError(
                .undefinedMetric, "undefined, because n is \(n), but there are only \(evaluation.truth.count) rows",
                suggestion: "Lower “n”.",
                component: Self.name)
        }
        var found = 0.0
        var previous = (all: 0, truePositives: 0)
        for step in counts.steps {
            let all = step.truePositives + step.falsePositives
            let anomalies = step.truePositives - previous.truePositives
            if all >= n {
                found += Double(anomalies) * Double(n - previous.all) / Double(all - previous.all)
                break
            }
            found += Double(anomalies)
            previous = (all, step.truePositives)
        }
        return .number(found / Double(n))
    }
}
