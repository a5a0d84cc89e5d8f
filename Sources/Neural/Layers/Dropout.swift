internal import CKernels
package import OutlierCore

/// In training each number becomes 0 with probability `rate` and the others are divided by 1 − rate (Srivastava et al.
/// 2014); otherwise nothing changes.
package struct Dropout: Layer {
    package static let kind = "dropout"

    package let inputShape: Shape
    package let rate: Float
    package var outputShape: Shape { inputShape }

    /// - Parameter rate: 0..<1.
    package init(_ shape: Shape, rate: Float) {
        inputShape = shape
        self.rate = rate
    }

    package func forward(_ pass: ForwardPass) {
        if pass.isTraining {
            drop(pass.input, pass.output, rows: pass.rows, firstRow: pass.firstRow, random: pass.random)
        } else {
            pass.output.update(from: pass.input, count: pass.rows * inputShape.count)
        }
    }

    package func backward(_ pass: BackwardPass) {
        guard let inputGradient = pass.inputGradient else { return }
        if pass.isTraining {
            // The same numbers drop the same elements.
            drop(
                UnsafePointer(pass.outputGradient), inputGradient, rows: pass.rows, firstRow: pass.firstRow,
                random: pass.random)
        } else {
            inputGradient.update(from: pass.outputGradient, count: pass.rows * inputShape.count)
        }
    }

    private func drop(
        _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, rows: Int, firstRow: Int,
        random: CounterRandom
    ) {
        let width = inputShape.count
        outlier_dropout(
            random.key, UInt64(firstRow * width), rate, 1 / (1 - rate), input, rows * width, output)
    }

    package var configuration: Value {
        .object([
            Value.Entry("shape", .array(inputShape.lengths.map(Value.integer))),
            Value.Entry("rate", .number(Double(rate))),
        ])
    }

    package init(configuration: Value) throws {
        let lengths = configuration["shape"]?.array?.compactMap(\.int) ?? []
        guard let shape = Shape(checked: lengths), let rate = configuration["rate"]?.double, rate >= 0, rate < 1 else {
            throw OutlierError(.invalidModel, "a dropout layer has an impossible shape or rate")
        }
        self.init(shape, rate: Float(rate))
    }
}
