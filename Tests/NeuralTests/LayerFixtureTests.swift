import Foundation
import Neural
import OutlierCore
import Testing

/// Outputs and gradients of every layer against PyTorch's, from `Tests/Fixtures/make_layers.py`.
@Suite struct LayerFixtureTests {
    struct Fixture: Decodable {
        let cases: [Case]

        static let all: [Case] = {
            let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../Fixtures/layers.json")
            guard let data = try? Data(contentsOf: path),
                let fixture = try? JSONDecoder().decode(Fixture.self, from: data)
            else { return [] }
            return fixture.cases
        }()
    }

    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        struct Moments: Decodable, Sendable {
            let mean: [Float]
            let variance: [Float]
        }

        struct Settings: Decodable, Sendable {
            let channels, length, height, width, filters, kernel, stride, padding, dilation, outputPadding: Int?
            let steps, features, units, levels, dimension, size: Int?
            let returnsSequences, training: Bool?
            let before, after: Moments?
        }

        let kind: String
        let settings: Settings
        let rows: Int
        let input: [Float]
        let parameters: [String: [Float]]
        let outputGradient: [Float]
        let output: [Float]
        let inputGradient: [Float]?
        let gradients: [String: [Float]]

        var testDescription: String { "\(kind) \(output.count)" }
    }

    @Test func theFixtureIsThere() { #expect(Fixture.all.count == 17) }

    @Test(arguments: Fixture.all)
    func agreesWithPyTorch(_ example: Case) throws {
        let layer = try layer(of: example)
        var random = RandomSource(seed: 1)
        var network = Network([("layer", layer)], random: &random)
        network.parameters = try parameters(of: example, from: example.parameters)
        if let before = example.settings.before { network.state = before.mean + before.variance }
        let tape = Tape(network, capacity: example.rows)
        var gradients = network.zeroGradients
        let isTraining = example.settings.training ?? true
        try example.input.withUnsafeBufferPointer { input in
            let execution = Execution(threads: 2)
            try network.forward(
                #require(input.baseAddress), rows: example.rows,
                mode: isTraining ? .training(CounterRandom(seed: 1, step: 0)) : .inference, tape: tape,
                execution: execution)
            compare(
                Array(UnsafeBufferPointer(start: tape.output, count: example.output.count)), example.output, "output")
            for (index, value) in example.outputGradient.enumerated() { tape.outputGradient[index] = value }
            try network.backward(tape, gradients: &gradients, inputGradient: true, execution: execution)
        }
        if let expected = example.inputGradient {
            compare(Array(UnsafeBufferPointer(start: tape.inputGradient, count: expected.count)), expected, "input")
        }
        var expected = try parameters(of: example, from: example.gradients)
        if example.kind == "lstm" {
            // Both of PyTorch's biases have the gradient of their sum.
            for index in expected.indices.suffix(4 * (example.settings.units ?? 0)) { expected[index] /= 2 }
        }
        if example.kind == "embedding" {
            #expect(gradients.suffix(3).allSatisfy { $0 == 0 })
        }
        compare(gradients, expected, "parameters")
        if let after = example.settings.after { compare(network.state, after.mean + after.variance, "state") }
    }

    private func compare(_ given: [Float], _ expected: [Float], _ what: String) {
        #expect(given.count == expected.count, "\(what)")
        let scale = expected.reduce(1) { max($0, abs($1)) }
        let worst = zip(given, expected).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) } / scale
        #expect(worst < 3e-6, "\(what): \(worst)")
    }

    private func layer(of example: Case) throws -> any Layer {
        let settings = example.settings
        func size(_ value: Int?) throws -> Int { try #require(value) }
        switch example.kind {
        case "conv1d":
            return try #require(
                try Convolution(
                    channels: size(settings.channels), length: size(settings.length), filters: size(settings.filters),
                    kernel: size(settings.kernel), stride: size(settings.stride), padding: size(settings.padding),
                    dilation: size(settings.dilation)))
        case "conv2d":
            return try #require(
                try Convolution(
                    channels: size(settings.channels), height: size(settings.height), width: size(settings.width),
                    filters: size(settings.filters), kernel: size(settings.kernel), stride: size(settings.stride),
                    padding: size(settings.padding), dilation: size(settings.dilation)))
        case "conv-transpose1d":
            return try #require(
                try TransposedConvolution(
                    channels: size(settings.channels), length: size(settings.length), filters: size(settings.filters),
                    kernel: size(settings.kernel), stride: size(settings.stride), padding: size(settings.padding),
                    outputPadding: size(settings.outputPadding)))
        case "conv-transpose2d":
            return try #require(
                try TransposedConvolution(
                    channels: size(settings.channels), height: size(settings.height), width: size(settings.width),
                    filters: size(settings.filters), kernel: size(settings.kernel), stride: size(settings.stride),
                    padding: size(settings.padding), outputPadding: size(settings.outputPadding)))
        case "lstm":
            return LSTM(
                steps: try size(settings.steps), features: try size(settings.features),
                units: try size(settings.units), returnsSequences: settings.returnsSequences ?? true)
        case "gru":
            return GRU(
                steps: try size(settings.steps), features: try size(settings.features),
                units: try size(settings.units), returnsSequences: settings.returnsSequences ?? true)
        case "embedding":
            return try #require(
                try CategoryEmbedding(
                    columns: 1,
                    categories: [
                        CategoryEmbedding.Category(
                            column: 0, levels: size(settings.levels), dimension: size(settings.dimension))
                    ]))
        case "layer-norm":
            return LayerNormalization(Shape(try size(settings.features)))
        default:
            return BatchNormalization(Shape(try size(settings.channels), try size(settings.size)))
        }
    }

    /// PyTorch's numbers in this package's layout.
    private func parameters(of example: Case, from tensors: [String: [Float]]) throws -> [Float] {
        func tensor(_ name: String) throws -> [Float] { try #require(tensors[name]) }
        func transposed(_ values: [Float], rows: Int) -> [Float] {
            let columns = values.count / rows
            return (0..<values.count).map { values[$0 % rows * columns + $0 / rows] }
        }
        let settings = example.settings
        switch example.kind {
        case "conv1d", "conv2d":
            return try transposed(tensor("weight"), rows: try #require(settings.filters)) + tensor("bias")
        case "conv-transpose1d", "conv-transpose2d":
            return try transposed(tensor("weight"), rows: try #require(settings.channels)) + tensor("bias")
        case "lstm":
            let rows = 4 * (try #require(settings.units))
            return try transposed(tensor("input-weight"), rows: rows)
                + transposed(tensor("recurrent-weight"), rows: rows)
                + zip(tensor("input-bias"), tensor("recurrent-bias")).map { $0 + $1 }
        case "gru":
            let rows = 3 * (try #require(settings.units))
            return try transposed(tensor("input-weight"), rows: rows)
                + transposed(tensor("recurrent-weight"), rows: rows) + tensor("input-bias") + tensor("recurrent-bias")
        case "embedding":
            // A row for unknown words follows.
            return try tensor("weight") + [0, 0, 0]
        default:
            return try tensor("scale") + tensor("shift")
        }
    }
}
