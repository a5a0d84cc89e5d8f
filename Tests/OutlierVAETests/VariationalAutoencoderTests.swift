import Foundation
import Neural
import NeuralTesting
import OutlierCore
import OutlierTesting
import OutlierVAE
import Testing

@Suite struct VariationalAutoencoderTests {
    static func registry() throws -> Registry {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(VAEPlugin.self)
        return registry
    }

    static let short = TrainingSettings(epochs: 30)

    @Test(arguments: VariationalAutoencoder.Decoder.allCases)
    func keepsItsPromises(_ decoder: VariationalAutoencoder.Decoder) throws {
        let detector = VariationalAutoencoder(
            decoder: decoder, reconstruction: decoder == .gaussian ? .error : .probability, samples: 4,
            training: VariationalAutoencoderTests.short)
        let failures = DetectorConformance.check(
            detector, registry: try VariationalAutoencoderTests.registry(),
            // Between 0 and 1 a row far outside counts as one at the edge.
            rocAUCFloor: decoder == .bernoulli ? 0.8 : 0.9)
        #expect(failures.isEmpty, "\(failures)")
    }

    private static func training(_ decoder: VariationalAutoencoder.Decoder, warmUp: Double = 0) -> VariationalTraining {
        var random = RandomSource(seed: 4)
        let encoder = Network.perceptron(inputs: 3, hidden: [7], outputs: 4, activation: .tanh, random: &random)
        let outputs = decoder == .gaussianWithVariance ? 6 : 3
        let decoding = Network.perceptron(
            inputs: 2, hidden: [6], outputs: outputs, activation: .tanh, random: &random)
        return VariationalTraining(
            encoder: encoder, decoder: decoding, layout: RowLayout(width: 3), likelihood: decoder, beta: 0.7,
            warmUp: warmUp,
            optimizers: [Optimizer(learningRate: 1, for: encoder), Optimizer(learningRate: 1, for: decoding)],
            capacity: 9)
    }

    @Test(arguments: VariationalAutoencoder.Decoder.allCases)
    func gradientsOfTheLoss(_ decoder: VariationalAutoencoder.Decoder) throws {
        let model = VariationalAutoencoderTests.training(decoder)
        let errors = try CompositeGradient(rows: 9, width: 3).largestErrors(
            model, gradients: { $0.gradients }
        ) { model, batch in
            var losses = [0.0, 0, 0]
            try model.pass(batch, learns: true, losses: &losses)
            #expect(abs(losses[0] - losses[1] - 0.7 * losses[2]) < 1e-5)
            return losses[0]
        }
        #expect(errors.allSatisfy { $0 < 1e-2 }, "\(errors)")
    }

    @Test(.enabled(if: StepAllocations.areCounted), arguments: VariationalAutoencoder.Decoder.allCases)
    func aStepAllocatesNothing(_ decoder: VariationalAutoencoder.Decoder) throws {
        var model = VariationalAutoencoderTests.training(decoder, warmUp: 0.5)
        #expect(try StepAllocations.count(of: &model, rows: 9, width: 3) == 0)
    }

    /// Bent rows: the third column follows from the others.
    static func bent(_ rows: Int, anomalies: Int) throws -> (data: Dataset, truth: [Bool]) {
        var random = RandomSource(seed: 6)
        let values = (0..<rows).map { row -> [Double] in
            let (x, y) = (2 * random.uniform() - 1, 2 * random.uniform() - 1)
            let z = x * x - y + 0.05 * random.normal()
            return row < anomalies ? [x, y, z + (x < 0 ? 2 : -2)] : [x, y, z]
        }
        return (try Dataset(rows: values), (0..<rows).map { $0 < anomalies })
    }

