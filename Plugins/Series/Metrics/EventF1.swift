public import OutlierCore

private let paper =
    "A. Garg, W. Zhang, J. Samaran, R. Savitha, C.-S. Foo: An Evaluation of Anomaly Detection and Diagnosis in "
    + "Multivariate Time Series, 2021"

/// The composite F1 of decisions on series: the harmonic mean of the share of true events that got an alarm and of the
/// share of alarmed points that are anomalous. 0 where there is no alarm.
///
/// An event counts once however long it is, and a false alarm costs by its length. Events and points of all series are
/// counted together.
public struct EventF1: Metric {
    public static let name = "event-f1"
    public static let summary = "Harmonic mean of the recall of true events and the precision of alarmed points."
    public static let reference: String? = paper

    public init() {}

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let parts = try SeriesEvaluation.decided(evaluation, for: Self.name).parts
        var counts = EventCounts()
        for part in parts {
            counts.events += part.events.count
            guard let decisions = part.decisions else { continue }
            for (decision, truth) in zip(decisions, part.truth) where decision {
                counts.alarms += 1
                if truth { counts.trueAlarms += 1 }
            }
            counts.found += part.events.count { event in event.contains { decisions[$0] } }
        }
        return .number(counts.compositeF1)
    }
}

/// The highest ``EventF1`` that any cutoff on the scores gives.
public struct BestEventF1: Metric {
    public static let name = "best-event-f1"
    public static let summary = "Highest event-f1 that any cutoff on the scores gives."
    public static let reference: String? = paper

    public init() {}

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let evaluation = SeriesEvaluation(evaluation)
        try evaluation.requireAnomalies(for: Self.name)
        var points: [(score: Double, isAnomaly: Bool)] = []
        var peaks: [Double] = []
        for part in evaluation.parts {
            points += zip(part.scores, part.truth).map { ($0, $1) }
            peaks += part.events.compactMap { part.scores[$0].max() }
        }
        points.sort { $0.score > $1.score }
        peaks.sort(by: >)
        var counts = EventCounts(events: peaks.count)
        var best = 0.0
        var next = 0
        while next < points.count {
            let score = points[next].score
            while next < points.count && points[next].score == score {
                counts.alarms += 1
                if points[next].isAnomaly { counts.trueAlarms += 1 }
                next += 1
            }
            while counts.found < peaks.count && peaks[counts.found] >= score { counts.found += 1 }
            best = max(best, counts.compositeF1)
        }
        return .number(best)
    }
}

struct EventCounts {
    var events = 0
    var found = 0
    var alarms = 0
    var trueAlarms = 0

    var compositeF1: Double {
        guard alarms > 0, events > 0 else { return 0 }
        let recall = Double(found) / Double(events)
        let precision = Double(trueAlarms) / Double(alarms)
        return recall + precision == 0 ? 0 : 2 * recall * precision / (recall + precision)
    }
}
