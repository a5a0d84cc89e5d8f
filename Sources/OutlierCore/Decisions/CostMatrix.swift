/// What wrong decisions cost, in any unit; right ones cost nothing.
public struct CostMatrix: Hashable, Sendable {
    /// The cost of calling a normal row an anomaly.
    public var falseAlarm: Double
    /// The cost of calling an anomaly normal.
    public var miss: Double

    public init(falseAlarm: Double = 1, miss: Double = 1) {
        self.falseAlarm = falseAlarm
        self.miss = miss
    }
}
