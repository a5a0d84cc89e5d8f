/// What the wrong decisions cost together.
public struct Cost: Metric {
    public static let name = "cost"
    public static let aliases = ["total-cost"]
    public static let summary = "What the false alarms and the missed anomalies cost together."
    public static let reference: String? = "C. Elkan: The Foundations of Cost-Sensitive Learning, 2001"
    public static var parameters: [Parameter<Cost>] {
        [
            .number("false-alarm", \.cost.falseAlarm, in: .atLeast(0), "The cost of calling a normal row an anomaly."),
            .number("miss", \.cost.miss, in: .atLeast(0), "The cost of calling an anomaly normal."),
        ]
    }

    public var cost: CostMatrix

    public init() { self.init(cost: CostMatrix()) }

    public init(cost: CostMatrix) { self.cost = cost }

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let confusion = try Confusion(evaluation, for: Self.name)
        return .number(cost.falseAlarm * confusion.falsePositives + cost.miss * confusion.falseNegatives)
    }
}
