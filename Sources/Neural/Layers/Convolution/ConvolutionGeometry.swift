internal import CKernels
internal import OutlierCore

/// The sizes of a two-dimensional convolution. A one-dimensional one, over series, is one over images of height 1.
struct ConvolutionGeometry: Hashable, Sendable {
    /// Of the image that is cut into patches: the larger side of the layer.
    var channels: Int
    var height: Int
    var width: Int
    /// Kernel, stride, padding and dilation: (vertical, horizontal).
    var kernel: [Int]
    var stride: [Int]
    var padding: [Int]
    var dilation: [Int]
    let outputHeight: Int
    let outputWidth: Int

    /// - Returns: `nil` where a size is not positive, a padding negative, or no patch fits.
    init?(
        channels: Int, height: Int, width: Int, kernel: [Int], stride: [Int], padding: [Int], dilation: [Int]
    ) {
        let limit = 1 << 24
        guard ([channels, height, width] + kernel + stride + dilation).allSatisfy({ $0 > 0 && $0 < limit }),
            padding.allSatisfy({ $0 >= 0 && $0 < limit })
        else { return nil }
        func outputs(_ size: Int, _ axis: Int) -> Int {
            let room = size + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1
            return room < 0 ? 0 : room / stride[axis] + 1
        }
        outputHeight = outputs(height, 0)
        outputWidth = outputs(width, 1)
        guard outputHeight > 0, outputWidth > 0,
            Shape(checked: [channels, height, width]) != nil,
            Shape(checked: [channels, kernel[0], kernel[1], outputHeight, outputWidth]) != nil
        else { return nil }
        self.channels = channels
        self.height = height
        self.width = width
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
    }

    /// Numbers of one patch.
    var patch: Int { channels * kernel[0] * kernel[1] }
    /// How many patches an image has.
    var places: Int { outputHeight * outputWidth }

    var kernelShape: outlier_convolution {
        outlier_convolution(
            channels: channels, height: height, width: width, kernel_height: kernel[0], kernel_width: kernel[1],
            stride_height: stride[0], stride_width: stride[1], padding_height: padding[0], padding_width: padding[1],
            dilation_height: dilation[0], dilation_width: dilation[1], output_height: outputHeight,
            output_width: outputWidth)
    }

    var value: Value {
        func list(_ numbers: [Int]) -> Value { .array(numbers.map(Value.integer)) }
        return .object([
            Value.Entry("image", list([channels, height, width])), Value.Entry("kernel", list(kernel)),
            Value.Entry("stride", list(stride)), Value.Entry("padding", list(padding)),
            Value.Entry("dilation", list(dilation)),
        ])
    }

    /// - Throws: ``OutlierError/Code/invalidModel``.
    init(_ value: Value) throws {
        func list(_ key: String, count: Int) throws -> [Int] {
            let numbers = value[key]?.array?.compactMap(\.int) ?? []
            guard numbers.count == count else {
                throw OutlierError(.invalidModel, "a convolution has no usable “\(key)”")
            }
            return numbers
        }
        let image = try list("image", count: 3)
        guard
            let geometry = ConvolutionGeometry(
                channels: image[0], height: image[1], width: image[2], kernel: try list("kernel", count: 2),
                stride: try list("stride", count: 2), padding: try list("padding", count: 2),
                dilation: try list("dilation", count: 2))
        else { throw OutlierError(.invalidModel, "a convolution has impossible sizes") }
        self = geometry
    }
}
