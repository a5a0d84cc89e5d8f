internal import CKernels
package import OutlierCore

/// A convolution over images or series, with its activation: output = f(weight ∗ input + bias).
///
/// The input is channels × height × width (or channels × length), the output filters × its height × its width (or
/// filters × its length). `weight` is (channels · kernel height · kernel width) × filters: PyTorch's weight, flattened to
/// filters × patch and transposed.
///
/// Every image is laid out as columns and multiplied by the weights; the gradient lays it out again, since keeping the
/// columns would cost as much memory as kernel height × kernel width copies of every input.
package struct Convolution: Layer {
    package static let kind = "convolution"

    package let inputShape: Shape
    package let outputShape: Shape
    package let activation: Activation
    private let filters: Int
    private let geometry: ConvolutionGeometry

    /// - Returns: `nil` where the sizes do not fit: the kernel is larger than the padded image, or a size is not positive.
    package init?(
        channels: Int, height: Int, width: Int, filters: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
        dilation: Int = 1, activation: Activation = .identity
    ) {
        guard
            let geometry = ConvolutionGeometry(
                channels: channels, height: height, width: width, kernel: [kernel, kernel], stride: [stride, stride],
                padding: [padding, padding], dilation: [dilation, dilation])
        else { return nil }
        self.init(geometry, filters: filters, isSeries: false, activation: activation)
    }

    /// A convolution along the time of a series of `length` steps, channels × length.
    package init?(
        channels: Int, length: Int, filters: Int, kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1,
        activation: Activation = .identity
    ) {
        guard
            let geometry = ConvolutionGeometry(
                channels: channels, height: 1, width: length, kernel: [1, kernel], stride: [1, stride],
                padding: [0, padding], dilation: [1, dilation])
        else { return nil }
        self.init(geometry, filters: filters, isSeries: true, activation: activation)
    }

    private init?(_ geometry: ConvolutionGeometry, filters: Int, isSeries: Bool, activation: Activation) {
        let image = [geometry.channels, geometry.height, geometry.width]
        let result = [filters, geometry.outputHeight, geometry.outputWidth]
        guard let input = Shape(checked: isSeries ? [image[0], image[2]] : image),
            let output = Shape(checked: isSeries ? [result[0], result[2]] : result),
            Shape(checked: [geometry.patch, filters]) != nil
        else { return nil }
        inputShape = input
        outputShape = output
        self.geometry = geometry
        self.filters = filters
        self.activation = activation
    }

    private var weightCount: Int { geometry.patch * filters }

    package var parameters: [ParameterTensor] {
        [
            ParameterTensor(
                "weight", shape: [geometry.patch, filters], initializer: activation.weightInitializer,
                fanIn: geometry.patch, fanOut: filters * geometry.kernel[0] * geometry.kernel[1]),
            ParameterTensor("bias", shape: [filters], initializer: .zeros),
        ]
    }

    package var workPerRow: Int { weightCount * geometry.places }
    package var cacheCountPerRow: Int { activation.needsSums ? outputShape.count : 0 }

    package func scratchCount(rows: Int) -> Int {
        let columns = geometry.patch * geometry.places
        let transposed = filters * geometry.places
        return columns + transposed + FloatProduct.scratchCount(depth: max(geometry.patch, geometry.places, filters))
    }

    package func forward(_ pass: ForwardPass) {
        let places = geometry.places
        var shape = geometry.kernelShape
        let columns = pass.scratch
        let scratch = columns + geometry.patch * places
        let sums = activation.needsSums ? pass.cache : pass.output
        for row in 0..<pass.rows {
            let result = sums + row * outputShape.count
            outlier_image_to_columns(pass.input + row * inputShape.count, &shape, columns)
            FloatProduct.multiply(
                transposingFirst: true, rows: filters, depth: geometry.patch, width: places, pass.parameters, columns,
                scratch: scratch, result: result)
            outlier_add_channel_bias(result, pass.parameters + weightCount, filters, places)
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
        let scratch = transposed + filters * places
        activation.multiplyByDerivative(
            sums: pass.cache, output: pass.output, count: pass.rows * outputShape.count, gradient: pass.outputGradient)
        for row in 0..<pass.rows {
            let gradient = pass.outputGradient + row * outputShape.count
            if let gradients = pass.parameterGradients {
                outlier_image_to_columns(pass.input + row * inputShape.count, &shape, columns)
                outlier_transpose_floats(gradient, filters, places, transposed)
                FloatProduct.multiply(
                    rows: geometry.patch, depth: places, width: filters, columns, transposed, accumulate: true,
                    scratch: scratch, result: gradients)
                outlier_sum_channels(gradient, gradients + weightCount, filters, places)
            }
            if let inputGradient = pass.inputGradient {
                FloatProduct.multiply(
                    rows: geometry.patch, depth: filters, width: places, pass.parameters, gradient, scratch: scratch,
                    result: columns)
                let image = inputGradient + row * inputShape.count
                image.update(repeating: 0, count: inputShape.count)
                outlier_columns_to_image(columns, &shape, image)
            }
        }
    }

    package var configuration: Value {
        .object([
            Value.Entry("geometry", geometry.value), Value.Entry("filters", .integer(filters)),
            Value.Entry("series", .boolean(inputShape.lengths.count == 2)),
            Value.Entry("activation", activation.value),
        ])
    }

    package init(configuration: Value) throws {
        guard let isSeries = configuration["series"]?.bool,
            let layer = Convolution(
                try ConvolutionGeometry(configuration["geometry"] ?? .null),
                filters: try configuration.length("filters"), isSeries: isSeries,
                activation: try Activation(configuration["activation"] ?? .null)),
            !isSeries || layer.geometry.height == 1
        else { throw OutlierError(.invalidModel, "a convolution has impossible sizes") }
        self = layer
    }
}
