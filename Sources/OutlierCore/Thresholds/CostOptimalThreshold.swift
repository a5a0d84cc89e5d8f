/// The cutoff whose wrong decisions on the labelled rows cost least.
///
/// Of several such cutoffs the one with the fewest alarms. In a ``Pipeline`` whose detector or preprocessors have learnt from
/// labels, rows are scored by fits without them, in five parts. Where the labelled rows are not a random sample of all rows,
/// their share of anomalies is not that of all rows, and the costs have to be weighted for it.
public struct CostOptimalThreshold: Threshold, LabelLearning {
    public static let name = "cost-optimal"
    public static let summary = "The cutoff whose wrong decisions on the labelled rows cost least; needs labels."
    public static let reference: String? = "C. Elkan: The Foundations of Cost-Sensitive Learning, 2001"
    public static var parameters: [Parameter<CostOptimalThreshold>] {
        [
            .number("false-alarm", \.cost.falseAlarm, in: .atLeast(0), "The cost of calling a normal row an anomaly."),
            .number("miss", \.cost.miss, in: .atLeast(0), "The cost of calling an anomaly normal."),
        ]
    }

    public var cost: CostMatrix

    public init() { self.init(cost: CostMatrix()) }

    public init(cost: CostMatrix) { self.cost = cost }

    public var labelUse: LabelUse { .required }

    /// The section `cost` of a configuration chooses this threshold without naming it.
    public var labelPurpose: String? {
        "for the cutoff that costs least, which the section “cost” or the threshold “\(Self.name)” asks for"
    }

    public func validateTogether() throws {
        guard cost.falseAlarm > 0 || cost.miss > 0 else {
            throw OutlierError(
                .invalidParameter, "one of “false-alarm” and “miss” must be above 0", path: ["false-alarm"])
        }
    }

    public func train(on scores: [Double], labels: [Label]?, context: FitContext) throws -> Cutoff {
        let labeled = try LabeledScores(scores, labels: labels)
        func total(_ cut: LabeledScores.Cut) -> Double {
            cost.falseAlarm * Double(cut.falseAlarms) + cost.miss * Double(labeled.anomalies - cut.found)
        }
        var best = labeled.cuts[0]
        for cut in labeled.cuts.dropFirst() where total(cut) < total(best) { best = cut }
        return Cutoff(best.cutoff)
    }
}
