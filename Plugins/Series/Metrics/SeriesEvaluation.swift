internal import OutlierCore

/// What a metric of series looks at: the rows of each series apart, in order.
struct SeriesEvaluation {
    /// One series: scores, decisions where there are any, and the truth, one entry a point.
    struct Part {
        var scores: [Double]
        var decisions: [Bool]?
        var truth: [Bool]
        /// The true anomalies as ranges of points, in order. Neighbouring anomalous points are one.
        var events: [Range<Int>]
        /// Seconds since 1970, where they are known.
        var times: [Double]?
    }

    let parts: [Part]

    init(_ evaluation: Evaluation) {
        let ranges = evaluation.series
        parts = ranges.map { range in
            let truth = Array(evaluation.truth[range])
            return Part(
                scores: Array(evaluation.scores[range]),
                decisions: evaluation.decisionsByRow.map { Array($0[range]) }, truth: truth, events: truth.runs,
                times: evaluation.timesByRow.map { Array($0[range]) })
        }
    }

    /// The same, for a metric that needs decisions and an anomaly.
    ///
    /// - Throws: ``OutlierError/Code/missingDecisions`` if there are no decisions, ``OutlierError/Code/undefinedMetric`` if no
    ///   row is an anomaly.
    static func decided(_ evaluation: Evaluation, for metric: String) throws -> SeriesEvaluation {
        guard evaluation.decisionsByRow != nil else {
            throw OutlierError(
                .missingDecisions, "needs decisions, but there are only scores",
                suggestion: "Give the pipeline a threshold: {quantile: {contamination: 0.1}}.", component: metric)
        }
        let result = SeriesEvaluation(evaluation)
        try result.requireAnomalies(for: metric)
        return result
    }

    /// - Throws: ``OutlierError/Code/undefinedMetric`` where no row is an anomaly.
    func requireAnomalies(for metric: String) throws {
        guard parts.contains(where: { !$0.events.isEmpty }) else {
            throw OutlierError(
                .undefinedMetric, "undefined, because in the truth no row is an anomaly",
                suggestion: "Evaluate on rows of both classes.", component: metric)
        }
    }

    /// The mean of `value` over the series that have anomalies and normal points.
    ///
    /// - Throws: ``OutlierError/Code/undefinedMetric`` where there is no such series.
    func mean(for metric: String, _ value: (Part) throws -> Double) throws -> Double {
        let usable = parts.filter { $0.truth.contains(true) && $0.truth.contains(false) }
        guard !usable.isEmpty else {
            throw OutlierError(
                .undefinedMetric, "undefined, because no series has both anomalies and normal points",
                suggestion: "Evaluate on rows of both classes.", component: metric)
        }
        return try usable.map(value).reduce(0, +) / Double(usable.count)
    }
}

extension Evaluation {
    /// The rows of each series.
    fileprivate var series: [Range<Int>] { index?.series ?? [scores.indices] }
    fileprivate var decisionsByRow: [Bool]? { decisions }
    fileprivate var timesByRow: [Double]? { index?.times }
}

extension [Bool] {
    /// The runs of `true`, in order.
    var runs: [Range<Int>] {
        var result: [Range<Int>] = []
        var begin: Int?
        for (position, value) in enumerated() {
            if value {
                begin = begin ?? position
            } else if let first = begin {
                result.append(first..<position)
                begin = nil
            }
        }
        if let begin { result.append(begin..<count) }
        return result
    }
}
