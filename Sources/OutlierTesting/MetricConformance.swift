public import OutlierCore

/// What every metric promises, as checks.
public enum MetricConformance {
    /// - Parameter report: called with each point as soon as it is checked.
    @discardableResult
    public static func points(
        _ metric: some Metric, report: (ConformancePoint) -> Void = { _ in }
    ) -> [ConformancePoint] {
        var random = RandomSource(seed: 5)
        let truth = (0..<200).map { $0 % 10 == 0 }
        let scores = truth.map { random.normal() + ($0 ? 2 : 0) }
        let decisions = scores.map { $0 > 1 }
        func evaluation(_ order: [Int]) throws -> Evaluation {
            try Evaluation(
                scores: order.map { scores[$0] }, decisions: order.map { decisions[$0] },
                truth: order.map { truth[$0] })
        }
        let checks: [(name: String, check: () throws -> [String])] = [
            (
                "the same rows give the same value",
                {
                    let rows = Array(0..<200)
                    let first = try metric.value(of: evaluation(rows))
                    return try metric.value(of: evaluation(rows)) == first ? [] : ["two calls give two values"]
                }
            ),
            (
                "the order of the rows does not matter",
                {
                    let first = try metric.value(of: evaluation(Array(0..<200))).number ?? 0
                    let second = try metric.value(of: evaluation(Array((0..<200).reversed()))).number ?? 0
                    return abs(first - second) <= 1e-9 * max(1, abs(first)) ? [] : ["\(first) becomes \(second)"]
                }
            ),
            (
                "without decisions, and with one class only, it gives a number or says why not",
                {
                    for truth in [[true, false, true], [true, true, true], [false, false, false]] {
                        do {
                            _ = try metric.value(of: Evaluation(scores: [3, 1, 2], truth: truth))
                        } catch is OutlierError {}
                    }
                    return []
                }
            ),
            (
                "several threads measure at once",
                {
                    let whole = try metric.value(of: evaluation(Array(0..<200)))
                    try Execution(threads: 4).forEach(8) { _ in
                        guard
                            try metric.value(of: Evaluation(scores: scores, decisions: decisions, truth: truth))
                                == whole
                        else { throw OutlierError(.numericalFailure, "values differ between threads") }
                    }
                    return []
                }
            ),
        ]
        return checks.map { name, check in
            var point = ConformancePoint(name: name, failures: [])
            do { point.failures = try check() } catch { point.failures = ["threw \(error)"] }
            report(point)
            return point
        }
    }
}
