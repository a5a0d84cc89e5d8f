internal import CKernels
package import OutlierCore

/// Batch normalisation (Ioffe & Szegedy 2015) of vectors, or of the channels of images and series: each channel less its
/// mean over the batch, divided by its standard deviation, then scaled and shifted. Scoring uses running means and
/// variances of the training, which move by a tenth a step.
package struct BatchNormalization: Layer {
    package static let kind = "batch-normalization"

    package let inputShape: Shape
    package var outputShape: Shape { inputShape }
    private static let epsilon: Float = 1e-5
    private static let momentum: Float = 0.1

    /// - Parameter shape: `[features]`, or channels first.
    package init(_ shape: Shape) { inputShape = shape }

    private var channels: Int { inputShape.lengths[0] }
    /// Numbers of one channel of one row.
    private var size: Int { inputShape.count / channels }

    package var parameters: [ParameterTensor] {
        [
            ParameterTensor("scale", shape: [channels], initializer: .ones),
            ParameterTensor("shift", shape: [channels], initializer: .zeros),
        ]
    }

    package var state: [ParameterTensor] {
        [
            ParameterTensor("mean", shape: [channels], initializer: .zeros),
            ParameterTensor("variance", shape: [channels], initializer: .ones),
        ]
    }

    package var needsWholeBatch: Bool { true }
    package var workPerRow: Int { 8 * inputShape.count }
    // The normalised rows.
    package var cacheCountPerRow: Int { inputShape.count }
    // The inverses of the deviations that the forward pass used.
    package var cacheCountPerBatch: Int { channels }
    // Means, variances and sums, some in double precision.
    package func scratchCount(rows: Int) -> Int { 6 * channels }

    package func forward(_ pass: ForwardPass) {
        let work = UnsafeMutableRawPointer(pass.scratch)
        let means = pass.scratch + 4 * channels
        let variances = means + channels
        if pass.isTraining {
            outlier_channel_moments(pass.input, pass.rows, channels, size, work, means, variances)
            let count = Float(pass.rows * size)
            let unbiased = count > 1 ? count / (count - 1) : 1
            for channel in 0..<channels {
                let momentum = BatchNormalization.momentum
                pass.state[channel] += momentum * (means[channel] - pass.state[channel])
                let place = channels + channel
                pass.state[place] += momentum * (unbiased * variances[channel] - pass.state[place])
            }
        } else {
            means.update(from: pass.state, count: channels)
            variances.update(from: pass.state + channels, count: channels)
        }
        for channel in 0..<channels {
            pass.batchCache[channel] = 1 / (variances[channel] + BatchNormalization.epsilon).squareRoot()
        }
        outlier_batch_norm(
            pass.input, means, pass.batchCache, pass.parameters, pass.parameters + channels, pass.cache, pass.output,
            pass.rows, channels, size)
    }

    package func backward(_ pass: BackwardPass) {
        let work = UnsafeMutableRawPointer(pass.scratch)
        let shifts = pass.scratch + 4 * channels
        let scales = shifts + channels
        outlier_batch_norm_sums(pass.outputGradient, pass.cache, pass.rows, channels, size, work, shifts, scales)
        if let gradients = pass.parameterGradients {
            outlier_add_float_rows(scales, 1, channels, channels, gradients)
            outlier_add_float_rows(shifts, 1, channels, channels, gradients + channels)
        }
        guard let inputGradient = pass.inputGradient else { return }
        if !pass.isTraining {
            // Fixed means and deviations: nothing of the gradient flows through them.
            shifts.update(repeating: 0, count: 2 * channels)
        }
        outlier_batch_norm_gradient(
            pass.outputGradient, pass.cache, pass.batchCache, pass.parameters, shifts, scales, inputGradient,
            pass.rows, channels, size)
    }

    package var configuration: Value {
        .object([Value.Entry("shape", .array(inputShape.lengths.map(Value.integer)))])
    }

    package init(configuration: Value) throws {
        guard let shape = Shape(checked: configuration["shape"]?.array?.compactMap(\.int) ?? []) else {
            throw OutlierError(.invalidModel, "a batch normalisation has an impossible shape")
        }
        self.init(shape)
    }
}
