package import Neural

/// The L2 penalty λ ‖w‖² on the weights of hidden layers, as the papers' programs have it: neither on biases nor on the layer
/// that gives the score. It is a part of the loss, so that its gradient, 2 λ w, is there before gradients are clipped.
package struct WeightPenalty: Sendable {
    private let factor: Float
    /// Where the weights lie in the network's parameters.
    private let ranges: [Range<Int>]

    /// - Parameter sparingLast: whether the last layer is the one that gives the score.
    package init(_ network: Network, factor: Double, sparingLast: Bool) {
        self.factor = Float(factor)
        let last = network.entries.last { !$0.parameters.isEmpty }?.parameters
        ranges = network.parameterTensors.filter { tensor in
            tensor.name.hasSuffix(".weight") && !(sparingLast && last?.contains(tensor.range.lowerBound) == true)
        }.map(\.range)
    }

    package func addGradient(of network: Network, to gradients: inout [Float]) {
        if factor == 0 { return }
        for range in ranges {
            for index in range { gradients[index] += 2 * factor * network.parameters[index] }
        }
    }
}
