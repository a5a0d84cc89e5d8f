internal import CKernels

/// What is done to one activation to get the next: a convolution with all that follows it at once, or a pooling.
struct NetworkLayer: Sendable {
    enum Kind: Sendable {
        case convolution
        /// Each channel for itself.
        case depthwise
        case maxPooling
    }

    /// What lies around the picture.
    enum Padding: Sendable, Hashable {
        /// So many zeros on all sides.
        case even(Int)
        /// TensorFlow's: as many as the output needs to be ⌈input ÷ stride⌉, the odd one below and on the right.
        case same

        /// Zeros before the first pixel, and the extent of the output.
        func geometry(input: Int, kernel: Int, stride: Int) -> (before: Int, output: Int)? {
            switch self {
            case .even(let padding):
                let room = input + 2 * padding - kernel
                return room < 0 ? nil : (padding, room / stride + 1)
            case .same:
                let output = (input + stride - 1) / stride
                let total = max(0, (output - 1) * stride + kernel - input)
                return (total / 2, output)
            }
        }
    }

    enum Activation: Sendable {
        case linear, relu, relu6

        var code: Int32 {
            switch self {
            case .linear: Int32(OUTLIER_INFERENCE_LINEAR.rawValue)
            case .relu: Int32(OUTLIER_INFERENCE_RELU.rawValue)
            case .relu6: Int32(OUTLIER_INFERENCE_RELU6.rawValue)
            }
        }
    }

    let kind: Kind
    /// Which activations it reads and writes; 0 is the picture.
    let input: Int
    let residual: Int?
    let output: Int
    let inputChannels: Int
    let outputChannels: Int
    let kernel: Int
    let stride: Int
    let padding: Padding
    var activation: Activation
    /// As the kernels want them, see `inference.h`.
    let weights: [Float]
    let bias: [Float]

    /// The number of weights that were learnt.
    var parameterCount: Int {
        switch kind {
        case .convolution: outputChannels * (inputChannels * kernel * kernel + 1)
        case .depthwise: outputChannels * (kernel * kernel + 1)
        case .maxPooling: 0
        }
    }

    /// Channels with the zeros after them.
    static func padded(_ channels: Int) -> Int {
        let lanes = Int(OUTLIER_CHANNEL_LANES)
        return (channels + lanes - 1) / lanes * lanes
    }

    /// Weights that lie as outputs × inputs × height × width, in panels of outputs.
    static func packed(_ weights: [Float], outputs: Int, inputs: Int, kernel: Int) -> [Float] {
        let panel = Int(OUTLIER_CHANNEL_PANEL)
        let window = kernel * kernel
        let all = padded(outputs)
        var result = [Float](repeating: 0, count: all * inputs * window)
        var start = 0
        for first in Swift.stride(from: 0, to: all, by: panel) {
            let width = min(panel, all - first)
            for output in first..<min(first + width, outputs) {
                for input in 0..<inputs {
                    for tap in 0..<window {
                        let place = start + (tap * inputs + input) * width + output - first
                        result[place] = weights[(output * inputs + input) * window + tap]
                    }
                }
            }
            start += width * inputs * window
        }
        return result
    }

    /// Weights of a depthwise convolution, which lie as channels × 1 × height × width.
    static func packedDepthwise(_ weights: [Float], channels: Int, kernel: Int) -> [Float] {
        let all = padded(channels)
        let window = kernel * kernel
        var result = [Float](repeating: 0, count: all * window)
        for channel in 0..<channels {
            for tap in 0..<window { result[tap * all + channel] = weights[channel * window + tap] }
        }
        return result
    }
}
