internal import CKernels
package import OutlierCore

/// output = f(input × weight + bias): a fully connected layer with its activation.
///
/// `weight` is inputs × outputs, row-major: PyTorch's `Linear.weight`, transposed.
package struct Dense: Layer {
    package static let kind = "dense"

    package let inputShape: Shape
    package let outputShape: Shape
    package let activation: Activation
    package let hasBias: Bool
    private let weightInitializer: Initializer
    private let biasInitializer: Initializer

    package init(
        inputs: Int, outputs: Int, activation: Activation = .identity, bias: Bool = true,
        weightInitializer: Initializer? = nil, biasInitializer: Initializer = .zeros
    ) {
        inputShape = Shape(inputs)
        outputShape = Shape(outputs)
        self.activation = activation
        hasBias = bias
        self.weightInitializer = weightInitializer ?? activation.weightInitializer
        self.biasInitializer = biasInitializer
    }

    private var inputs: Int { inputShape.count }
    private var outputs: Int { outputShape.count }

    package var parameters: [ParameterTensor] {
        let weight = ParameterTensor(
            "weight", shape: [inputs, outputs], initializer: weightInitializer, fanIn: inputs, fanOut: outputs)
        let bias = ParameterTensor(
            "bias", shape: [outputs], initializer: biasInitializer, fanIn: inputs, fanOut: outputs)
        return hasBias ? [weight, bias] : [weight]
    }

    package var workPerRow: Int { inputs * outputs }
    package var cacheCountPerRow: Int { activation.needsSums ? outputs : 0 }
    package func scratchCount(rows: Int) -> Int { FloatProduct.scratchCount(depth: max(inputs, outputs, rows)) }
    package var preparedCount: Int { inputs * outputs }

    package func prepareBackward(
        _ parameters: UnsafePointer<Float>, inputGradient: Bool, prepared: UnsafeMutablePointer<Float>
    ) {
        if inputGradient { outlier_transpose_floats(parameters, inputs, outputs, prepared) }
    }

    package func forward(_ pass: ForwardPass) {
        let sums = activation.needsSums ? pass.cache : pass.output
        FloatProduct.multiply(
            rows: pass.rows, depth: inputs, width: outputs, pass.input, pass.parameters,
            bias: hasBias ? pass.parameters + inputs * outputs : nil, rectify: activation == .relu,
            scratch: pass.scratch, result: sums)
        if activation != .relu, activation != .identity {
            activation.apply(sums, count: pass.rows * outputs, output: pass.output)
        }
    }

    package func backward(_ pass: BackwardPass) {
        activation.multiplyByDerivative(
            sums: pass.cache, output: pass.output, count: pass.rows * outputs, gradient: pass.outputGradient)
        if let gradients = pass.parameterGradients {
            FloatProduct.multiply(
                transposingFirst: true, rows: inputs, depth: pass.rows, width: outputs, pass.input,
                pass.outputGradient, accumulate: true, scratch: pass.scratch, result: gradients)
            if hasBias {
                outlier_add_float_rows(
                    pass.outputGradient, pass.rows, outputs, outputs, gradients + inputs * outputs)
            }
        }
        if let inputGradient = pass.inputGradient {
            FloatProduct.multiply(
                rows: pass.rows, depth: outputs, width: inputs, pass.outputGradient, pass.prepared,
                scratch: pass.scratch, result: inputGradient)
        }
    }

    package var configuration: Value {
        .object([
            Value.Entry("inputs", .integer(inputs)), Value.Entry("outputs", .integer(outputs)),
            Value.Entry("activation", activation.value), Value.Entry("bias", .boolean(hasBias)),
        ])
    }

    package init(configuration: Value) throws {
        let inputs = try configuration.length("inputs")
        let outputs = try configuration.length("outputs")
        guard Shape(checked: [inputs, outputs]) != nil, let bias = configuration["bias"]?.bool else {
            throw OutlierError(.invalidModel, "a dense layer has impossible sizes")
        }
        self.init(
            inputs: inputs, outputs: outputs, activation: try Activation(configuration["activation"] ?? .null),
            bias: bias)
    }
}

extension Value {
    /// A positive length of a layer's configuration, at most 2³¹ − 1.
    ///
    /// - Throws: ``OutlierError/Code/invalidModel``.
    package func length(_ key: String) throws -> Int {
        guard let length = self[key]?.int, length > 0, length <= Int(Int32.max) else {
            throw OutlierError(.invalidModel, "a layer has no usable “\(key)”")
        }
        return length
    }
}
