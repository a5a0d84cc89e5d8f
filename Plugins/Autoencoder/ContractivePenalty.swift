internal import Foundation
internal import Neural

/// The contractive penalty of Rifai, Vincent, Muller, Glorot & Bengio (“Contractive auto-encoders”, 2011): the squared
/// Frobenius norm of the code's derivative by the row, averaged over rows. For h = f(z), z = W x + b, a row's norm is
/// Σⱼ f′(zⱼ)² Sⱼ with Sⱼ = Σᵢ Wᵢⱼ².
struct ContractivePenalty {
    private let weight: Float
    private let activation: Activation
    /// Room for two numbers for each of the code.
    private let room: UnsafeRoom

    init(weight: Float, activation: Activation, outputs: Int) {
        self.weight = weight
        self.activation = activation
        room = UnsafeRoom(2 * outputs)
    }

    /// Whether the derivatives can be had from the output alone.
    static func isDefined(for activation: Activation) -> Bool { !activation.needsSums }

    /// f′ and f″ in terms of the output.
    private func derivatives(_ h: Float) -> (first: Float, second: Float) {
        switch activation {
        case .sigmoid: (h * (1 - h), h * (1 - h) * (1 - 2 * h))
        case .tanh: (1 - h * h, -2 * h * (1 - h * h))
        case .relu: (h > 0 ? 1 : 0, 0)
        case .leakyReLU(let slope): (h < 0 ? slope : 1, 0)
        case .elu(let scale): h < 0 ? (h + scale, h + scale) : (1, 0)
        // h = ln(1 + eᶻ): f′ = 1 − e⁻ʰ, f″ = f′ (1 − f′).
        case .softplus: softplus(h)
        case .identity, .silu, .gelu: (1, 0)
        }
    }

    private func softplus(_ h: Float) -> (first: Float, second: Float) {
        let first = 1 - exp(-h)
        return (first, first * (1 - first))
    }

    /// Adds the penalty's gradients: by the weights to `gradients`, by the outputs to the tape's output gradient.
    ///
    /// - Parameter encoder: of one dense layer.
    /// - Returns: the penalty.
    func add(_ encoder: Network, _ tape: Tape, rows: Int, gradients: inout [Float]) -> Double {
        let inputs = encoder.inputCount
        let outputs = encoder.outputCount
        // The dense layer's weights are inputs × outputs and come first.
        let squares = room.base
        let slopes = room.base + outputs
        room.base.update(repeating: 0, count: 2 * outputs)
        for index in 0..<inputs * outputs {
            squares[index % outputs] += encoder.parameters[index] * encoder.parameters[index]
        }
        let factor = weight / Float(rows)
        for row in 0..<rows {
            for column in 0..<outputs {
                let place = row * outputs + column
                let (first, second) = derivatives(tape.output[place])
                slopes[column] += first * first
                // The layer multiplies by f′ what it is handed: 2 f′ f″ S becomes 2 f″ S.
                tape.outputGradient[place] += 2 * factor * second * squares[column]
            }
        }
        for index in 0..<inputs * outputs {
            gradients[index] += 2 * factor * slopes[index % outputs] * encoder.parameters[index]
        }
        var sum = 0.0
        for index in 0..<outputs { sum += Double(slopes[index]) * Double(squares[index]) }
        return Double(factor) * sum
    }
}
