import Neural
import NeuralTesting
import OutlierCore
import OutlierGAN
import Testing

/// Tables of numbers and words.
@Suite struct MixedGANTests {
    private static func detector(_ name: String) throws -> any AdversarialDetector {
        var parameters = [Value.Entry("epochs", 60), Value.Entry("batch-size", 32)]
        if name == "anogan" { parameters.append(Value.Entry("search-steps", 60)) }
        return try #require(GANTests.detector(name, parameters) as? any AdversarialDetector)
    }

    @Test(arguments: GANTests.names)
    func promises(_ name: String) throws {
        func check<D: AdversarialDetector>(_ detector: D) throws -> [String] {
            try MixedPromises.check(detector, registry: ganRegistry(), areaFloor: 0.85, unknownFloor: 0.8)
        }
        let failures = try check(MixedGANTests.detector(name))
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test(arguments: GANTests.names)
    func filesAndInterruptionsChangeNothing(_ name: String) throws {
        let (data, _) = try MixedTable.services(rows: 120, anomalies: 4, seed: 4)
        func check<D: AdversarialDetector>(_ detector: D) throws {
            var detector = detector
            detector.training.epochs = 20
            let scores = try detector.fitAndScore(data, context: FitContext(seed: 3)).scores.values
            let resumed = try Resuming.scores(of: detector, on: data, seed: 3)
            #expect(resumed.scores == scores)
            #expect(resumed.interruptions >= 3)
        }
        try check(MixedGANTests.detector(name))
    }

    /// A wrong port shows in the port or in the service that it contradicts, and the parts add up to R.
    @Test func contributionsIncludeTheWords() throws {
        let (data, _) = try MixedTable.services(rows: 400, anomalies: 8, seed: 4)
        let detector = GANomaly(training: TrainingSettings(epochs: 60), score: CombinedScore(lambda: 0))
        let fit = try detector.fitAndScore(data, context: FitContext(seed: 1))
        let (model, scores) = (fit.model, fit.scores.values)
        let parts = try model.contributions(of: data, execution: Execution())
        #expect(parts.columnCount == 4)
        for row in 0..<data.rowCount {
            #expect(abs(parts.row(row).reduce(0, +) - scores[row]) <= 1e-9 * max(1, scores[row]))
        }
        func words(_ rows: Range<Int>) -> Double {
            rows.reduce(0) { $0 + parts[$1, 1] + parts[$1, 2] } / Double(rows.count)
        }
        #expect(words(0..<8) > 3 * words(8..<400), "\(words(0..<8)), \(words(8..<400))")
    }

    /// A fit that goes on finds words by what they are, not by their codes, and has room for new ones.
    @Test(arguments: GANTests.names)
    func wordsAreFoundByName(_ name: String) throws {
        func check<D: AdversarialDetector>(_ detector: D) throws {
            var detector = detector
            detector.score = CombinedScore(lambda: 0)
            detector.training.epochs = 10
            let context = FitContext(seed: 5)
            let first = try detector.fit(MixedTable.services(rows: 300, anomalies: 0, seed: 4).data, context: context)
            let (data, _) = try MixedTable.services(rows: 60, anomalies: 3, seed: 5)
            let expected = try first.scores(of: data).values
            let frozen = FineTuning(freeze: GANTests.parts(of: name), epochs: 1)
            let reversed = try MixedTable.withReversedWords(data)
            let same = try detector.fitAndScore(
                reversed, startingFrom: first, settings: frozen, context: context
            ).model
            for (given, expected) in zip(try same.scores(of: reversed).values, expected) {
                #expect(abs(given - expected) <= 1e-3 * max(1, expected))
            }
            let (more, _) = try MixedTable.services(rows: 60, anomalies: 3, seed: 5, extraWord: true)
            let fit = try detector.fitAndScore(
                more, startingFrom: first, settings: FineTuning(epochs: 2), context: context)
            let (wider, scores) = (fit.model, fit.scores.values)
            #expect(scores.allSatisfy { $0.isFinite })
            #expect(try wider.scores(of: MixedTable.withUnknownWord(more, column: 1)).allSatisfy { $0.isFinite })
        }
        try check(MixedGANTests.detector(name))
    }

    @Test func theRegistrySaysThatTheyTakeWords() throws {
        for name in GANTests.names {
            #expect(try GANTests.detector(name).takes.contains(.categories))
        }
    }

    // MARK: - The parts

    /// Two numbers and a category of three slots.
    private static let layout = RowLayout(width: 3, groups: [RowLayout.Group(column: 1, slots: 3)])

    @Test func wordsCostTheirImprobability() {
        let comparison = RowComparison(MixedGANTests.layout, .absolute)
        let row: [Float] = [1, -1, 0, 1, 0]
        let made: [Float] = [0.5, -1, 0.25, 0.5, 0.25]
        var gradient = [Float](repeating: 0, count: 5)
        let sum = gradient.withUnsafeMutableBufferPointer {
            comparison.add(made, row, count: 1, weight: 6, divisor: 3, gradient: $0.baseAddress)
        }
        #expect(abs(sum - (0.5 + 0.693_147_18)) < 1e-6)
        #expect(gradient == [-2, 0, 0, -4, 0])
    }

    private func networks(
        _ random: inout RandomSource
    ) throws -> (encoder: Network, generator: Network, recoder: Network) {
        let softmax = try #require(CategorySoftmax(numbers: 2, slots: [3]))
        return (
            Network.perceptron(inputs: 5, hidden: [5], outputs: 2, activation: .tanh, random: &random),
            Network.perceptron(
                inputs: 2, hidden: [5], outputs: 5, activation: .tanh, softmax: softmax, random: &random),
            Network.perceptron(inputs: 5, hidden: [4], outputs: 2, activation: .tanh, random: &random)
        )
    }

    /// Slots that are 0 or 1, as in one-hot rows.
    private static let slots = [2: 2, 3: 2, 4: 2]

    @Test func gradientsOfGANomaly() throws {
        var random = RandomSource(seed: 3)
        let (encoder, decoder, recoder) = try networks(&random)
        let model = GANomalyTraining(
            encoder: encoder, decoder: decoder, recoder: recoder,
            discriminator: GANGradientTests.discriminator(5, &random),
            weights: GANomalyTraining.Weights(adversarial: 3, contextual: 2, encoder: 1.5),
            comparison: RowComparison(MixedGANTests.layout, .absolute), optimizer: GANGradientTests.optimizer,
            capacity: 8)
        let errors = try CompositeGradient(rows: 8, width: 5, words: MixedGANTests.slots).largestErrors(
            model, step: 1e-3, gradients: { $0.gradients }
        ) { try $0.generatorPass($1, learns: true) }
        #expect(errors.allSatisfy { $0 < 2e-2 }, "\(errors)")
    }

    @Test func gradientsOfALAD() throws {
        var random = RandomSource(seed: 5)
        let (encoder, generator, _) = try networks(&random)
        let model = ALADTraining(
            encoder: encoder, generator: generator, joint: GANGradientTests.discriminator(7, &random),
            rowPairs: GANGradientTests.discriminator(10, &random),
            codePairs: GANGradientTests.discriminator(4, &random), contextual: 0.5,
            comparison: RowComparison(MixedGANTests.layout, .absolute), optimizer: GANGradientTests.optimizer,
            capacity: 8)
        let errors = try CompositeGradient(rows: 8, width: 5, words: MixedGANTests.slots).largestErrors(
            model, step: 1e-3, gradients: { $0.gradients }
        ) { try $0.generatorPass($1) }
        #expect(errors.allSatisfy { $0 < 2e-2 }, "\(errors)")
    }

    @Test func gradientsOfTheInversion() throws {
        var random = RandomSource(seed: 7)
        let (encoder, generator, features) = try networks(&random)
        let model = InversionTraining(
            encoder: encoder, generator: generator, features: features, featureWeight: 2,
            comparison: RowComparison(MixedGANTests.layout, .squared),
            optimizer: GANGradientTests.optimizer(encoder), capacity: 8)
        let errors = try CompositeGradient(rows: 8, width: 5, words: MixedGANTests.slots).largestErrors(
            model, step: 1e-3, gradients: { [$0.gradients] }
        ) { try $0.pass($1, learns: true) }
        #expect(errors.allSatisfy { $0 < 1e-2 }, "\(errors)")
    }
}
