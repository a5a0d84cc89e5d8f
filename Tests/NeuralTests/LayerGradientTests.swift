import Foundation
import Neural
import OutlierCore
import Testing

/// Gradients of composed layers against finite differences, and what holds for all layers.
@Suite struct LayerGradientTests {
    static func image() throws -> [(name: String, layer: any Layer)] {
        [
            (
                "convolution",
                try #require(
                    Convolution(
                        channels: 2, height: 6, width: 5, filters: 3, kernel: 3, stride: 2, padding: 1,
                        activation: .silu))
            ),
            ("normalization", BatchNormalization(Shape(3, 3, 3))),
            (
                "transposed",
                try #require(
                    TransposedConvolution(
                        channels: 3, height: 3, width: 3, filters: 2, kernel: 3, stride: 2, padding: 1,
                        activation: .tanh))
            ),
        ]
    }

    static func series(_ sequences: Bool) throws -> [(name: String, layer: any Layer)] {
        [
            (
                "convolution",
                try #require(Convolution(channels: 3, length: 8, filters: 4, kernel: 3, padding: 2, dilation: 2))
            ),
            ("first", LSTM(steps: 4, features: 8, units: 5, returnsSequences: true)),
            ("norm", LayerNormalization(Shape(4, 5))),
            ("second", GRU(steps: 4, features: 5, units: 6, returnsSequences: sequences)),
        ]
    }

    private func check(_ layers: [(name: String, layer: any Layer)], rows: Int, mode: PassMode = .inference) throws {
        var random = RandomSource(seed: 4)
        let network = Network(layers, random: &random)
        let error = try GradientCheck(network, rows: rows, mode: mode).largestError(step: 3e-3)
        #expect(error.parameters < 5e-3, "parameters: \(error.parameters)")
        #expect(error.input < 5e-3, "input: \(error.input)")
    }

    @Test func imagesInScoring() throws { try check(LayerGradientTests.image(), rows: 3) }

    @Test func imagesInTraining() throws {
        try check(LayerGradientTests.image(), rows: 5, mode: .training(CounterRandom(seed: 1, step: 2)))
    }

    @Test(arguments: [true, false]) func series(_ sequences: Bool) throws {
        try check(LayerGradientTests.series(sequences), rows: 4)
    }

    @Test func oneStepIsEnough() throws {
        try check([("lstm", LSTM(steps: 1, features: 2, units: 3, returnsSequences: false))], rows: 2)
        try check([("gru", GRU(steps: 1, features: 2, units: 3, returnsSequences: true))], rows: 2)
    }

    static func words() throws -> [(name: String, layer: any Layer)] {
        [
            ("dense", Dense(inputs: 4, outputs: 7, activation: .identity)),
            ("softmax", try #require(CategorySoftmax(numbers: 2, slots: [3, 2]))),
        ]
    }

    @Test func probabilitiesOfWords() throws {
        try check(LayerGradientTests.words(), rows: 5)
        let layer = try #require(CategorySoftmax(numbers: 1, slots: [2, 1]))
        var random = RandomSource(seed: 4)
        let network = Network([("softmax", layer)], random: &random)
        let output = try network.outputs([7, 0, log(3), -200, -9, 90, -90, 5], execution: Execution(threads: 1))
        for (given, expected) in zip(output, [7, 0.25, 0.75, 1, -9, 1, 0, 1] as [Float]) {
            #expect(abs(given - expected) < 1e-6)
        }
        #expect(CategorySoftmax(numbers: 1, slots: [0]) == nil)
        #expect(CategorySoftmax(numbers: -1, slots: [2]) == nil)
    }

    /// Shards, threads and the other rows of a batch change nothing, to the bit.
    @Test func rowsAreScoredByThemselves() throws {
        for layers in [
            try LayerGradientTests.image(), try LayerGradientTests.series(true), try LayerGradientTests.series(false),
            try LayerGradientTests.words(),
        ] {
            var random = RandomSource(seed: 4)
            let network = Network(layers, random: &random)
            let rows = 700
            let input = (0..<rows * network.inputCount).map { _ in Float(random.normal()) }
            let all = try network.outputs(input, execution: Execution(threads: 1))
            #expect(try network.outputs(input, execution: Execution(threads: 3)) == all)
            let part = Array(input[(13 * network.inputCount)..<(20 * network.inputCount)])
            let some = try network.outputs(part, execution: Execution(threads: 1))
            #expect(some == Array(all[(13 * network.outputCount)..<(20 * network.outputCount)]))
        }
    }

    @Test func gradientsDoNotDependOnThreads() throws {
        var random = RandomSource(seed: 4)
        let network = Network(
            [
                ("first", LSTM(steps: 30, features: 4, units: 32, returnsSequences: true)),
                ("second", GRU(steps: 30, features: 32, units: 16, returnsSequences: false)),
            ], random: &random)
        let check = GradientCheck(network, rows: 101)
        let one = try check.gradients(threads: 1)
        let three = try check.gradients(threads: 3)
        #expect(one.parameters == three.parameters)
        #expect(one.input == three.input)
    }

    @Test func modelsOfAllLayersAreSavedAndLoaded() throws {
        for layers in [
            try LayerGradientTests.image(), try LayerGradientTests.series(false), try LayerGradientTests.words(),
        ] {
            var random = RandomSource(seed: 4)
            var network = Network(layers, random: &random)
            for index in network.state.indices { network.state[index] += 0.25 }
            var archive = ModelArchive()
            try network.encode(to: &archive)
            let loaded = try Network(from: archive, registry: Registry())
            let input = (0..<3 * network.inputCount).map { _ in Float(random.normal()) }
            let execution = Execution(threads: 1)
            #expect(try loaded.outputs(input, execution: execution) == network.outputs(input, execution: execution))
        }
    }

    @Test func embeddingsReplaceWordsAndLetNumbersThrough() throws {
        let layer = try #require(
            CategoryEmbedding(
                columns: 3,
                categories: [
                    CategoryEmbedding.Category(column: 0, levels: 2, dimension: 2),
                    CategoryEmbedding.Category(column: 2, levels: 1, dimension: 1),
                ]))
        var random = RandomSource(seed: 4)
        var network = Network([("embedding", layer)], random: &random)
        network.parameters = [10, 11, 20, 21, 90, 91, 5, 95]
        let output = try network.outputs([1, 7, 0, 0, 8, 3, .nan, 9, -1], execution: Execution(threads: 1))
        #expect(output == [7, 20, 21, 5, 8, 10, 11, 95, 9, 90, 91, 95])
        let absent = CategoryEmbedding.Category(column: 1, levels: 2, dimension: 2)
        #expect(CategoryEmbedding(columns: 1, categories: [absent]) == nil)
    }

    @Test func impossibleSizesAreRefused() {
        #expect(Convolution(channels: 1, height: 2, width: 2, filters: 1, kernel: 3) == nil)
        #expect(Convolution(channels: 1, length: 4, filters: 0, kernel: 3) == nil)
        #expect(Convolution(channels: 1, length: 4, filters: 1, kernel: 3, stride: 0) == nil)
        #expect(TransposedConvolution(channels: 1, length: 4, filters: 1, kernel: 3, padding: 9) == nil)
        #expect(
            TransposedConvolution(channels: 1, length: 4, filters: 1, kernel: 3, stride: 2, outputPadding: 2) == nil)
        #expect(Convolution(channels: .max, height: .max, width: 3, filters: 1, kernel: 3) == nil)
    }
}
