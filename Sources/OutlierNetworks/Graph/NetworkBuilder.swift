internal import OutlierCore

/// Puts a network together from the tensors of a file, layer after layer. Batch normalizations become part of the convolution
/// before them.
struct NetworkBuilder {
    let file: TensorFile
    /// What stands before every name of the file.
    let prefix: String
    private(set) var layers: [NetworkLayer] = []
    /// Channels of each activation; the first is the picture.
    private(set) var channels = [3]
    private(set) var stages: [(name: String, activation: Int)] = []

    init(_ file: TensorFile, prefix: String = "") {
        self.file = file
        self.prefix = prefix
    }

    func has(_ name: String) -> Bool { file.contains(prefix + name) }

    func shape(_ name: String) -> [Int]? { file.shape(prefix + name) }

    /// Gives the activation a name under which its features can be had.
    mutating func name(_ activation: Int, _ stage: String) { stages.append((stage, activation)) }

    /// Which tensors a convolution is made of.
    struct Names {
        var weight: String
        /// The batch normalization, without “.weight” and the like; `nil` for a convolution with a bias of its own.
        var normalization: String?
    }

    /// - Throws: ``OutlierError/Code/invalidModel`` where a tensor is missing or misshapen.
    mutating func convolution(
        _ names: Names, from input: Int, stride: Int = 1, padding: NetworkLayer.Padding? = nil,
        activation: NetworkLayer.Activation, residual: Int? = nil, depthwise: Bool = false, epsilon: Float
    ) throws -> Int {
        let name = prefix + names.weight + ".weight"
        let inputs = channels[input]
        guard let shape = file.shape(name), shape.count == 4, shape.allSatisfy({ $0 > 0 }), shape[2] == shape[3] else {
            throw OutlierError(
                .invalidModel,
                "the network has no usable tensor “\(name)”"
                    + (file.shape(name).map { ": it is \(TensorFile.text($0))" } ?? ""),
                suggestion: "outputs × inputs × height × width with a square window was expected.")
        }
        let outputs = shape[0]
        let kernel = shape[2]
        guard kernel <= 31, outputs <= 65_536 else {
            throw OutlierError(.invalidModel, "the tensor “\(name)” is implausible: it is \(TensorFile.text(shape))")
        }
        guard !depthwise || outputs == inputs else {
            throw OutlierError(
                .invalidModel, "the tensor “\(name)” has \(outputs) channels, but \(inputs) come into it")
        }
        var weights = try file.floats(name, shape: [outputs, depthwise ? 1 : inputs, kernel, kernel])
        var bias = [Float](repeating: 0, count: outputs)
        if file.contains(prefix + names.weight + ".bias") {
            bias = try file.floats(prefix + names.weight + ".bias", shape: [outputs])
        }
        if let normalization = names.normalization {
            let base = prefix + normalization
            let scale = try file.floats(base + ".weight", shape: [outputs])
            let shift = try file.floats(base + ".bias", shape: [outputs])
            let mean = try file.floats(base + ".running_mean", shape: [outputs])
            let variance = try file.floats(base + ".running_var", shape: [outputs])
            let window = weights.count / outputs
            for output in 0..<outputs {
                let spread = Double(variance[output]) + Double(epsilon)
                guard spread > 0 else {
                    throw OutlierError(.invalidModel, "the tensor “\(base).running_var” has a negative number")
                }
                let factor = Double(scale[output]) / spread.squareRoot()
                for place in output * window..<(output + 1) * window {
                    weights[place] = Float(Double(weights[place]) * factor)
                }
                bias[output] = Float(Double(shift[output]) + (Double(bias[output]) - Double(mean[output])) * factor)
            }
        }
        if let residual, channels[residual] != outputs {
            throw OutlierError(
                .invalidModel,
                "the tensor “\(name)” gives \(outputs) channels, but \(channels[residual]) are added to them")
        }
        bias += [Float](repeating: 0, count: NetworkLayer.padded(outputs) - outputs)
        channels.append(outputs)
        layers.append(
            NetworkLayer(
                kind: depthwise ? .depthwise : .convolution, input: input, residual: residual,
                output: channels.count - 1, inputChannels: inputs, outputChannels: outputs, kernel: kernel,
                stride: stride, padding: padding ?? .even(kernel / 2), activation: activation,
                weights: depthwise
                    ? NetworkLayer.packedDepthwise(weights, channels: outputs, kernel: kernel)
                    : NetworkLayer.packed(weights, outputs: outputs, inputs: inputs, kernel: kernel),
                bias: bias))
        return channels.count - 1
    }

    mutating func maxPooling(from input: Int, kernel: Int, stride: Int, padding: NetworkLayer.Padding) -> Int {
        channels.append(channels[input])
        layers.append(
            NetworkLayer(
                kind: .maxPooling, input: input, residual: nil, output: channels.count - 1,
                inputChannels: channels[input], outputChannels: channels[input], kernel: kernel, stride: stride,
                padding: padding, activation: .linear, weights: [], bias: []))
        return channels.count - 1
    }
}
