internal import CKernels
package import OutlierCore

/// Layer normalisation (Ba, Kiros & Hinton 2016): each row less its mean, divided by its standard deviation, then scaled
/// and shifted column by column.
package struct LayerNormalization: Layer {
    package static let kind = "layer-normalization"

    package let inputShape: Shape
    package var outputShape: Shape { inputShape }
    private static let epsilon: Float = 1e-5

    package init(_ shape: Shape) { inputShape = shape }

    private var width: Int { inputShape.count }

    package var parameters: [ParameterTensor] {
        [
            ParameterTensor("scale", shape: [width], initializer: .ones),
            ParameterTensor("shift", shape: [width], initializer: .zeros),
        ]
    }

    package var workPerRow: Int { 8 * width }
    // The normalised row and the inverse of its deviation.
    package var cacheCountPerRow: Int { width + 1 }

    package func forward(_ pass: ForwardPass) {
        outlier_layer_norm(
            pass.input, pass.parameters, pass.parameters + width, LayerNormalization.epsilon, pass.cache,
            pass.cache + pass.rows * width, pass.output, pass.rows, width)
    }

    /// Room for gradients that nobody wants.
    package func scratchCount(rows: Int) -> Int { 3 * width }

    package func backward(_ pass: BackwardPass) {
        // The kernel computes all three; what is not wanted goes to the scratch.
        let gradients = pass.parameterGradients ?? pass.scratch
        if pass.parameterGradients == nil { gradients.update(repeating: 0, count: 2 * width) }
        for row in 0..<pass.rows {
            outlier_layer_norm_gradient(
                pass.outputGradient + row * width, pass.cache + row * width, pass.cache + pass.rows * width + row,
                pass.parameters, gradients, gradients + width,
                pass.inputGradient.map { $0 + row * width } ?? pass.scratch + 2 * width, 1, width)
        }
    }

    package var configuration: Value {
        .object([Value.Entry("shape", .array(inputShape.lengths.map(Value.integer)))])
    }

    package init(configuration: Value) throws {
        guard let shape = Shape(checked: configuration["shape"]?.array?.compactMap(\.int) ?? []) else {
            throw OutlierError(.invalidModel, "a layer normalisation has an impossible shape")
        }
        self.init(shape)
    }
}
