import OutlierCore

/// What labels say of scores: how well they tell known anomalies from the rows that are taken for normal.
struct LabelEvidence: Sendable {
    let data: Dataset
    let anomalies: [Int]
    let others: [Int]
    /// The known anomalies in parts, each of which is once held back from what learns.
    let folds: [[Int]]
    /// The other rows in as many parts; empty where there are too few.
    let otherFolds: [[Int]]

    /// - Returns: `nil` where labels of two classes are not there.
    init?(_ data: Dataset, context: FitContext) {
        guard let rows = try? SupervisedRows(data) else { return nil }
        self.data = data
        anomalies = zip(rows.rows, rows.isAnomaly).filter(\.1).map(\.0)
        others = zip(rows.rows, rows.isAnomaly).filter { !$0.1 }.map(\.0)
        var random = context.random(stream: -1)
        var order = anomalies
        order.shuffle(using: &random)
        let count = min(5, order.count)
        folds =
            count < 2
            ? []
            : (0..<count).map { fold in
                order.indices.filter { $0 % count == fold }.map { order[$0] }.sorted()
            }
        var normal = others
        normal.shuffle(using: &random)
        otherFolds =
            count < 2 || normal.count < 2 * count
            ? []
            : (0..<count).map { fold in
                stride(from: fold, to: normal.count, by: count).map { normal[$0] }.sorted()
            }
    }

    /// The ROC-AUC of scores on some of the known anomalies and all of the others.
    ///
    /// - Parameter others: the rows to tell them from; all of them where `nil`.
    func area(of scores: [Double], anomalies: [Int], others: [Int]? = nil) throws -> Double {
        let others = others ?? self.others
        let chosen = anomalies.map { scores[$0] } + others.map { scores[$0] }
        let truth = chosen.indices.map { $0 < anomalies.count }
        return try ROCAUC().number(of: Evaluation(scores: chosen, truth: truth))
    }

    /// By how much scores count that have this ROC-AUC: the square of its odds, less what chance gives. From 0 at 0.5 it
    /// rises steeply, so that a good expert is not drowned by several poor ones.
    static func weight(of area: Double) -> Double {
        let area = min(max(area, 0.5), 0.995)
        let odds = area / (1 - area)
        return odds * odds - 1
    }

    /// The mean of `scales` by what the labels say of each; the plain mean where they speak for none.
    static func combine(_ scales: [[Double]], areas: [Double]) -> (scores: [Double], weights: [Double]) {
        var weights = areas.map(weight(of:))
        let sum = weights.reduce(0, +)
        weights = sum > 0 ? weights.map { $0 / sum } : weights.map { _ in 1 / Double(weights.count) }
        return (mean(scales, weights: weights), weights)
    }

    static func mean(_ scales: [[Double]], weights: [Double]) -> [Double] {
        guard let count = scales.first?.count else { return [] }
        return (0..<count).map { row in
            var sum = 0.0
            for (scale, weight) in zip(scales, weights) where weight > 0 { sum += weight * scale[row] }
            return sum
        }
    }

    /// The ROC-AUC of the combination on known anomalies that did not help to choose its weights.
    func heldOutArea(ofCombining scales: [[Double]]) throws -> Double {
        try meanOverFolds { held in
            let areas = try areas(of: scales, without: held)
            return try area(of: Self.combine(scales, areas: areas).scores, anomalies: held)
        }
    }

    /// The ROC-AUC of the one that is best on the other known anomalies, on those that did not help to choose it.
    func heldOutArea(ofSelecting scales: [[Double]]) throws -> Double {
        try meanOverFolds { held in
            let areas = try areas(of: scales, without: held)
            guard let best = areas.indices.max(by: { (areas[$0], $1) < (areas[$1], $0) }) else { return 0.5 }
            return try area(of: scales[best], anomalies: held)
        }
    }

    private func areas(of scales: [[Double]], without held: [Int]) throws -> [Double] {
        let rest = anomalies.filter { !held.contains($0) }
        return try scales.map { try area(of: $0, anomalies: rest) }
    }

    /// The ROC-AUC of a learner on known anomalies that it has not seen, and on others that it has not seen either: those
    /// that it has learnt are told from anomalies more easily than new ones.
    func heldOutArea(of learner: any Detector, on features: Dataset, context: FitContext) throws -> Double {
        var fold = 0
        return try meanOverFolds { held in
            let others = otherFolds.isEmpty ? nil : otherFolds[fold]
            let tested = held + (others ?? [])
            let isHeld = Set(tested)
            let rows = (0..<features.rowCount).filter { !isHeld.contains($0) }
            let part = context.part(
                fold, covering: Double(fold) / Double(folds.count)...Double(fold + 1) / Double(folds.count))
            fold += 1
            let fit = try learner.fitAndScore(features.selectingRows(rows), context: part)
            var all = [Double](repeating: 0, count: features.rowCount)
            for (row, score) in zip(rows, fit.scores) { all[row] = score }
            let heldScores = try fit.model.scores(of: features.selectingRows(tested), execution: context.execution)
            for (row, score) in zip(tested, heldScores) { all[row] = score }
            return try area(of: all, anomalies: held, others: others)
        }
    }

    private func meanOverFolds(_ area: ([Int]) throws -> Double) throws -> Double {
        var sum = 0.0
        for held in folds { sum += try area(held) }
        return folds.isEmpty ? 0.5 : sum / Double(folds.count)
    }
}
