/// How many anomalies and normal rows lie at or above each distinct score, from the highest score down.
///
/// Rows with equal scores enter together, so that no measure depends on the order of ties.
struct RankedCounts {
    struct Step {
        var score: Double
        var truePositives: Int
        var falsePositives: Int
    }

    let steps: [Step]
    let positives: Int
    let negatives: Int

    init(_ evaluation: Evaluation) {
        let order = evaluation.scores.indices.sorted { evaluation.scores[$0] > evaluation.scores[$1] }
        var steps: [Step] = []
        var truePositives = 0
        var falsePositives = 0
        for (position, index) in order.enumerated() {
            if evaluation.truth[index] { truePositives += 1 } else { falsePositives += 1 }
            let score = evaluation.scores[index]
            if position + 1 == order.count || evaluation.scores[order[position + 1]] != score {
                steps.append(Step(score: score, truePositives: truePositives, falsePositives: falsePositives))
            }
        }
        self.steps = steps
        positives = truePositives
        negatives = falsePositives
    }

    /// - Throws: ``OutlierError/Code/undefinedMetric`` where one class is missing.
    func requireBothClasses(for metric: String) throws {
        if positives == 0 { throw Self.oneClass(metric, "no row is an anomaly") }
        if negatives == 0 { throw Self.oneClass(metric, "every row is an anomaly") }
    }

    func requireAnomalies(for metric: String) throws {
        if positives == 0 { throw Self.oneClass(metric, "no row is an anomaly") }
    }

    private static func oneClass(_ metric: String, _ reason: String) -> OutlierError {
        OutlierError(
            .undefinedMetric, "undefined, because in the truth \(reason)",
            suggestion: "Evaluate on rows of both classes.", component: metric)
    }
}
