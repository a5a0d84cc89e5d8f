import Neural
import OutlierCore
import Testing

@Suite struct GradientTests {
    static let activations: [Activation] = [
        .identity, .relu, .leakyReLU(slope: 0.2), .elu, .tanh, .sigmoid, .softplus, .silu, .gelu,
    ]

    @Test(arguments: activations)
    func denseLayers(_ activation: Activation) throws {
        var random = RandomSource(seed: 3)
        let network = Network(
            [
                ("first", Dense(inputs: 5, outputs: 19, activation: activation)),
                ("second", Dense(inputs: 19, outputs: 3, activation: activation, bias: false)),
            ], random: &random)
        let error = try GradientCheck(network, rows: 11).largestError(step: 1e-3)
        #expect(error.parameters < 5e-3, "parameters: \(error.parameters)")
        #expect(error.input < 5e-3, "input: \(error.input)")
    }

    @Test func dropoutRepeatsItsChoice() throws {
        var random = RandomSource(seed: 3)
        let network = Network(
            [
                ("first", Dense(inputs: 4, outputs: 30, activation: .tanh)),
                ("dropout", Dropout(Shape(30), rate: 0.4)),
                ("second", Dense(inputs: 30, outputs: 2)),
            ], random: &random)
        let error = try GradientCheck(network, rows: 9, mode: .training(CounterRandom(seed: 1, step: 4)))
            .largestError(step: 1e-3)
        #expect(error.parameters < 5e-3)
        #expect(error.input < 5e-3)
    }

    @Test func threadsChangeNothing() throws {
        var random = RandomSource(seed: 3)
        let network = Network(
            [
                ("first", Dense(inputs: 40, outputs: 300, activation: .relu)),
                ("dropout", Dropout(Shape(300), rate: 0.3)),
                ("second", Dense(inputs: 300, outputs: 40)),
            ], random: &random)
        let check = GradientCheck(network, rows: 701, mode: .training(CounterRandom(seed: 1, step: 4)))
        let one = try check.gradients(threads: 1)
        let three = try check.gradients(threads: 3)
        #expect(one.parameters == three.parameters)
        #expect(one.input == three.input)
    }
}
