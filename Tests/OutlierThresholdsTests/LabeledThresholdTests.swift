import OutlierCore
import Testing

@Suite struct LabeledThresholdTests {
    static func sample(_ seed: UInt64) -> (scores: [Double], labels: [Label]) {
        var random = RandomSource(seed: seed)
        var scores: [Double] = []
        var labels: [Label] = []
        for row in 0..<120 {
            let isAnomaly = row % 6 == 0
            // Ties and an overlap of the classes.
            scores.append((random.normal() * 4 + (isAnomaly ? 6 : 0)).rounded())
            labels.append(isAnomaly ? .anomaly : row % 6 == 1 ? .unlabeled : .normal)
        }
        return (scores, labels)
    }

    /// Every cutoff there can be, tried.
    @Test func areTheBestOfAllCutoffs() throws {
        for seed in 0..<20 as Range<UInt64> {
            let (scores, labels) = Self.sample(seed)
            let known = scores.indices.filter { labels[$0] != .unlabeled }
            func evaluation(_ cutoff: Double) throws -> Evaluation {
                try Evaluation(
                    scores: known.map { scores[$0] }, decisions: known.map { scores[$0] > cutoff },
                    truth: known.map { labels[$0] == .anomaly })
            }
            let cutoffs = Set(scores).flatMap { [$0, $0 - 0.5] }
            let metric = Cost(cost: CostMatrix(falseAlarm: 1, miss: 20))
            let costs = try cutoffs.map { try #require(metric.value(of: evaluation($0)).number) }
            let cheap = try #require(
                try CostOptimalThreshold(cost: metric.cost).fit(scores: scores, labels: labels).cutoff)
            #expect(try metric.value(of: evaluation(cheap)).number == costs.min())
            let f1 = try cutoffs.map { try #require(F1().value(of: evaluation($0)).number) }
            let best = try #require(try BestF1Threshold().fit(scores: scores, labels: labels).cutoff)
            #expect(try F1().value(of: evaluation(best)).number == f1.max())
        }
    }

    @Test func needLabelsOfTwoClasses() throws {
        let all: [any Threshold] = [CostOptimalThreshold(), BestF1Threshold()]
        for threshold in all {
            for labels in [nil, [Label.anomaly, .anomaly], [.normal, .normal], [.unlabeled, .unlabeled]] as [[Label]?] {
                #expect("\(threshold.recipe.name)") { try self.fit(threshold, [1, 2], labels) } throws: { error in
                    (error as? OutlierError)?.code == .missingLabels
                }
            }
            // Constant scores: one cutoff below them all or one above.
            let fitted = try fit(threshold, [2, 2, 2], [.anomaly, .normal, .normal])
            #expect(Set(fitted.decisions(for: [2, 2]).values ?? []).count == 1)
        }
        #expect(throws: OutlierError.self) {
            try CostOptimalThreshold(cost: CostMatrix(falseAlarm: 0, miss: 0)).fit(
                scores: [1, 2], labels: [.anomaly, .normal])
        }
    }

    private func fit(_ threshold: some Threshold, _ scores: [Double], _ labels: [Label]?) throws -> any FittedThreshold
    {
        try threshold.fit(scores: scores, labels: labels)
    }
}
