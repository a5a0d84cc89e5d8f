public import OutlierCore

/// F1 of decisions after every true event that got one alarm has been counted as found from end to end.
///
/// **Do not choose a detector by it.** One lucky alarm makes a long event perfect: random scores reach 0.7 and more on
/// the usual data sets (Kim et al., “Towards a Rigorous Evaluation of Time-Series Anomaly Detection”, 2022). It is here
/// to compare with papers that report it. Points of all series are counted together.
public struct PointAdjustedF1: Metric {
    public static let name = "point-adjusted-f1"
    public static let summary =
        "F1 with every event that got one alarm counted as found in full; warning: random scores reach 0.7 and more."
    public static let reference: String? =
        "H. Xu et al.: Unsupervised Anomaly Detection via Variational Auto-Encoder for Seasonal KPIs in Web "
        + "Applications, 2018"

    public init() {}

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        var found = 0
        var missed = 0
        var falseAlarms = 0
        for part in try SeriesEvaluation.decided(evaluation, for: Self.name).parts {
            guard let decisions = part.decisions else { continue }
            for event in part.events {
                if event.contains(where: { decisions[$0] }) { found += event.count } else { missed += event.count }
            }
            for (decision, truth) in zip(decisions, part.truth) where decision && !truth { falseAlarms += 1 }
        }
        return .number(found == 0 ? 0 : 2 * Double(found) / Double(2 * found + missed + falseAlarms))
    }
}
