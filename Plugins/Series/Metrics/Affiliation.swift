public import OutlierCore

private let paper =
    "A. Huet, J. M. Navarro, D. Rossi: Local Evaluation of Time Series Anomaly Detection Algorithms, 2022"

/// How near alarms are to the true events, against a random alarm: the mean over the events that have an alarm nearer to
/// them than to any other; 0...1, about 0.5 for random alarms. 0 where there is no alarm.
public struct AffiliationPrecision: Metric {
    public static let name = "affiliation-precision"
    public static let summary = "How near alarms are to true events, against random alarms."
    public static let reference: String? = paper

    public init() {}

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        .number(try Affiliation(evaluation, for: Self.name).precision)
    }
}

/// How near true events are to alarms, against a random alarm: the mean over the events; 0...1.
public struct AffiliationRecall: Metric {
    public static let name = "affiliation-recall"
    public static let summary = "How near true events are to alarms, against random alarms."
    public static let reference: String? = paper

    public init() {}

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        .number(try Affiliation(evaluation, for: Self.name).recall)
    }
}

/// The harmonic mean of ``AffiliationPrecision`` and ``AffiliationRecall``.
///
/// Random alarms reach about 0.67: compare with that, not with 0.
public struct AffiliationF1: Metric {
    public static let name = "affiliation-f1"
    public static let summary =
        "Harmonic mean of affiliation-precision and affiliation-recall; random alarms reach 0.67."
    public static let reference: String? = paper

    public init() {}

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let affiliation = try Affiliation(evaluation, for: Self.name)
        let sum = affiliation.precision + affiliation.recall
        return .number(sum == 0 ? 0 : 2 * affiliation.precision * affiliation.recall / sum)
    }
}

private struct Affiliation {
    let precision: Double
    let recall: Double

    init(_ evaluation: Evaluation, for metric: String) throws {
        var precisions: [Double] = []
        var recalls: [Double] = []
        for part in try SeriesEvaluation.decided(evaluation, for: metric).parts {
            let zones = AffiliationZones(
                alarms: part.decisions?.runs ?? [], events: part.events, count: part.truth.count)
            precisions += zones.precisions
            recalls += zones.recalls
        }
        precision = precisions.isEmpty ? 0 : precisions.reduce(0, +) / Double(precisions.count)
        recall = recalls.isEmpty ? 0 : recalls.reduce(0, +) / Double(recalls.count)
    }
}
