public import OutlierCore

/// How long it takes from the begin of an event to its first alarm: the mean and the median over the events that got one,
/// in points (and in seconds where the times are known), and the share of events that got one (`found`).
///
/// Delay and share belong together: a detector that finds the easy events alone is fast.
public struct DetectionDelay: Metric {
    public static let name = "detection-delay"
    public static let summary = "Points from the begin of an event to its first alarm, and the share of events found."

    public init() {}

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        var delays: [Double] = []
        var seconds: [Double] = []
        var events = 0
        for part in try SeriesEvaluation.decided(evaluation, for: Self.name).parts {
            for event in part.events {
                events += 1
                guard let first = event.first(where: { part.decisions?[$0] ?? false }) else { continue }
                delays.append(Double(first - event.lowerBound))
                if let times = part.times { seconds.append(times[first] - times[event.lowerBound]) }
            }
        }
        var entries = [MetricValue.Entry("found", Double(delays.count) / Double(events))]
        if !delays.isEmpty {
            entries.append(.init("mean", delays.reduce(0, +) / Double(delays.count)))
            entries.append(.init("median", Self.median(delays)))
        }
        if !seconds.isEmpty {
            entries.append(.init("mean-seconds", seconds.reduce(0, +) / Double(seconds.count)))
            entries.append(.init("median-seconds", Self.median(seconds)))
        }
        return .table(entries)
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