    @Test(arguments: VariationalAutoencoder.Reconstruction.allCases)
    func findsWhatNoColumnShows(_ reconstruction: VariationalAutoencoder.Reconstruction) throws {
        let (data, truth) = try VariationalAutoencoderTests.bent(400, anomalies: 12)
        let detector = VariationalAutoencoder(
            latent: 2, beta: 0.01, reconstruction: reconstruction, score: CombinedScore(lambda: 0))
        let result = try detector.fitAndScore(data, context: FitContext(seed: 1))
        let area = try ROCAUC().number(of: Evaluation(scores: result.scores.values, truth: truth))
        #expect(area > 0.9, "\(area)")
        // A row's explanation adds up to R, but for the divergence, which is no column's.
        if reconstruction != .negativeELBO {
            let parts = try result.model.contributions(of: data, execution: Execution(threads: 1))
            for row in 0..<5 {
                #expect(abs(parts.row(row).reduce(0, +) - result.scores.values[row]) < 1e-9)
            }
        }
    }

    @Test func theNegativeEvidenceIsTheProbabilityAndTheDivergence() throws {
        let (data, _) = try VariationalAutoencoderTests.bent(60, anomalies: 0)
        func scores(_ reconstruction: VariationalAutoencoder.Reconstruction) throws -> [Double] {
            let detector = VariationalAutoencoder(
                latent: 2, reconstruction: reconstruction, training: VariationalAutoencoderTests.short,
                score: CombinedScore(lambda: 0))
            return try detector.fitAndScore(data, context: FitContext(seed: 1)).scores.values
        }
        let probability = try scores(.probability)
        let evidence = try scores(.negativeELBO)
        // The divergence is never negative, and seldom 0.
        #expect(zip(evidence, probability).allSatisfy { $0 > $1 })
    }

    @Test func warmUpAndBetaChangeTheModel() throws {
        let (data, _) = try VariationalAutoencoderTests.bent(100, anomalies: 0)
        func spread(_ beta: Double) throws -> Double {
            let model = try VariationalAutoencoder(
                latent: 2, beta: beta, warmUp: 0, training: VariationalAutoencoderTests.short
            ).fit(data, context: FitContext(seed: 1))
            let codes = try model.codes(of: data)
            return codes.values.reduce(0) { $0 + $1 * $1 }
        }
        // The divergence draws the codes together.
        #expect(try spread(10) < 0.5 * spread(0.001))
    }

    @Test func labelsChooseTheWeight() throws {
        // Labels that only the reconstruction knows.
        let (data, _) = try VariationalAutoencoderTests.bent(200, anomalies: 8)
        var detector = VariationalAutoencoder(latent: 2, beta: 0.01, score: CombinedScore(lambda: 0))
        let errors = try detector.fitAndScore(data, context: FitContext(seed: 1)).scores.values
        let median = errors.sorted()[100]
        let labels = errors.map { $0 > median ? Label.anomaly : .normal }
        detector.score = CombinedScore()
        let model = try detector.fit(data.replacing(labels: labels), context: FitContext(seed: 1))
        #expect(model.lambda < CombinedScore.defaultLambda)
        #expect(try detector.fit(data, context: FitContext(seed: 1)).lambda == CombinedScore.defaultLambda)
    }

    /// A table in a file is trained on batch by batch, with the same result; so is a fit that is interrupted.
    @Test(arguments: VariationalAutoencoder.Decoder.allCases)
    func tablesInFilesAndInterruptionsChangeNothing(_ decoder: VariationalAutoencoder.Decoder) throws {
        let data = SyntheticData.clusters(rows: 300).data
        let detector = VariationalAutoencoder(
            decoder: decoder, training: TrainingSettings(epochs: 60, dropout: 0.1, validationShare: 0.2))
        let scores = try detector.fitAndScore(data, context: FitContext(seed: 3)).scores.values
        let mapped = try detector.fitAndScore(MappedTable.copy(of: data), context: FitContext(seed: 3)).scores.values
        #expect(mapped == scores)
        let resumed = try Resuming.scores(of: detector, on: data, seed: 3)
        #expect(resumed.scores == scores)
        #expect(resumed.interruptions >= 3)
    }

