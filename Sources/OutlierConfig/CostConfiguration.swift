public import OutlierCore

/// The section `cost` of a configuration: what wrong decisions cost. Where it is given, it is what the threshold
/// `cost-optimal` goes by, which is the threshold unless another is named, and the metric `cost` is measured.
public struct CostConfiguration: Component {
    public static let name = "cost"
    public static let summary = "What wrong decisions cost, in any unit."
    public static var parameters: [Parameter<CostConfiguration>] {
        [
            .number(
                "false-alarm", \.falseAlarm, in: .atLeast(0), null: "1, where “miss” is given",
                "The cost of calling a normal row an anomaly."),
            .number(
                "miss", \.miss, in: .atLeast(0), null: "1, where “false-alarm” is given",
                "The cost of calling an anomaly normal."),
        ]
    }

    public var falseAlarm: Double?
    public var miss: Double?

    public init() {}

    /// The costs; `nil` where none is given.
    public var matrix: CostMatrix? {
        falseAlarm == nil && miss == nil ? nil : CostMatrix(falseAlarm: falseAlarm ?? 1, miss: miss ?? 1)
    }
}
