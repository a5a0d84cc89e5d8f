import Foundation
import Neural
import NeuralTesting
import OutlierCore
import OutlierDeepSVDD
import OutlierTesting
import Testing

@Suite struct DeepSVDDTests {
    static func registry() throws -> Registry {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(DeepSVDDPlugin.self)
        return registry
    }

    @Test(arguments: DeepSupportVectorDataDescription.Objective.allCases)
    func keepsItsPromises(_ objective: DeepSupportVectorDataDescription.Objective) throws {
        let failures = DetectorConformance.check(
            DeepSupportVectorDataDescription(objective: objective, training: TrainingSettings(epochs: 20)),
            registry: try DeepSVDDTests.registry(), rocAUCFloor: 0.8)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func deepSADKeepsItsPromises() throws {
        let failures = DetectorConformance.check(
            DeepSemiSupervisedAnomalyDetection(training: TrainingSettings(epochs: 20)),
            registry: try DeepSVDDTests.registry(), rocAUCFloor: 0.8)
        #expect(failures.isEmpty, "\(failures)")
    }

    private static let objectives: [HypersphereTraining.Objective] = [
        .oneClass, .softBoundary(share: 0.3, warmUpEpochs: 0),
        .labelled([.normal, .anomaly, .unlabeled, .anomaly, .normal, .unlabeled], weight: 2),
    ]

    private static func training(_ objective: HypersphereTraining.Objective) -> HypersphereTraining {
        var random = RandomSource(seed: 4)
        let network = Network.perceptron(
            inputs: 3, hidden: [6], outputs: 2, activation: .tanh, bias: false, random: &random)
        var model = HypersphereTraining(
            network, center: [0.5, -0.4], objective: objective,
            optimizer: Optimizer(learningRate: 1e-3, for: network), capacity: 6)
        model.extra = [0.2]
        return model
    }

    @Test(arguments: objectives) func gradientsOfTheLoss(_ objective: HypersphereTraining.Objective) throws {
        let errors = try CompositeGradient(rows: 6, width: 3).largestErrors(
            DeepSVDDTests.training(objective), step: 1e-3, gradients: { [$0.gradients] }
        ) { try $0.pass($1, learns: true) }
        #expect(errors.allSatisfy { $0 < 1e-2 }, "\(errors)")
    }

    @Test(.enabled(if: StepAllocations.areCounted), arguments: objectives)
    func aStepAllocatesNothing(_ objective: HypersphereTraining.Objective) throws {
        var model = DeepSVDDTests.training(objective)
        #expect(try StepAllocations.count(of: &model, rows: 6, width: 3) == 0)
    }

    @Test func theCentreStaysAwayFromZero() {
        let center = HypersphereTraining.center(sums: [0.02, -0.04, 8], rows: 2)
        #expect(center == [0.1, -0.1, 4])
    }

    @Test func theSoftBoundaryLeavesRowsOut() throws {
        let data = SyntheticData.clusters(rows: 400).data
        let result = try DeepSupportVectorDataDescription(
            objective: .softBoundary, nu: 0.2, training: TrainingSettings(epochs: 60),
            score: CombinedScore(lambda: 1, distance: .center)
        ).fitAndScore(data, context: FitContext(seed: 2))
        #expect(result.model.squaredRadius > 0)
        let outside = result.scores.values.filter { $0 > 0 }.count
        #expect(outside > 20 && outside < 200, "\(outside)")
    }

    @Test func labelsHelp() throws {
        // Anomalies that no distance shows, as they lie among the others in all columns but one, and at its edge in that.
        func table(seed: UInt64) throws -> (data: Dataset, truth: [Bool]) {
            var random = RandomSource(seed: seed)
            let truth = (0..<400).map { $0 % 10 == 0 }
            let rows = truth.map { isAnomaly in
                [isAnomaly ? 1.7 + 0.2 * random.normal() : random.normal()] + (0..<4).map { _ in random.normal() }
            }
            return (try Dataset(rows: rows), truth)
        }
        let known = try table(seed: 3)
        let new = try table(seed: 4)
        func area(_ data: Dataset) throws -> Double {
            let model = try DeepSemiSupervisedAnomalyDetection(weight: 10).fit(data, context: FitContext(seed: 1))
            let scores = try model.scores(of: new.data).values
            return try ROCAUC().number(of: Evaluation(scores: scores, truth: new.truth))
        }
        let with = try area(known.data.replacing(labels: known.truth.map { $0 ? .anomaly : .unlabeled }))
        let without = try area(known.data)
        #expect(with > without + 0.05, "\(with), \(without)")
    }

    /// A table in a file is trained on batch by batch, with the same result; so is a fit that is interrupted.
    @Test(arguments: DeepSupportVectorDataDescription.Objective.allCases)
    func tablesInFilesAndInterruptionsChangeNothing(_ objective: DeepSupportVectorDataDescription.Objective) throws {
        let data = SyntheticData.clusters(rows: 300).data
        let detector = DeepSupportVectorDataDescription(
            objective: objective, training: TrainingSettings(epochs: 60, dropout: 0.1))
        let scores = try detector.fitAndScore(data, context: FitContext(seed: 3)).scores.values
        let mapped = try detector.fitAndScore(MappedTable.copy(of: data), context: FitContext(seed: 3)).scores.values
        #expect(mapped == scores)
        let resumed = try Resuming.scores(of: detector, on: data, seed: 3)
        #expect(resumed.scores == scores)
        #expect(resumed.interruptions >= 3)
    }

    @Test func takesWords() throws {
        for score in [CombinedScore(lambda: 1, distance: .center), CombinedScore(lambda: 0, distance: .center)] {
            let failures = try MixedPromises.check(
                DeepSupportVectorDataDescription(score: score), registry: DeepSVDDTests.registry(), areaFloor: 0.8,
                unknownFloor: score.lambda == 0 ? 0.8 : 0)
            #expect(failures.isEmpty, "\(failures)")
        }
    }

    @Test func goesOnFromAnotherTable() throws {
        func detector(_ hidden: [Int], _ lambda: Double) -> DeepSupportVectorDataDescription {
            DeepSupportVectorDataDescription(hidden: hidden, score: CombinedScore(lambda: lambda, distance: .center))
        }
        for (lambda, parts) in [(1.0, ["network"]), (0.0, ["encoder", "decoder"])] {
            let failures = try FineTuningPromises.check(
                detector([], lambda), parts: parts, otherHidden: detector([5], lambda))
            #expect(failures.isEmpty, "\(failures)")
        }
        // Deep SAD goes on from Deep SVDD, and learns from labels.
        let table = try FineTuningPromises.table(200, seed: 1)
        let first = try detector([], 1).fit(table)
        let labels = (0..<200).map { $0 % 20 == 0 ? Label.anomaly : .unlabeled }
        let tunedFit = try DeepSemiSupervisedAnomalyDetection(weight: 5).fitAndScore(
            table.replacing(labels: labels), startingFrom: first)
        let (tuned, scores) = (tunedFit.model, tunedFit.scores.values)
        #expect(tuned.outputCount == first.outputCount && scores.allSatisfy { $0.isFinite })
    }

    /// λ = 0 is the reconstruction error, 1 the distance, and between them both count.
    @Test func theScoreCombinesReconstructionAndDistance() throws {
        let (data, truth) = SyntheticData.clusters(rows: 300)
        func fitted(_ score: CombinedScore) throws -> Fit<FittedHypersphere> {
            try DeepSupportVectorDataDescription(score: score).fitAndScore(data, context: FitContext(seed: 1))
        }
        let plain = try DeepSupportVectorDataDescription().fitAndScore(data, context: FitContext(seed: 1))
        #expect(plain.model.lambda == CombinedScore.defaultLambda)
        let same = CombinedScore(lambda: CombinedScore.defaultLambda, distance: .center)
        #expect(try fitted(same).scores == plain.scores)
        let distances = try fitted(CombinedScore(lambda: 1, distance: .center))
        #expect(distances.model.lambda == 1 && distances.scores != plain.scores)
        let errors = try fitted(CombinedScore(lambda: 0, distance: .center)).scores.values
        #expect(errors != plain.scores.values && errors.allSatisfy { $0 >= 0 })
        for distance in [CombinedScore.Distance.center, .neighbors, .mahalanobis] {
            let both = try fitted(CombinedScore(lambda: 0.5, distance: distance))
            let area = try ROCAUC().number(of: Evaluation(scores: both.scores, truth: Truth(truth)))
            #expect(area > 0.9, "\(distance): \(area)")
            #expect(Agreement.spearman(both.scores.values, errors) < 1)
        }
        let failures = DetectorConformance.check(
            DeepSemiSupervisedAnomalyDetection(
                training: TrainingSettings(epochs: 20), score: CombinedScore(lambda: 0.5, distance: .center)),
            registry: try DeepSVDDTests.registry(), rocAUCFloor: 0.8)
        #expect(failures.isEmpty, "\(failures)")
        // The autoencoder is what reconstructs: without it the distance alone is the score.
        let alone = try DeepSupportVectorDataDescription(pretrainingEpochs: 0).fit(data, context: FitContext(seed: 1))
        #expect(alone.lambda == 1)
        let error = try #require(throws: OutlierError.self) {
            try DeepSupportVectorDataDescription(pretrainingEpochs: 0, score: CombinedScore(lambda: 0.5)).fit(data)
        }
        #expect(error.code == .invalidParameter)
    }

