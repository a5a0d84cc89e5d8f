package import Neural

/// Divides each weight matrix W of a network by its largest singular value σ, estimated by one step of the power method
/// a training step (Miyato et al., “Spectral normalization for generative adversarial networks”, 2018).
///
/// The network that is trained holds W; ``normalized`` holds W / σ, and the gradients with respect to these are pulled
/// back to W: (G − (Σ G ∘ Ŵ) · u vᵀ) / σ, where u and v are taken as constants, as in the paper.
package struct SpectralNormalization: Sendable {
    package private(set) var normalized: Network
    private struct Weight: Sendable {
        let range: Range<Int>
        let inputs: Int
        let outputs: Int
        var left: [Float]
        var right: [Float]
        var norm: Float = 1

        /// A step of the power method.
        mutating func refresh(from parameters: UnsafeBufferPointer<Float>) {
            let matrix = UnsafeBufferPointer(rebasing: parameters[range])
            let (inputs, outputs) = (inputs, outputs)
            left.withUnsafeMutableBufferPointer { left in
                right.withUnsafeMutableBufferPointer { right in
                    right.update(repeating: 0)
                    for row in 0..<inputs {
                        let factor = left[row]
                        for column in 0..<outputs { right[column] += factor * matrix[row * outputs + column] }
                    }
                    SpectralNormalization.normalize(right)
                    for row in 0..<inputs {
                        var sum: Float = 0
                        for column in 0..<outputs { sum += right[column] * matrix[row * outputs + column] }
                        left[row] = sum
                    }
                    norm = max(SpectralNormalization.normalize(left), 1e-12)
                }
            }
        }
    }
    private var weights: [Weight]

    package init(_ network: Network) {
        normalized = network
        weights = network.parameterTensors.compactMap { tensor in
            guard tensor.shape.count == 2 else { return nil }
            return Weight(
                range: tensor.range, inputs: tensor.shape[0], outputs: tensor.shape[1],
                left: [Float](repeating: 1 / Float(tensor.shape[0]).squareRoot(), count: tensor.shape[0]),
                right: [Float](repeating: 0, count: tensor.shape[1]))
        }
        for _ in 0..<10 { refresh(from: network) }
    }

    /// The vectors of the power method, on which the next step depends.
    package var vectors: [Float] {
        get { weights.flatMap { $0.left } }
        set {
            var start = 0
            for index in weights.indices {
                let count = weights[index].inputs
                weights[index].left = Array(newValue[start..<start + count])
                start += count
            }
        }
    }

    /// Makes a step of the power method and divides the weights of `network`.
    package mutating func refresh(from network: Network) {
        normalized.parameters.withUnsafeMutableBufferPointer { target in
            network.parameters.withUnsafeBufferPointer { parameters in
                _ = target.update(fromContentsOf: parameters)
                for index in weights.indices {
                    weights[index].refresh(from: parameters)
                    for place in weights[index].range { target[place] /= weights[index].norm }
                }
            }
        }
    }

    /// Turns gradients with respect to the divided weights into those with respect to the weights.
    package func pullBack(_ gradients: inout [Float]) {
        gradients.withUnsafeMutableBufferPointer { gradients in
            normalized.parameters.withUnsafeBufferPointer { parameters in
                for weight in weights {
                    var inner: Float = 0
                    for place in weight.range { inner += gradients[place] * parameters[place] }
                    weight.right.withUnsafeBufferPointer { right in
                        for row in 0..<weight.inputs {
                            let start = weight.range.lowerBound + row * weight.outputs
                            let factor = inner * weight.left[row]
                            for column in 0..<weight.outputs {
                                gradients[start + column] =
                                    (gradients[start + column] - factor * right[column]) / weight.norm
                            }
                        }
                    }
                }
            }
        }
    }

    /// - Returns: the length that the vector had.
    @discardableResult
    private static func normalize(_ vector: UnsafeMutableBufferPointer<Float>) -> Float {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        if length > 0 { for index in vector.indices { vector[index] /= length } }
        return length
    }
}
