package import OutlierCore

/// Layers in a row and the numbers they learn: a value, all of whose parameters lie in one contiguous buffer.
///
/// One training step is a forward pass, a loss that writes the gradient of the outputs, a backward pass, and a step of an
/// optimizer:
///
///     let tape = Tape(network, capacity: batchSize)
///     var gradients = network.zeroGradients
///     try network.forward(input, rows: rows, mode: .training(random), tape: tape, execution: execution)
///     let loss = Loss.squared.evaluate(tape.output, targets, rows: rows, width: width, gradient: tape.outputGradient)
///     try network.backward(tape, gradients: &gradients, execution: execution)
///     optimizer.step(&network, gradients: &gradients)
///
/// Composite models (a VAE, a GAN) chain networks: the input of one pass is the output of another's tape, and
/// ``backward(_:gradients:inputGradient:execution:)`` leaves the gradient with respect to the input on the tape, from
/// where it is added to or copied into the output gradient of the network before. A loss on the activations of a layer in
/// the middle (feature matching, a penalty on codes) is had by cutting the network there in two. Several passes of one
/// network in one step need a tape each.
///
/// Parameters are addressed as “layer.parameter”, as the model file names them.
package struct Network: Sendable {
    /// A layer, its name, and where its numbers lie.
    package struct Entry: Sendable {
        package let name: String
        package let layer: any Layer
        package let parameters: Range<Int>
        package let state: Range<Int>
    }

    package let entries: [Entry]
    /// All parameters, layer after layer.
    package var parameters: [Float]
    /// All that is learnt without a gradient, layer after layer.
    package var state: [Float]
    /// The names of layers that an optimizer leaves alone.
    package private(set) var frozen: Set<String> = []
    /// The parts of the parameters that an optimizer changes: everything but frozen layers, neighbours joined.
    package private(set) var trainableRanges: [Range<Int>] = []
    /// For each layer, whether it has parameters that an optimizer changes.
    private(set) var isTrainable: [Bool] = []

    /// - Parameters:
    ///   - layers: at least one; names must differ, and each layer must take what the one before gives.
    ///   - random: draws the parameters that the network begins with.
    package init(_ layers: [(name: String, layer: any Layer)], random: inout RandomSource) {
        self.init(layers: layers)
        for entry in entries {
            func fill(_ tensors: [ParameterTensor], _ values: inout [Float], from start: Int) {
                var start = start
                for tensor in tensors {
                    tensor.initializer.fill(&values[start..<start + tensor.count], of: tensor, random: &random)
                    start += tensor.count
                }
            }
            fill(entry.layer.parameters, &parameters, from: entry.parameters.lowerBound)
            fill(entry.layer.state, &state, from: entry.state.lowerBound)
        }
    }

    /// The network with all numbers 0.
    init(layers: [(name: String, layer: any Layer)]) {
        precondition(!layers.isEmpty, "a network needs a layer")
        precondition(Set(layers.map(\.name)).count == layers.count, "two layers have one name")
        var entries: [Entry] = []
        var parameterCount = 0
        var stateCount = 0
        for (name, layer) in layers {
            if let last = entries.last {
                precondition(
                    last.layer.outputShape.count == layer.inputShape.count,
                    "the layer “\(name)” does not take what “\(last.name)” gives")
            }
            let parameters = layer.parameters.reduce(0) { $0 + $1.count }
            let state = layer.state.reduce(0) { $0 + $1.count }
            entries.append(
                Entry(
                    name: name, layer: layer, parameters: parameterCount..<parameterCount + parameters,
                    state: stateCount..<stateCount + state))
            parameterCount += parameters
            stateCount += state
        }
        self.entries = entries
        parameters = [Float](repeating: 0, count: parameterCount)
        state = [Float](repeating: 0, count: stateCount)
        findTrainable()
    }

    package var inputShape: Shape { entries[0].layer.inputShape }
    package var outputShape: Shape { entries[entries.count - 1].layer.outputShape }
    /// How many numbers a row of input has.
    package var inputCount: Int { inputShape.count }
    package var outputCount: Int { outputShape.count }
    package var zeroGradients: [Float] { [Float](repeating: 0, count: parameters.count) }

    // MARK: - Layers by name

    /// Keeps the layers that `isFrozen` names as they are when an optimizer steps.
    package mutating func freeze(where isFrozen: (String) -> Bool) {
        frozen = Set(entries.map(\.name).filter(isFrozen))
        findTrainable()
    }

    private mutating func findTrainable() {
        isTrainable = entries.map { !$0.parameters.isEmpty && !frozen.contains($0.name) }
        trainableRanges = []
        for (entry, isTrainable) in zip(entries, isTrainable) where isTrainable {
            if let last = trainableRanges.last, last.upperBound == entry.parameters.lowerBound {
                trainableRanges[trainableRanges.count - 1] = last.lowerBound..<entry.parameters.upperBound
            } else {
                trainableRanges.append(entry.parameters)
            }
        }
    }

    /// Every parameter by its full name, “layer.parameter”, with its shape and its place in ``parameters``.
    package var parameterTensors: [(name: String, shape: [Int], range: Range<Int>)] {
        entries.flatMap { Network.places($0.layer.parameters, in: $0.name, from: $0.parameters.lowerBound) }
    }

    /// Likewise for ``state``.
    package var stateTensors: [(name: String, shape: [Int], range: Range<Int>)] {
        entries.flatMap { Network.places($0.layer.state, in: $0.name, from: $0.state.lowerBound) }
    }

    private static func places(
        _ tensors: [ParameterTensor], in layer: String, from start: Int
    ) -> [(name: String, shape: [Int], range: Range<Int>)] {
        var start = start
        return tensors.map { tensor in
            defer { start += tensor.count }
            return ("\(layer).\(tensor.name)", tensor.shape, start..<start + tensor.count)
        }
    }
}