    @Test(arguments: VariationalAutoencoder.Decoder.allCases)
    func takesWords(_ decoder: VariationalAutoencoder.Decoder) throws {
        let detector = VariationalAutoencoder(
            decoder: decoder, beta: 0.02, reconstruction: decoder == .gaussian ? .error : .probability, samples: 4,
            score: CombinedScore(lambda: 0))
        let failures = try MixedPromises.check(
            detector, registry: VariationalAutoencoderTests.registry(), areaFloor: 0.9, unknownFloor: 0.8)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test(arguments: VariationalAutoencoder.Decoder.allCases)
    func gradientsWithWords(_ decoder: VariationalAutoencoder.Decoder) throws {
        let (data, _) = try MixedTable.services(rows: 30, anomalies: 0, seed: 1)
        let columns = try NetworkColumns(of: data, scale: .standard, execution: Execution())
        var random = RandomSource(seed: 4)
        let encoder = Network.perceptron(
            inputs: columns.embeddedCount, embedding: columns.embedding, hidden: [7], outputs: 4, activation: .tanh,
            random: &random)
        let decoding = Network.perceptron(
            inputs: 2, hidden: [6], outputs: columns.layout.logitCount + (decoder == .gaussianWithVariance ? 4 : 2),
            activation: .tanh, random: &random)
        let model = VariationalTraining(
            encoder: encoder, decoder: decoding, layout: columns.layout, likelihood: decoder, beta: 0.7, warmUp: 0,
            optimizers: [Optimizer(learningRate: 1, for: encoder), Optimizer(learningRate: 1, for: decoding)],
            capacity: 9)
        let errors = try CompositeGradient(rows: 9, width: 4, words: [1: 5, 2: 6]).largestErrors(
            model, gradients: { $0.gradients }
        ) { model, batch in
            var losses = [0.0, 0, 0]
            try model.pass(batch, learns: true, losses: &losses)
            return losses[0]
        }
        #expect(errors.allSatisfy { $0 < 1e-2 }, "\(errors)")
    }

    @Test(arguments: VariationalAutoencoder.Decoder.allCases)
    func goesOnFromAnotherTable(_ decoder: VariationalAutoencoder.Decoder) throws {
        func detector(_ hidden: [Int]) -> VariationalAutoencoder {
            VariationalAutoencoder(
                hidden: hidden, decoder: decoder, reconstruction: decoder == .gaussian ? .error : .probability,
                samples: 2, score: CombinedScore(lambda: 0))
        }
        let failures = try FineTuningPromises.check(
            detector([]), parts: ["encoder", "decoder"], otherHidden: detector([5]))
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func badSettingsAreErrors() throws {
        let registry = try VariationalAutoencoderTests.registry()
        let (data, _) = try VariationalAutoencoderTests.bent(30, anomalies: 0)
        let bad: [(String, Value)] = [
            ("latent", 0), ("latent", 4), ("latent", -1), ("hidden", [0]), ("beta", -1), ("samples", 0),
            ("learning-rate", -0.1), ("batch-size", 0), ("epochs", 0),
            ("dropout", 1), ("weight-decay", -1), ("warm-up", -0.1), ("score", ["distance": "center"]),
            ("score", ["lambda": 2]), ("score", ["distance": "discriminator"]),
        ]
        for (name, value) in bad {
            do {
                let detector = try registry.detector(
                    Recipe(name: "vae", parameters: .object([Value.Entry(name, value)])))
                func fit(_ detector: some Detector) throws { _ = try detector.fit(data, context: FitContext()) }
                try fit(detector)
                Issue.record("\(name): \(value) is accepted")
            } catch let error as OutlierError {
                #expect(error.code == .invalidParameter, "\(name): \(value) gives \(error.code)")
            }
        }
    }

    @Test(arguments: VariationalAutoencoder.Decoder.allCases)
    func edgeCases(_ decoder: VariationalAutoencoder.Decoder) throws {
        let detector = VariationalAutoencoder(
            decoder: decoder, reconstruction: .negativeELBO, samples: 2,
            training: TrainingSettings(epochs: 3, batchSize: 1_000))
        let failures = try EdgeCases.check(detector)
        #expect(failures.isEmpty, "\(failures)")
    }
}
