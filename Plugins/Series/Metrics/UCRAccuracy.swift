public import OutlierCore

/// The share of series whose highest score lies within an anomaly or near it: 0 or 1 for one series.
///
/// The rule of the UCR anomaly archive, whose series have one anomaly each. Of equal highest scores the first counts.
/// Series without an anomaly are left out.
public struct UCRAccuracy: Metric {
    public static let name = "ucr-accuracy"
    public static let summary = "Share of series whose highest score lies in or near an anomaly."
    public static let reference: String? =
        "R. Wu, E. Keogh: Current Time Series Anomaly Detection Benchmarks are Flawed and are Creating the Illusion of "
        + "Progress, 2021"
    public static let parameters: [Parameter<UCRAccuracy>] = [
        .integer("tolerance", \.tolerance, in: .atLeast(0), "How many points beside the anomaly are near enough.")
    ]

    /// How many points before and behind the anomaly are near enough, at least 0.
    public var tolerance: Int

    public init() { self.init(tolerance: 100) }
    public init(tolerance: Int) { self.tolerance = tolerance }

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let evaluation = SeriesEvaluation(evaluation)
        try evaluation.requireAnomalies(for: Self.name)
        let parts = evaluation.parts.filter { !$0.events.isEmpty }
        let right = parts.count { part in
            guard let highest = part.scores.max(), let place = part.scores.firstIndex(of: highest) else { return false }
            return part.events.contains { event in
                let distance = place < event.lowerBound ? event.lowerBound - place : place - (event.upperBound - 1)
                return distance <= tolerance
            }
        }
        return .number(Double(right) / Double(parts.count))
    }
}
