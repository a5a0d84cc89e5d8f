public import OutlierCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The score of the Numenta Anomaly Benchmark with its three profiles, each at its best cutoff: 0 for no alarm at all, 100
/// for the earliest possible alarm in every event and none elsewhere; below 0 where false alarms outweigh.
///
/// The first alarm in an event counts, the more the earlier it is; a false alarm costs, the more the further behind an
/// event it is. The true events are the benchmark's windows. The first 15 % of a series, at most 750 points, are its
/// probation and not scored. The cutoff is one for all series together, as in the benchmark, and so optimistic.
public struct NABScore: Metric {
    public static let name = "nab-score"
    public static let summary =
        "Score of the Numenta Anomaly Benchmark for its three profiles, each at its best cutoff; at most 100."
    public static let reference: String? =
        "A. Lavin, S. Ahmad: Evaluating Real-Time Anomaly Detection Algorithms – the Numenta Anomaly Benchmark, 2015"

    public init() {}

    private struct Alarm {
        var score: Double
        /// What it is worth: for a false alarm at most 0.
        var worth: Double
        /// The number of the event that it lies in.
        var event: Int?
    }

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let evaluation = SeriesEvaluation(evaluation)
        try evaluation.requireAnomalies(for: Self.name)
        var alarms: [Alarm] = []
        var events = 0
        for part in evaluation.parts {
            Self.add(part, to: &alarms, events: &events)
        }
        alarms.sort { $0.score > $1.score }
        let profiles = [("standard", 0.11, 1.0), ("reward-low-FP", 0.22, 1), ("reward-low-FN", 0.11, 2)]
        return .table(
            profiles.map { name, falseAlarm, miss in
                .init(name, Self.best(alarms, events: events, falseAlarm: falseAlarm, miss: miss))
            })
    }

    private static func add(_ part: SeriesEvaluation.Part, to alarms: inout [Alarm], events: inout Int) {
        let count = part.truth.count
        let probation = min(Int(0.15 * Double(count)), 750)
        var next = 0
        for point in 0..<count {
            while next < part.events.count && point >= part.events[next].upperBound { next += 1 }
            var alarm = Alarm(score: part.scores[point], worth: -1)
            if next < part.events.count, part.events[next].contains(point) {
                let event = part.events[next]
                let position = -Double(event.upperBound - point) / Double(event.count)
                alarm.worth = sigmoid(position) / sigmoid(-1)
                alarm.event = events + next
            } else if next > 0 {
                let last = part.events[next - 1]
                alarm.worth = sigmoid(Double(point - (last.upperBound - 1)) / Double(max(1, last.count - 1)))
            }
            if point >= probation { alarms.append(alarm) }
        }
        events += part.events.count
    }

    private static func sigmoid(_ position: Double) -> Double {
        position > 3 ? -1 : 2 / (1 + exp(5 * position)) - 1
    }

    private static func best(_ alarms: [Alarm], events: Int, falseAlarm: Double, miss: Double) -> Double {
        let worst = -miss * Double(events)
        var value = worst
        var best = worst
        var found: [Int: Double] = [:]
        var next = 0
        while next < alarms.count {
            let score = alarms[next].score
            while next < alarms.count && alarms[next].score == score {
                let alarm = alarms[next]
                if let event = alarm.event {
                    let before = found[event] ?? -miss
                    let after = max(before, alarm.worth)
                    found[event] = after
                    value += after - before
                } else {
                    value += falseAlarm * alarm.worth
                }
                next += 1
            }
            best = max(best, value)
        }
        return 100 * (best - worst) / (Double(events) - worst)
    }
}
