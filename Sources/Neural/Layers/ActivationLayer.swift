package import OutlierCore

/// An activation by itself, for where it does not follow a layer's sums at once (behind a batch normalisation).
package struct ActivationLayer: Layer {
    package static let kind = "activation"

    package let inputShape: Shape
    package let activation: Activation
    package var outputShape: Shape { inputShape }

    package init(_ shape: Shape, _ activation: Activation) {
        inputShape = shape
        self.activation = activation
    }

    package func forward(_ pass: ForwardPass) {
        activation.apply(pass.input, count: pass.rows * inputShape.count, output: pass.output)
    }

    package func backward(_ pass: BackwardPass) {
        guard let inputGradient = pass.inputGradient else { return }
        let count = pass.rows * inputShape.count
        inputGradient.update(from: pass.outputGradient, count: count)
        activation.multiplyByDerivative(sums: pass.input, output: pass.output, count: count, gradient: inputGradient)
    }

    package var configuration: Value {
        .object([
            Value.Entry("shape", .array(inputShape.lengths.map(Value.integer))),
            Value.Entry("activation", activation.value),
        ])
    }

    package init(configuration: Value) throws {
        guard let shape = Shape(checked: configuration["shape"]?.array?.compactMap(\.int) ?? []) else {
            throw OutlierError(.invalidModel, "an activation has an impossible shape")
        }
        self.init(shape, try Activation(configuration["activation"] ?? .null))
    }
}
