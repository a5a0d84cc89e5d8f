import Foundation
import Neural
import OutlierCore
import Testing

/// Activations, losses and optimizers against PyTorch's.
@Suite struct TrainingFixtureTests {
    private struct Fixture: Decodable {
        struct DenseCase: Decodable {
            let activation: String
            let input, weight, bias, outputGradient, output, inputGradient, weightGradient, biasGradient: [Float]
        }
        struct LossCase: Decodable {
            let loss: String
            let prediction, target, gradient: [Float]
            let value: Double
        }
        struct NormalCase: Decodable {
            let mean, logVariance, meanGradient, logVarianceGradient: [Float]
            let target: [Float]?
            let value: Double
        }
        struct OptimizerCase: Decodable {
            let optimizer: String
            let begin, end: [Float]
            let gradients: [[Float]]
        }
        let dense: [DenseCase]
        let losses: [LossCase]
        let gaussian, divergence: NormalCase
        let optimizers: [OptimizerCase]
    }

    private static let fixture = Result {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/training.json")
        return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: path))
    }

    /// The largest difference, as a part of the largest number where that is above 1.
    private func difference(_ values: [Float], _ expected: [Float]) -> Float {
        guard values.count == expected.count else { return .infinity }
        let scale = expected.reduce(1) { max($0, abs($1)) }
        return zip(values, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
    }

    private func room(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
        let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
        buffer.initialize(repeating: 0)
        return buffer
    }

    @Test func denseLayers() throws {
        let activations: [String: Activation] = [
            "identity": .identity, "relu": .relu, "leaky-relu": .leakyReLU(slope: 0.2), "elu": .elu, "tanh": .tanh,
            "sigmoid": .sigmoid, "softplus": .softplus, "silu": .silu, "gelu": .gelu,
        ]
        let cases = try TrainingFixtureTests.fixture.get().dense
        #expect(cases.count == activations.count)
        for example in cases {
            let activation = try #require(activations[example.activation])
            var random = RandomSource(seed: 1)
            var network = Network(
                [("dense", Dense(inputs: 5, outputs: 19, activation: activation))], random: &random)
            network.parameters = example.weight + example.bias
            let tape = Tape(network, capacity: 4)
            var gradients = network.zeroGradients
            try example.input.withUnsafeBufferPointer { input in
                let input = try #require(input.baseAddress)
                try network.infer(input, rows: 4, tape: tape, execution: Execution(threads: 1))
                let output = Array(UnsafeBufferPointer(start: tape.output, count: 76))
                #expect(difference(output, example.output) < 2e-6, "\(example.activation)")
                for (index, value) in example.outputGradient.enumerated() { tape.outputGradient[index] = value }
                try network.backward(
                    tape, gradients: &gradients, inputGradient: true, execution: Execution(threads: 1))
            }
            let inputGradient = Array(UnsafeBufferPointer(start: tape.inputGradient, count: 20))
            #expect(difference(inputGradient, example.inputGradient) < 3e-6, "\(example.activation)")
            #expect(
                difference(gradients, example.weightGradient + example.biasGradient) < 3e-6, "\(example.activation)")
        }
    }

    @Test func losses() throws {
        let kinds: [String: Loss] = [
            "squared": .squared, "absolute": .absolute, "huber": .huber(delta: 0.7), "logistic": .logistic,
        ]
        let gradient = room(63)
        let rowLosses = room(3)
        defer {
            gradient.deallocate()
            rowLosses.deallocate()
        }
        for example in try TrainingFixtureTests.fixture.get().losses {
            let loss = try #require(kinds[example.loss])
            let value = loss.evaluate(
                example.prediction, example.target, rows: 3, width: 21,
                gradient: gradient.baseAddress, rowLosses: try #require(rowLosses.baseAddress))
            #expect(abs(value - example.value) < 1e-6 * max(1, example.value), "\(example.loss)")
            #expect(difference(Array(gradient), example.gradient) < 1e-6, "\(example.loss)")
        }
    }

    @Test func likelihoods() throws {
        let fixture = try TrainingFixtureTests.fixture.get()
        let first = room(54)
        let second = room(54)
        let rowLosses = room(3)
        defer { for buffer in [first, second, rowLosses] { buffer.deallocate() } }
        let rows = try #require(rowLosses.baseAddress)
        let gaussian = fixture.gaussian
        var value = Likelihood.gaussian(
            means: gaussian.mean, logVariances: gaussian.logVariance, targets: try #require(gaussian.target), rows: 3,
            width: 18, meanGradient: first.baseAddress, logVarianceGradient: second.baseAddress, rowLosses: rows)
        #expect(abs(value - gaussian.value) < 1e-6 * gaussian.value)
        #expect(difference(Array(first), gaussian.meanGradient) < 1e-6)
        #expect(difference(Array(second), gaussian.logVarianceGradient) < 1e-6)
        first.update(repeating: 0)
        second.update(repeating: 0)
        let divergence = fixture.divergence
        value = Likelihood.divergenceFromNormal(
            means: divergence.mean, logVariances: divergence.logVariance, rows: 3, width: 18,
            meanGradient: first.baseAddress, logVarianceGradient: second.baseAddress, rowLosses: rows)
        #expect(abs(value - divergence.value) < 1e-6 * divergence.value)
        #expect(difference(Array(first), divergence.meanGradient) < 1e-6)
        #expect(difference(Array(second), divergence.logVarianceGradient) < 1e-6)
    }

    /// Keras's rule by hand: v = 0.9 v + 0.1 g², w −= rate · g / (√v + ε), from v = 0.
    @Test func rmspropIsNotCorrected() throws {
        var random = RandomSource(seed: 1)
        var network = Network([("dense", Dense(inputs: 1, outputs: 4, bias: false))], random: &random)
        var optimizer = Optimizer(.rmsprop(), learningRate: 0.01, for: network)
        var wanted = network.parameters.map(Double.init)
        var squares = [Double](repeating: 0, count: 4)
        for step in 0..<7 {
            var gradients = (0..<4).map { Float($0 - 2) * 0.3 + Float(step) * 0.1 + 0.05 }
            for place in 0..<4 {
                let gradient = Double(gradients[place])
                squares[place] = 0.9 * squares[place] + 0.1 * gradient * gradient
                wanted[place] -= 0.01 * gradient / (squares[place].squareRoot() + 1e-7)
            }
            optimizer.step(&network, gradients: &gradients)
            if step == 0 {
                // The first step is √10 times the rate, where a corrected one would be the rate.
                #expect(abs(abs(Double(network.parameters[3]) - wanted[3])) < 1e-6)
            }
        }
        for (value, right) in zip(network.parameters, wanted) { #expect(abs(Double(value) - right) < 1e-5) }
    }

    @Test func optimizers() throws {
        let rules: [String: (Optimizer.Rule, Double)] = [
            "descent": (.descent(), 0.05), "momentum": (.descent(momentum: 0.9, penalty: 0.01), 0.05),
            "adam": (.adam, 0.01),
            "adam-penalty": (.adam(firstDecay: 0.8, secondDecay: 0.99, epsilon: 1e-6, penalty: 0.1), 0.01),
            "adamw": (.adamW(decay: 0.1), 0.01),
        ]
        for example in try TrainingFixtureTests.fixture.get().optimizers {
            let (rule, rate) = try #require(rules[example.optimizer])
            var random = RandomSource(seed: 1)
            var network = Network([("dense", Dense(inputs: 1, outputs: 23, bias: false))], random: &random)
            network.parameters = example.begin
            var optimizer = Optimizer(rule, learningRate: rate, for: network)
            for gradients in example.gradients {
                var gradients = gradients
                optimizer.step(&network, gradients: &gradients)
                #expect(gradients.allSatisfy { $0 == 0 })
            }
            #expect(difference(network.parameters, example.end) < 2e-6, "\(example.optimizer)")
        }
    }

    @Test func frozenLayersStay() throws {
        var random = RandomSource(seed: 1)
        var network = Network(
            [
                ("first", Dense(inputs: 3, outputs: 4)), ("second", Dense(inputs: 4, outputs: 4)),
                ("third", Dense(inputs: 4, outputs: 2)),
            ], random: &random)
        network.freeze { $0 == "second" }
        let before = network.parameters
        var optimizer = Optimizer(learningRate: 0.1, for: network)
        var gradients = [Float](repeating: 1, count: before.count)
        optimizer.step(&network, gradients: &gradients)
        let frozen = network.entries[1].parameters
        for index in before.indices {
            #expect((network.parameters[index] == before[index]) == frozen.contains(index))
        }
        #expect(gradients.allSatisfy { $0 == 0 })
    }

    @Test func clippingBoundsTheNorm() {
        #expect(GradientClipping.scale([3, 0], [4], bound: 10) == 1)
        #expect(abs(GradientClipping.scale([3, 0], [4], bound: 1) - 0.2) < 1e-7)
    }

    @Test func schedules() {
        func factors(_ schedule: LearningRateSchedule) -> [Double] {
            (0..<6).map { schedule.factor(step: $0, stepsPerEpoch: 2, totalSteps: 6) }
        }
        #expect(factors(.constant) == [1, 1, 1, 1, 1, 1])
        #expect(factors(.exponential(factor: 0.5)) == [1, 1, 0.5, 0.5, 0.25, 0.25])
        #expect(factors(.stepped(epochs: 2, factor: 0.1)) == [1, 1, 1, 1, 0.1, 0.1])
        let cosine = factors(.cosine(floor: 0))
        #expect(cosine[0] == 1 && abs(cosine[3] - 0.5) < 1e-12 && cosine[5] < 0.1)
        #expect(factors(.warmUp(steps: 2, then: .constant)) == [0.5, 1, 1, 1, 1, 1])
    }

    @Test func randomNumbersAreWhatTheySay() {
        let random = CounterRandom(seed: 3, step: 1)
        let values = room(40_000)
        defer { values.deallocate() }
        random.fillNormal(values)
        let mean = values.reduce(0) { $0 + Double($1) } / 40_000
        let variance = values.reduce(0) { $0 + Double($1) * Double($1) } / 40_000
        let beyondTwo = Double(values.count { abs($0) > 2 }) / 40_000
        #expect(abs(mean) < 0.02 && abs(variance - 1) < 0.03 && abs(beyondTwo - 0.0455) < 0.005)
        // Any part of the sequence can be drawn by itself.
        let part = room(100)
        defer { part.deallocate() }
        random.fillNormal(part, first: 777)
        #expect(Array(part) == Array(values[777..<877]))
        random.fillUniform(values)
        let average = values.reduce(0) { $0 + Double($1) } / 40_000
        #expect(abs(average - 0.5) < 0.01)
    }
}