    @Test(arguments: DeepSupportVectorDataDescription.Objective.allCases)
    func edgeCases(_ objective: DeepSupportVectorDataDescription.Objective) throws {
        let training = TrainingSettings(epochs: 3, batchSize: 1_000)
        for score in [CombinedScore(lambda: 1, distance: .center), CombinedScore(lambda: 0.5, distance: .center)] {
            let failures = try EdgeCases.check(
                DeepSupportVectorDataDescription(objective: objective, training: training, score: score))
            #expect(failures.isEmpty, "\(failures)")
        }
        let failures = try EdgeCases.check(DeepSemiSupervisedAnomalyDetection(training: training))
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func badSettingsAreErrors() throws {
        let data = SyntheticData.clusters(rows: 40).data
        let bad: [(String, Value)] = [
            ("outputs", 0), ("hidden", [0]), ("nu", 0), ("nu", 1.5), ("pretraining-epochs", -1),
            ("learning-rate", -1), ("learning-rate", 0), ("batch-size", 0), ("epochs", 0), ("dropout", 1),
            ("weight-decay", -1), ("score", ["distance": "discriminator"]), ("score", ["lambda": 1.5]),
        ]
        for (parameter, value) in bad {
            do {
                let detector = try DeepSVDDTests.registry().detector(
                    Recipe(name: "deep-svdd", parameters: .object([Value.Entry(parameter, value)])))
                func fit(_ detector: some Detector) throws { _ = try detector.fit(data, context: FitContext()) }
                try fit(detector)
                Issue.record("\(parameter): \(value) is accepted")
            } catch let error as OutlierError {
                #expect(error.code == .invalidParameter, "\(parameter): \(value) gives \(error.code)")
            }
        }
    }
}
