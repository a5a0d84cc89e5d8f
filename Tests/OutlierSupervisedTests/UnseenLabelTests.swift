import OutlierCore
import OutlierSupervised
import OutlierTesting
import Testing

/// Cutoffs and probabilities that labels give, behind detectors that have learnt from the same labels.
@Suite struct UnseenLabelTests {
    private static func table(_ rows: Int, seed: UInt64) -> (data: Dataset, truth: [Bool]) {
        var random = RandomSource(seed: seed)
        var values: [[Double]] = []
        var truth: [Bool] = []
        for _ in 0..<rows {
            let isAnomaly = random.uniform() < 0.1
            values.append((0..<5).map { $0 < 2 ? random.normal() + (isAnomaly ? 1.2 : 0) : random.normal() })
            truth.append(isAnomaly)
        }
        let data = try? Dataset(rows: values).replacing(labels: truth.map { $0 ? .anomaly : .normal })
        return (data ?? SyntheticData.clusters(rows: 2).data, truth)
    }

    private static let cost = CostMatrix(falseAlarm: 1, miss: 20)

    private static func costs(_ scores: [Double], _ truth: [Bool], above cutoff: Double) -> Double {
        var sum = 0.0
        for (score, isAnomaly) in zip(scores, truth) {
            if isAnomaly && score <= cutoff { sum += cost.miss }
            if !isAnomaly && score > cutoff { sum += cost.falseAlarm }
        }
        return sum / Double(scores.count)
    }

    /// On new rows the cutoff costs hardly more than the best one there is, and never more than to call every row an anomaly.
    @Test func cheapCutoffsAreCheapOnNewRows() throws {
        var (ours, best, all) = (0.0, 0.0, 0.0)
        for seed in 0..<6 as Range<UInt64> {
            let (data, _) = Self.table(1000, seed: 2 * seed)
            let (new, truth) = Self.table(4000, seed: 2 * seed + 1)
            let model = try Pipeline(detector: BoostedTrees(), threshold: CostOptimalThreshold(cost: Self.cost)).fit(
                data, context: FitContext(seed: seed))
            let scores = try model.scores(of: new.unlabeled).values
            let cutoff = try #require(model.threshold?.cutoff)
            ours += Self.costs(scores, truth, above: cutoff)
            best += Set(scores).map { Self.costs(scores, truth, above: $0) }.min() ?? 0
            all += Self.costs(scores, truth, above: -.infinity)
        }
        #expect(ours < 1.12 * best, "\(ours / 6), at best \(best / 6)")
        #expect(ours < all, "\(ours / 6), every row an anomaly \(all / 6)")
    }

    /// Probabilities of new rows are the frequencies of anomalies among them.
    @Test func probabilitiesAreFrequencies() throws {
        let (data, _) = Self.table(1000, seed: 31)
        let (new, truth) = Self.table(4000, seed: 32)
        let model = try Pipeline(
            detector: BoostedTrees(), assurance: Assurance(probability: .isotonic)
        ).fit(data, context: FitContext(seed: 3))
        let decisions = try model.decisions(for: model.scores(of: new.unlabeled))
        let probabilities = try #require(decisions.probabilities)
        // Brier's score, against that of the share of anomalies for every row.
        let share = Double(truth.count { $0 }) / 4000
        let brier =
            zip(probabilities, truth).reduce(0) { $0 + ($1.0 - ($1.1 ? 1 : 0)) * ($1.0 - ($1.1 ? 1 : 0)) } / 4000
        #expect(brier < share * (1 - share))
        #expect(abs(probabilities.reduce(0, +) / 4000 - share) < 0.02)
    }

    @Test func oneKnownAnomalyIsTooFew() throws {
        let (data, _) = Self.table(100, seed: 5)
        let single = try data.replacing(labels: (0..<100).map { $0 == 0 ? .anomaly : .normal })
        let error = #expect(throws: OutlierError.self) {
            _ = try Pipeline(detector: BoostedTrees(), threshold: BestF1Threshold()).fit(single)
        }
        #expect(error?.code == .notEnoughRows && error?.component == "best-f1")
    }
}
