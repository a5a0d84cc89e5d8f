internal import CKernels
package import OutlierCore

/// A transposed convolution, with its activation: what makes a larger image of a smaller one, a decoder's counterpart of
/// ``Convolution``.
///
/// The input is channels × height × width (or channels × length). `weight` is (filters · kernel height · kernel width) ×
/// channels: PyTorch's weight, channels × patch, transposed.
package struct TransposedConvolution: Layer {
    package static let kind = "transposed-convolution"

    package let inputShape: Shape
    package let outputShape: Shape
    package let activation: Activation
    private let channels: Int
    /// Of the convolution that goes from the output to the input.
    private let geometry: ConvolutionGeometry

    /// - Parameter outputPadding: rows and columns that are added below and at the right, since a stride above 1 leaves
    ///   the output's size open; less than the stride.
    /// - Returns: `nil` where the sizes do not fit.
    package init?(
        channels: Int, height: Int, width: Int, filters: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
        outputPadding: Int = 0, activation: Activation = .identity
    ) {
        func output(_ size: Int) -> Int { (size - 1) * stride - 2 * padding + kernel + outputPadding }
        guard TransposedConvolution.fits([channels, height, width, filters, kernel, stride], padding, outputPadding),
            let geometry = ConvolutionGeometry(
                channels: filters, height: output(height), width: output(width), kernel: [kernel, kernel],
                stride: [stride, stride], padding: [padding, padding], dilation: [1, 1]),
            geometry.outputHeight == height, geometry.outputWidth == width
        else { return nil }
        self.init(geometry, channels: channels, isSeries: false, activation: activation)
    }

    /// A transposed convolution along the time of a series of `length` steps, channels × length.
    package init?(
        channels: Int, length: Int, filters: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
        outputPadding: Int = 0, activation: Activation = .identity
    ) {
        guard TransposedConvolution.fits([channels, length, filters, kernel, stride], padding, outputPadding),
            let geometry = ConvolutionGeometry(
                channels: filters, height: 1, width: (length - 1) * stride - 2 * padding + kernel + outputPadding,
                kernel: [1, kernel], stride: [1, stride], padding: [0, padding], dilation: [1, 1]),
            geometry.outputWidth == length
        else { return nil }
        self.init(geometry, channels: channels, isSeries: true, activation: activation)
    }

    /// Whether the sizes are such that nothing above overflows; the geometry checks the rest.
    private static func fits(_ sizes: [Int], _ padding: Int, _ outputPadding: Int) -> Bool {
        sizes.allSatisfy { $0 > 0 && $0 < 1 << 24 } && (0..<1 << 24).contains(padding)
            && (0..<1 << 24).contains(outputPadding)
    }

    private init?(_ geometry: ConvolutionGeometry, channels: Int, isSeries: Bool, activation: Activation) {
        let image = [channels, geometry.outputHeight, geometry.outputWidth]
        let result = [geometry.channels, geometry.height, geometry.width]
        guard let input = Shape(checked: isSeries ? [image[0], image[2]] : image),
            let output = Shape(checked: isSeries ? [result[0], result[2]] : result),
            Shape(checked: [geometry.patch, channels]) != nil
        else { return nil }
        inputShape = input
        outputShape = output
        self.geometry = geometry
        self.channels = channels
        self.activation = activation
    }

    private var weightCount: Int { geometry.patch * channels }
    private var filters: Int { geometry.channels }
    /// Numbers of one filter's plane of the output.
    private var plane: Int { geometry.height * geometry.width }

    package var parameters: [ParameterTensor] {
        let kernel = geometry.kernel[0] * geometry.kernel[1]
        let overlap = geometry.stride[0] * geometry.stride[1]
        return [
            // Every output is a sum over the channels and over those kernel places that fall on it.
            ParameterTensor(
                "weight", shape: [geometry.patch, channels], initializer: activation.weightInitializer,
                fanIn: max(1, channels * kernel / overlap), fanOut: max(1, filters * kernel)),
            ParameterTensor("bias", shape: [filters], initializer: .zeros),
        ]
    }

    package var workPerRow: Int { weightCount * geometry.places }
    package var cacheCountPerRow: Int { activation.needsSums ? outputShape.count : 0 }

    package func scratchCount(rows: Int) -> Int {
        let columns = geometry.patch * geometry.places
        let transposed = channels * geometry.places
        return columns + transposed + FloatProduct.scratchCount(depth: max(geometry.patch, geometry.places, channels))
    }

    package func forward(_ pass: ForwardPass) {
        var shape = geometry.kernelShape
        let columns = pass.scratch
        let scratch = columns + geometry.patch * geometry.places
        let sums = activation.needsSums ? pass.cache : pass.output
        for row in 0..<pass.rows {
            let result = sums + row * outputShape.count
            FloatProduct.multiply(
                rows: geometry.patch, depth: channels, width: geometry.places, pass.parameters,
                pass.input + row * inputShape.count, scratch: scratch, result: columns)
            result.update(repeating: 0, count: outputShape.count)
            outlier_columns_to_image(columns, &shape, result)
            outlier_add_channel_bias(result, pass.parameters + weightCount, filters, plane)
            if activation != .identity {
                activation.apply(
                    result, count: outputShape.count, output: pass.output + row * outputShape.count)
            }
        }
    }

    package func backward(_ pass: BackwardPass) {
        let places = geometry.places
        var shape = geometry.kernelShape
        let columns = pass.scratch
        let transposed = columns + geometry.patch * places
        let scratch = transposed + channels * places
        activation.multiplyByDerivative(
            sums: pass.cache, output: pass.output, count: pass.rows * outputShape.count, gradient: pass.outputGradient)
        for row in 0..<pass.rows {
            let gradient = pass.outputGradient + row * outputShape.count
            outlier_image_to_columns(gradient, &shape, columns)
            if let gradients = pass.parameterGradients {
                outlier_transpose_floats(pass.input + row * inputShape.count, channels, places, transposed)
                FloatProduct.multiply(
                    rows: geometry.patch, depth: places, width: channels, columns, transposed, accumulate: true,
                    scratch: scratch, result: gradients)
                outlier_sum_channels(gradient, gradients + weightCount, filters, plane)
            }
            if let inputGradient = pass.inputGradient {
                FloatProduct.multiply(
                    transposingFirst: true, rows: channels, depth: geometry.patch, width: places, pass.parameters,
                    columns, scratch: scratch, result: inputGradient + row * inputShape.count)
            }
        }
    }

    package var configuration: Value {
        .object([
            Value.Entry("geometry", geometry.value), Value.Entry("channels", .integer(channels)),
            Value.Entry("series", .boolean(inputShape.lengths.count == 2)),
            Value.Entry("activation", activation.value),
        ])
    }

    package init(configuration: Value) throws {
        guard let isSeries = configuration["series"]?.bool,
            let layer = TransposedConvolution(
                try ConvolutionGeometry(configuration["geometry"] ?? .null),
                channels: try configuration.length("channels"), isSeries: isSeries,
                activation: try Activation(configuration["activation"] ?? .null)),
            !isSeries || layer.geometry.height == 1
        else { throw OutlierError(.invalidModel, "a transposed convolution has impossible sizes") }
        self = layer
    }
}
