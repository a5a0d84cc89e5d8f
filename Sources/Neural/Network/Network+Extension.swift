extension Network {
    /// The network with one more layer after it, of one output: Σ weight · output + bias.
    ///
    /// - Parameters:
    ///   - name: of the new layer; no other must have it.
    ///   - weights: one for each output.
    package func extended(by name: String, weights: [Float], bias: Float) -> Network {
        precondition(weights.count == outputCount, "a weight for each output")
        var result = Network(
            layers: entries.map { ($0.name, $0.layer) } + [(name, Dense(inputs: outputCount, outputs: 1))])
        result.parameters.replaceSubrange(0..<parameters.count, with: parameters)
        result.parameters.replaceSubrange(parameters.count..., with: weights + [bias])
        result.state = state
        return result
    }
}
