internal import Neural

/// Keeps the decoder's weight matrices the transposes of the encoder's.
struct WeightTie {
    private struct Pair {
        /// Where the encoder's inputs × outputs weights begin, and the decoder's outputs × inputs.
        let encoder: Int
        let decoder: Int
        let inputs: Int
        let outputs: Int
    }

    private let pairs: [Pair]

    init(encoder: Network, decoder: Network, mirrors: [(decoder: String, encoder: String)]) {
        pairs = mirrors.compactMap { mirror in
            guard let source = encoder.parameterTensors.first(where: { $0.name == "\(mirror.encoder).weight" }),
                let target = decoder.parameterTensors.first(where: { $0.name == "\(mirror.decoder).weight" })
            else { return nil }
            return Pair(
                encoder: source.range.lowerBound, decoder: target.range.lowerBound, inputs: source.shape[0],
                outputs: source.shape[1])
        }
    }

    func copyWeights(from encoder: Network, to decoder: inout Network) {
        for pair in pairs {
            for input in 0..<pair.inputs {
                for output in 0..<pair.outputs {
                    decoder.parameters[pair.decoder + output * pair.inputs + input] =
                        encoder.parameters[pair.encoder + input * pair.outputs + output]
                }
            }
        }
    }

    /// Moves the gradients of the decoder's weights to the weights that they are copies of.
    func foldGradients(from decoder: inout [Float], into encoder: inout [Float]) {
        for pair in pairs {
            for input in 0..<pair.inputs {
                for output in 0..<pair.outputs {
                    let place = pair.decoder + output * pair.inputs + input
                    encoder[pair.encoder + input * pair.outputs + output] += decoder[place]
                    decoder[place] = 0
                }
            }
        }
    }
}
