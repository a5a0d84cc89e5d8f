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
        // The two classes are sorted on their own and merged: numbers sort faster than pairs or indices.
        var anomalies: [Double] = []
        var normals: [Double] = []
        for (score, isAnomaly) in zip(evaluation.scores, evaluation.truth) {
            if isAnomaly { anomalies.append(score) } else { normals.append(score) }
        }
        anomalies.sort(by: >)
        normals.sort(by: >)
        var steps: [Step] = []
        var truePositives = 0
        var falsePositives = 0
        while truePositives < anomalies.count || falsePositives < normals.count {
            let anomaly = truePositives < anomalies.count ? anomalies[truePositives] : -.infinity
            let normal = falsePositives < normals.count ? normals[falsePositives] : -.infinity
            let score = max(anomaly, normal)
            while truePositives < anomalies.count && anomalies[truePositives] == score { truePositives += 1 }
            while falsePositives < normals.count && normals[falsePositives] == score { falsePositives += 1 }
            steps.append(Step(score: score, truePositives: truePositives, falsePositives: falsePositives))
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
