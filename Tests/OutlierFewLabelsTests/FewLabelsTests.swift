import Neural
import OutlierCore
import OutlierFewLabels
import OutlierTesting
import Testing

@Suite struct FewLabelsTests {
    static func registry() throws -> Registry {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(FewLabelsPlugin.self)
        return registry
    }

    static let quick = ScoreTraining(epochs: 5, steps: 20, batchSize: 64, learningRate: 1e-2)

    @Test func devnetKeepsItsPromises() throws {
        let failures = DetectorConformance.check(
            DeviationNetwork(training: FewLabelsTests.quick), registry: try FewLabelsTests.registry(), rocAUCFloor: 0.8)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func prenetKeepsItsPromises() throws {
        let failures = DetectorConformance.check(
            PairwiseRelationNetwork(training: FewLabelsTests.quick), registry: try FewLabelsTests.registry(),
            rocAUCFloor: 0.8)
        #expect(failures.isEmpty, "\(failures)")
    }

    /// Anomalies that no distance shows: among the others in all columns but one, and in that where few others are.
    static func table(seed: UInt64) throws -> (data: Dataset, truth: [Bool]) {
        var random = RandomSource(seed: seed)
        let truth = (0..<600).map { $0 % 10 == 0 }
        let rows = truth.map { isAnomaly in
            [isAnomaly ? 1.5 + 0.3 * random.normal() : random.normal()] + (0..<4).map { _ in random.normal() }
        }
        return (try Dataset(rows: rows), truth)
    }

    @Test(arguments: ["devnet", "prenet"])
    func tenLabelsAreEnough(_ name: String) throws {
        let known = try FewLabelsTests.table(seed: 3)
        let new = try FewLabelsTests.table(seed: 4)
        let labels = known.truth.indices.map { known.truth[$0] && $0 < 100 ? Label.anomaly : .unlabeled }
        func area(_ detector: some Detector) throws -> Double {
            let model = try detector.fit(known.data.replacing(labels: labels), context: FitContext(seed: 1))
            return try ROCAUC().number(of: Evaluation(scores: model.scores(of: new.data).values, truth: new.truth))
        }
        let found = try area(FewLabelsTests.registry().detector(name))
        // The best that can be done is the first column's distance from 1.5: 0.88.
        #expect(found > 0.8, "\(found)")
    }

    @Test func scoresOfADeviationNetworkAreDeviations() throws {
        let table = SyntheticData.clusters()
        let labels = table.truth.map { $0 ? Label.anomaly : .unlabeled }
        let scores = try DeviationNetwork(training: ScoreTraining(learningRate: 1e-2, weightDecay: 0))
            .fitAndScore(table.data.replacing(labels: labels), context: FitContext(seed: 1)).scores.values
        let usual = zip(scores, table.truth).filter { !$0.1 }.map(\.0)
        let anomalous = zip(scores, table.truth).filter { $0.1 }.map(\.0)
        #expect(abs(usual.reduce(0, +) / Double(usual.count)) < 0.5)
        #expect(anomalous.reduce(0, +) / Double(anomalous.count) > 4)
    }

    @Test func withoutBothKindsOfRowsItIsAnError() throws {
        let data = SyntheticData.clusters(rows: 40, anomalies: 2).data
        let detector = try FewLabelsTests.registry().detector("devnet")
        func code(_ labels: [Label]?) throws -> OutlierError.Code? {
            func fit(_ detector: some Detector) throws { _ = try detector.fit(data.replacing(labels: labels)) }
            do {
                try fit(detector)
                return nil
            } catch let error as OutlierError { return error.code }
        }
        #expect(try code(nil) == .missingLabels)
        #expect(try code(Array(repeating: .anomaly, count: 40)) == .missingLabels)
        #expect(try code(Array(repeating: .normal, count: 40)) == .missingLabels)
        #expect(try code((0..<40).map { $0 == 7 ? .anomaly : .unlabeled }) == nil)
    }

    @Test func manyColumns() throws {
        var random = RandomSource(seed: 1)
        let data = try Dataset(rows: (0..<6).map { _ in (0..<100_000).map { _ in random.uniform() } })
            .replacing(labels: [.anomaly, .anomaly, .unlabeled, .unlabeled, .unlabeled, .unlabeled])
        let training = ScoreTraining(epochs: 1, steps: 5)
        for scores in [
            try DeviationNetwork(training: training).fitAndScore(data).scores.values,
            try PairwiseRelationNetwork(training: training).fitAndScore(data).scores.values,
        ] {
            #expect(!scores.contains { !$0.isFinite })
        }
    }
}
