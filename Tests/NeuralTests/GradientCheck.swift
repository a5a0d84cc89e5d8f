import Neural
import OutlierCore
import Testing

/// Compares a network's gradients with finite differences of the loss Σ cᵢ yᵢ for fixed random c.
struct GradientCheck {
    let network: Network
    let rows: Int
    let mode: PassMode
    private let input: [Float]
    private let weights: [Float]

    init(_ network: Network, rows: Int, mode: PassMode = .inference, seed: UInt64 = 5) {
        var random = RandomSource(seed: seed)
        self.network = network
        self.rows = rows
        self.mode = mode
        input = (0..<rows * network.inputCount).map { _ in Float(random.normal()) }
        weights = (0..<rows * network.outputCount).map { _ in Float(random.normal()) }
    }

    private func loss(_ network: Network, _ input: [Float]) throws -> Double {
        var network = network
        let tape = Tape(network, capacity: rows)
        try input.withUnsafeBufferPointer {
            try network.forward(
                try #require($0.baseAddress), rows: rows, mode: mode, tape: tape, execution: Execution(threads: 1))
        }
        return (0..<weights.count).reduce(0) { $0 + Double(weights[$1]) * Double(tape.output[$1]) }
    }

    /// The gradients with respect to parameters and input.
    func gradients(threads: Int = 1) throws -> (parameters: [Float], input: [Float]) {
        var network = network
        let tape = Tape(network, capacity: rows)
        var gradients = network.zeroGradients
        try input.withUnsafeBufferPointer {
            let execution = Execution(threads: threads)
            try network.forward(try #require($0.baseAddress), rows: rows, mode: mode, tape: tape, execution: execution)
            for index in weights.indices { tape.outputGradient[index] = weights[index] }
            try network.backward(tape, gradients: &gradients, inputGradient: true, execution: execution)
        }
        return (gradients, Array(UnsafeBufferPointer(start: tape.inputGradient, count: input.count)))
    }

    /// The largest difference between a gradient and the finite difference, as a part of the largest gradient.
    func largestError(step: Float = 1e-2) throws -> (parameters: Double, input: Double) {
        let exact = try gradients()
        func compare(_ gradients: [Float], _ change: (Int, Float) throws -> Double) rethrows -> Double {
            let scale = gradients.reduce(1e-3) { max($0, Double(abs($1))) }
            var worst = 0.0
            for index in gradients.indices {
                let difference = try change(index, step) - change(index, -step)
                worst = max(worst, abs(difference / Double(2 * step) - Double(gradients[index])) / scale)
            }
            return worst
        }
        let parameters = try compare(exact.parameters) { index, step in
            var changed = network
            changed.parameters[index] += step
            return try loss(changed, input)
        }
        let inputs = try compare(exact.input) { index, step in
            var changed = input
            changed[index] += step
            return try loss(network, changed)
        }
        return (parameters, inputs)
    }
}
