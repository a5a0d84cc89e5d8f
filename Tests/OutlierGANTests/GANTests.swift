import Foundation
import Neural
import NeuralTesting
import OutlierCore
import OutlierGAN
import OutlierTesting
import Testing

func ganRegistry() throws -> Registry {
    var registry = Registry()
    try registry.register(CorePlugin.self)
    try registry.register(GANPlugin.self)
    return registry
}

@Suite struct GANTests {
    static let names = ["ganomaly", "alad", "anogan", "f-anogan"]

    static func detector(_ name: String, _ parameters: [Value.Entry] = []) throws -> any Detector {
        try ganRegistry().detector(Recipe(name: name, parameters: .object(parameters)))
    }

    @Test(arguments: names)
    func keepsItsPromises(_ name: String) throws {
        var parameters = [Value.Entry("epochs", 30), Value.Entry("hidden", [24, 12])]
        if name == "anogan" { parameters.append(Value.Entry("search-steps", 15)) }
        func check(_ detector: some Detector) throws -> [String] {
            DetectorConformance.check(detector, registry: try ganRegistry(), rocAUCFloor: 0.8)
        }
        let failures = try check(GANTests.detector(name, parameters))
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test(arguments: names)
    func takesTheDistanceOfTheDiscriminator(_ name: String) throws {
        let (data, truth) = SyntheticData.clusters(rows: 200)
        func check(_ detector: some Detector) throws {
            let result = try detector.fitAndScore(data, context: FitContext(seed: 1))
            let again = try result.model.scores(of: data).values
            // No neighbours are involved: training rows score as new rows do.
            #expect(again == result.scores.values)
            let area = try ROCAUC().number(of: Evaluation(scores: result.scores.values, truth: truth))
            #expect(area > 0.7, "\(area)")
        }
        try check(
            GANTests.detector(
                name,
                [
                    Value.Entry("score", ["distance": "discriminator"]), Value.Entry("epochs", 40),
                    Value.Entry("hidden", [24, 12]),
                ]))
    }

    /// A table in a file is trained on batch by batch, with the same result; so is a fit that is interrupted.
    @Test(arguments: names)
    func tablesInFilesAndInterruptionsChangeNothing(_ name: String) throws {
        let data = SyntheticData.clusters(rows: 200).data
        func check(_ detector: some Detector) throws {
            let scores = try detector.fitAndScore(data, context: FitContext(seed: 3)).scores.values
            let mapped = try detector.fitAndScore(MappedTable.copy(of: data), context: FitContext(seed: 3)).scores
                .values
            #expect(mapped == scores)
            let resumed = try Resuming.scores(of: detector, on: data, seed: 3)
            #expect(resumed.scores == scores)
            #expect(resumed.interruptions >= 3)
        }
        var parameters = [Value.Entry("epochs", 60), Value.Entry("dropout", 0.1)]
        if name == "anogan" { parameters.append(Value.Entry("search-steps", 10)) }
        try check(GANTests.detector(name, parameters))
    }

    /// What can be frozen.
    static func parts(of name: String) -> [String] {
        switch name {
        case "f-anogan": ["generator", "discriminator", "encoder"]
        case "ganomaly": ["generator", "discriminator", "encoder", "recoder"]
        case "alad": ["generator", "discriminator", "encoder", "joint", "codes"]
        default: ["generator", "discriminator"]
        }
    }

    @Test(arguments: names)
    func goesOnFromAnotherTable(_ name: String) throws {
        func check<D: AdversarialDetector>(_ detector: D) throws {
            var detector = detector
            detector.score = CombinedScore(lambda: 0)
            detector.training.epochs = 12
            var other = detector
            other.hidden = [7]
            let failures = try FineTuningPromises.check(
                detector, parts: GANTests.parts(of: name), otherHidden: other)
            #expect(failures.isEmpty, "\(failures)")
        }
        let parameters = name == "anogan" ? [Value.Entry("search-steps", 10)] : []
        let detector = try GANTests.detector(name, parameters)
        let adversarial = try #require(detector as? any AdversarialDetector)
        try check(adversarial)
    }

    @Test(arguments: names)
    func edgeCases(_ name: String) throws {
        var parameters = [Value.Entry("epochs", 3), Value.Entry("batch-size", 1_000)]
        if name == "anogan" { parameters.append(Value.Entry("search-steps", 5)) }
        let detector = try GANTests.detector(name, parameters)
        let failures = try EdgeCases.check(detector)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test(arguments: names)
    func badSettingsAreErrors(_ name: String) throws {
        let data = SyntheticData.clusters(rows: 40).data
        let bad: [(String, Value)] = [
            ("latent", 0), ("latent", 5), ("hidden", [0]), ("learning-rate", 0),
            ("learning-rate", -1), ("latent", -1), ("epochs", 0), ("batch-size", -1), ("batch-size", 0), ("dropout", 1),
            ("validation-share", -0.1), ("weight-decay", -1), ("score", ["distance": "center"]),
            ("score", ["lambda": -0.5]), ("score", ["neighbors": 0]),
        ]
        for (parameter, value) in bad {
            do {
                func fit(_ detector: some Detector) throws { _ = try detector.fit(data, context: FitContext()) }
                try fit(GANTests.detector(name, [Value.Entry(parameter, value)]))
                Issue.record("\(parameter): \(value) is accepted")
            } catch let error as OutlierError {
                #expect(error.code == .invalidParameter, "\(parameter): \(value) gives \(error.code)")
            }
        }
    }

    @Test func aCollapsedGeneratorIsTold() throws {
        let data = SyntheticData.clusters(rows: 120).data
        // One step of a discriminator teaches the generator nothing: its rows hardly differ.
        let untrained = try AnoGAN(
            latent: 1, hidden: [4, 2], searchSteps: 1, training: TrainingSettings(epochs: 1, learningRate: 1e-6)
        ).fit(data, context: FitContext(seed: 3))
        let trained = try GANomaly(training: TrainingSettings(epochs: 30)).fit(data, context: FitContext(seed: 3))
        #expect(untrained.generatedSpread < trained.generatedSpread)
        #expect(!trained.hasCollapsed)
    }
}

@Suite struct GANGradientTests {
    static func networks(_ random: inout RandomSource) -> (encoder: Network, generator: Network, recoder: Network) {
        (
            Network.perceptron(inputs: 3, hidden: [5], outputs: 2, activation: .tanh, random: &random),
            Network.perceptron(inputs: 2, hidden: [5], outputs: 3, activation: .tanh, random: &random),
            Network.perceptron(inputs: 3, hidden: [4], outputs: 2, activation: .tanh, random: &random)
        )
    }

    static func optimizer(_ network: Network) -> Optimizer { Optimizer(learningRate: 1e-3, for: network) }

    static func discriminator(_ inputs: Int, spectral: Bool = false, _ random: inout RandomSource) -> Discriminator {
        Discriminator(
            inputs: inputs, hidden: [6, 4], optimizer: optimizer, spectralNormalization: spectral, capacity: 8,
            random: &random)
    }

    private static func ganomalyTraining() -> GANomalyTraining {
        var random = RandomSource(seed: 3)
        let (encoder, decoder, recoder) = networks(&random)
        return GANomalyTraining(
            encoder: encoder, decoder: decoder, recoder: recoder, discriminator: discriminator(3, &random),
            weights: GANomalyTraining.Weights(adversarial: 3, contextual: 2, encoder: 1.5),
            comparison: RowComparison(numbers: 3, .absolute), optimizer: optimizer, capacity: 8)
    }

    private static func aladTraining(spectral: Bool) -> ALADTraining {
        var random = RandomSource(seed: 5)
        let (encoder, generator, _) = networks(&random)
        return ALADTraining(
            encoder: encoder, generator: generator, joint: discriminator(5, spectral: spectral, &random),
            rowPairs: discriminator(6, spectral: spectral, &random),
            codePairs: discriminator(4, spectral: spectral, &random), contextual: 0.5,
            comparison: RowComparison(numbers: 3, .absolute), optimizer: optimizer, capacity: 8)
    }

    private static func inversionTraining() -> InversionTraining {
        var random = RandomSource(seed: 7)
        let (encoder, generator, features) = networks(&random)
        return InversionTraining(
            encoder: encoder, generator: generator, features: features, featureWeight: 2,
            comparison: RowComparison(numbers: 3, .squared), optimizer: optimizer(encoder), capacity: 8)
    }

    @Test func ganomaly() throws {
        let errors = try CompositeGradient(rows: 8, width: 3).largestErrors(
            GANGradientTests.ganomalyTraining(), step: 1e-3, gradients: { $0.gradients }
        ) { try $0.generatorPass($1, learns: true) }
        #expect(errors.allSatisfy { $0 < 2e-2 }, "\(errors)")
    }

    @Test(arguments: [false, true])
    func alad(_ spectral: Bool) throws {
        let errors = try CompositeGradient(rows: 8, width: 3).largestErrors(
            GANGradientTests.aladTraining(spectral: spectral), step: 1e-3, gradients: { $0.gradients }
        ) { try $0.generatorPass($1) }
        #expect(errors.allSatisfy { $0 < 2e-2 }, "\(errors)")
    }

    @Test func inversion() throws {
        let errors = try CompositeGradient(rows: 8, width: 3).largestErrors(
            GANGradientTests.inversionTraining(), step: 1e-3, gradients: { [$0.gradients] }
        ) { try $0.pass($1, learns: true) }
        #expect(errors.allSatisfy { $0 < 1e-2 }, "\(errors)")
    }

    @Test(.enabled(if: StepAllocations.areCounted)) func aStepAllocatesNothing() throws {
        func count(_ model: some Trainable) throws -> Int {
            var model = model
            return try StepAllocations.count(of: &model, rows: 8, width: 3)
        }
        #expect(try count(GANGradientTests.ganomalyTraining()) == 0)
        for spectral in [false, true] { #expect(try count(GANGradientTests.aladTraining(spectral: spectral)) == 0) }
        #expect(try count(GANGradientTests.inversionTraining()) == 0)
        var random = RandomSource(seed: 9)
        let (_, generator, _) = GANGradientTests.networks(&random)
        let plain = AdversarialTraining(
            generator: generator, discriminator: GANGradientTests.discriminator(3, &random),
            optimizer: GANGradientTests.optimizer, capacity: 8)
        #expect(try count(plain) == 0)
        let activation = Activation.leakyReLU(slope: 0.2)
        let body = Network.perceptron(
            inputs: 3, hidden: [6], outputs: 4, activation: activation, output: activation, random: &random)
        let head = Network.perceptron(inputs: 4, hidden: [], outputs: 1, activation: .identity, random: &random)
        let wasserstein = try WassersteinTraining(
            generator: generator, body: body, head: head, penaltyWeight: 10, criticSteps: 2,
            optimizers: [generator, body, head].map(GANGradientTests.optimizer), capacity: 8)
        #expect(try count(wasserstein) == 0)
    }

    /// A critic of two hidden layers, in double precision, without any of the library's code.
    struct PlainCritic {
        var weights: [[[Double]]]
        var biases: [[Double]]

        /// ‖∇ₓ D(x)‖.
        func gradientLength(_ x: [Double]) -> Double {
            var slopes: [[Double]] = []
            var current = x
            for (layer, weight) in weights.enumerated() {
                var sums = biases[layer]
                for (input, value) in current.enumerated() {
                    for output in sums.indices { sums[output] += value * weight[input][output] }
                }
                let isLast = layer == weights.count - 1
                slopes.append(sums.map { isLast || $0 > 0 ? 1 : 0.2 })
                current = zip(sums, slopes[layer]).map { $0 * $1 }
            }
            var gradient = [1.0]
            for layer in weights.indices.reversed() {
                let local = zip(gradient, slopes[layer]).map { $0 * $1 }
                gradient = weights[layer].map { row in zip(row, local).reduce(0) { $0 + $1.0 * $1.1 } }
            }
            return gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
    }

    @Test func theGradientPenaltyEqualsDoublePrecisionDifferences() throws {
        var random = RandomSource(seed: 9)
        let body = Network.perceptron(
            inputs: 3, hidden: [7], outputs: 5, activation: .leakyReLU(slope: 0.2), output: .leakyReLU(slope: 0.2),
            random: &random)
        let head = Network.perceptron(inputs: 5, hidden: [], outputs: 1, activation: .identity, random: &random)
        let rows = 6
        let input = (0..<rows * 3).map { _ in Float(random.normal()) }
        var bodyGradients = body.zeroGradients
        var headGradients = head.zeroGradients
        let value = try input.withUnsafeBufferPointer {
            try GradientPenalty(body: body, head: head, capacity: rows).add(
                $0.baseAddress!, rows: rows, body: body, head: head, weight: 10, bodyGradients: &bodyGradients,
                headGradients: &headGradients)
        }
        // A network's parameters are each layer's weight, inputs × outputs, and then its bias.
        func critic(_ all: [Double]) -> PlainCritic {
            var start = 0
            func take(_ count: Int) -> [Double] {
                defer { start += count }
                return Array(all[start..<start + count])
            }
            var critic = PlainCritic(weights: [], biases: [])
            for (inputs, outputs) in [(3, 7), (7, 5), (5, 1)] {
                critic.weights.append((0..<inputs).map { _ in take(outputs) })
                critic.biases.append(take(outputs))
            }
            return critic
        }
        func penalty(_ all: [Double]) -> Double {
            let critic = critic(all)
            return (0..<rows).reduce(0) { sum, row in
                let excess = critic.gradientLength((0..<3).map { Double(input[row * 3 + $0]) }) - 1
                return sum + excess * excess / Double(rows)
            }
        }
        let all = (body.parameters + head.parameters).map(Double.init)
        let exact = (bodyGradients + headGradients).map(Double.init)
        #expect(abs(penalty(all) - value) < 1e-5)
        let scale = exact.reduce(0) { max($0, abs($1)) }
        for index in all.indices {
            var (up, down) = (all, all)
            up[index] += 1e-6
            down[index] -= 1e-6
            let difference = 10 * (penalty(up) - penalty(down)) / 2e-6
            #expect(abs(difference - exact[index]) < 1e-4 * scale, "\(index): \(difference), \(exact[index])")
        }
    }

    @Test func spectralNormalizationBoundsTheWeights() throws {
        var random = RandomSource(seed: 2)
        let network = Network([("only", Dense(inputs: 4, outputs: 3, bias: false))], random: &random)
        var spectral = SpectralNormalization(network)
        for _ in 0..<100 { spectral.refresh(from: network) }
        let weight = try Matrix(rowCount: 4, columnCount: 3, values: spectral.normalized.parameters.map(Double.init))
        // ‖W z‖ ≤ ‖z‖ for all z, with equality for one.
        var most = 0.0
        for _ in 0..<5_000 {
            let z = (0..<4).map { _ in random.normal() }
            let image = (0..<3).map { column in (0..<4).reduce(0) { $0 + z[$1] * weight[$1, column] } }
            let ratio = image.reduce(0) { $0 + $1 * $1 } / z.reduce(0) { $0 + $1 * $1 }
            most = max(most, ratio.squareRoot())
        }
        #expect(most <= 1 + 1e-5 && most > 0.9, "\(most)")
    }
}
