package import Neural
internal import OutlierCore

/// weight · mean (‖∇ₓ D(x)‖ − 1)² of a critic D of dense layers (Gulrajani et al. 2017), and its gradient with respect to
/// the critic's weights.
///
/// D is piecewise linear: with eₗ the derivative of D by the sums of layer l, and mₗ the slopes of its activation,
/// ∇ₓ D = e₁ W₁ᵀ and eₗ = mₗ ∘ (eₗ₊₁ Wₗ₊₁ᵀ). So the derivative of a function of ∇ₓ D with gradient v is found by passing v
/// forward: t₀ = v, tₗ = mₗ ∘ (tₗ₋₁ Wₗ), and the derivative by Wₗ is tₗ₋₁ᵀ eₗ; biases have none. This is exact wherever the
/// second derivative exists.
package struct GradientPenalty: Sendable {
    private struct Part: Sendable {
        let inputs: Int
        let outputs: Int
        /// Whether it is a layer of the body, or of the head.
        let isBody: Bool
        let weight: Int
        let hasBias: Bool
        let slope: Float
    }

    private let parts: [Part]
    private let capacity: Int
    /// For each layer rows × outputs: the slopes, and the derivatives by its sums.
    private let slopes: [Arena]
    private let derivatives: [Arena]
    private let first: Arena
    private let second: Arena
    private let transposed: Arena
    private let scratch: Arena

    /// - Parameters:
    ///   - body: dense layers with (leaky) ReLU or no activation.
    ///   - head: likewise, with one output.
    /// - Throws: ``OutlierError/Code/invalidModel`` for other networks: a file may hold any.
    package init(body: Network, head: Network, capacity: Int) throws {
        func parts(_ network: Network, isBody: Bool) throws -> [Part] {
            try network.entries.map { entry in
                guard let dense = entry.layer as? Dense else { throw GradientPenalty.unusable }
                let slope: Float
                switch dense.activation {
                case .identity: slope = 1
                case .relu: slope = 0
                case .leakyReLU(let value): slope = value
                default: throw GradientPenalty.unusable
                }
                return Part(
                    inputs: dense.inputShape.count, outputs: dense.outputShape.count, isBody: isBody,
                    weight: entry.parameters.lowerBound, hasBias: dense.hasBias, slope: slope)
            }
        }
        self.parts = try parts(body, isBody: true) + parts(head, isBody: false)
        self.capacity = capacity
        slopes = self.parts.map { Arena(capacity * $0.outputs) }
        derivatives = self.parts.map { Arena(capacity * $0.outputs) }
        let widest = self.parts.reduce(1) { max($0, $1.inputs, $1.outputs) }
        first = Arena(capacity * widest)
        second = Arena(capacity * widest)
        transposed = Arena(self.parts.reduce(1) { max($0, $1.inputs * $1.outputs) })
        scratch = Arena(FloatProduct.scratchCount(depth: max(widest, capacity)))
    }

    private static var unusable: OutlierError {
        OutlierError(
            .invalidModel, "the critic has layers that no gradient penalty can be computed for",
            suggestion: "It must have dense layers with relu, leaky-relu or no activation.")
    }

    /// Adds the gradients to `bodyGradients` and `headGradients`.
    ///
    /// - Parameters:
    ///   - input: rows × the body's inputs.
    ///   - weight: what the penalty is multiplied by.
    /// - Returns: the mean of (‖∇ₓ D(x)‖ − 1)², without the weight.
    package func add(
        _ input: UnsafePointer<Float>, rows: Int, body: Network, head: Network, weight: Float,
        bodyGradients: inout [Float], headGradients: inout [Float]
    ) -> Double {
        body.parameters.withUnsafeBufferPointer { body in
            head.parameters.withUnsafeBufferPointer { head in
                bodyGradients.withUnsafeMutableBufferPointer { bodyGradients in
                    headGradients.withUnsafeMutableBufferPointer { headGradients in
                        guard let body = body.baseAddress, let head = head.baseAddress,
                            let bodyGradients = bodyGradients.baseAddress, let headGradients = headGradients.baseAddress
                        else { return 0 }
                        return add(
                            input, rows: rows, weight: weight,
                            parameters: { ($0 ? body : head) }, gradients: { ($0 ? bodyGradients : headGradients) })
                    }
                }
            }
        }
    }

    private func add(
        _ input: UnsafePointer<Float>, rows: Int, weight: Float, parameters: (Bool) -> UnsafePointer<Float>,
        gradients: (Bool) -> UnsafeMutablePointer<Float>
    ) -> Double {
        // Forward, for the slopes alone.
        var current = input
        for (index, part) in parts.enumerated() {
            let weights = parameters(part.isBody) + part.weight
            let target = index % 2 == 0 ? first.base : second.base
            FloatProduct.multiply(
                rows: rows, depth: part.inputs, width: part.outputs, current, weights,
                bias: part.hasBias ? weights + part.inputs * part.outputs : nil, scratch: scratch.base, result: target)
            for place in 0..<rows * part.outputs {
                let slope: Float = target[place] > 0 ? 1 : part.slope
                slopes[index].base[place] = slope
                target[place] *= slope
            }
            current = UnsafePointer(target)
        }
        // Backward from 1, to the gradient with respect to the input.
        let last = parts.count - 1
        derivatives[last].base.update(from: slopes[last].base, count: rows * parts[last].outputs)
        for index in parts.indices.reversed() {
            let part = parts[index]
            let weights = parameters(part.isBody) + part.weight
            for row in 0..<part.inputs {
                for column in 0..<part.outputs {
                    transposed.base[column * part.inputs + row] = weights[row * part.outputs + column]
                }
            }
            let target = index > 0 ? derivatives[index - 1].base : first.base
            FloatProduct.multiply(
                rows: rows, depth: part.outputs, width: part.inputs, derivatives[index].base, transposed.base,
                scratch: scratch.base, result: target)
            if index > 0 {
                for place in 0..<rows * part.inputs { target[place] *= slopes[index - 1].base[place] }
            }
        }
        // The penalty, and its gradient v with respect to that.
        let width = parts[0].inputs
        var penalty = 0.0
        for row in 0..<rows {
            let line = first.base + row * width
            var squares: Float = 0
            for column in 0..<width { squares += line[column] * line[column] }
            let norm = squares.squareRoot()
            penalty += Double((norm - 1) * (norm - 1)) / Double(rows)
            let scale = norm > 0 ? 2 * weight * (norm - 1) / (norm * Float(rows)) : 0
            for column in 0..<width { line[column] *= scale }
        }
        // v forward.
        var tangent = UnsafePointer(first.base)
        for (index, part) in parts.enumerated() {
            let weights = parameters(part.isBody) + part.weight
            FloatProduct.multiply(
                transposingFirst: true, rows: part.inputs, depth: rows, width: part.outputs, tangent,
                derivatives[index].base, accumulate: true, scratch: scratch.base,
                result: gradients(part.isBody) + part.weight)
            guard index < last else { break }
            let target = index % 2 == 0 ? second.base : first.base
            FloatProduct.multiply(
                rows: rows, depth: part.inputs, width: part.outputs, tangent, weights, scratch: scratch.base,
                result: target)
            for place in 0..<rows * part.outputs { target[place] *= slopes[index].base[place] }
            tangent = UnsafePointer(target)
        }
        return penalty
    }
}
