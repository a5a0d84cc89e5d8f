internal import CKernels
package import OutlierCore

/// Long short-term memory (Hochreiter & Schmidhuber 1997, with forget gates: Gers et al. 2000) along the time of a
/// series, steps × features.
///
/// The gates lie in the order input, forget, cell, output. `input-weight` is features × 4·units and `recurrent-weight`
/// units × 4·units: PyTorch's, transposed; `bias` is the sum of PyTorch's two. The output is steps × units, or the
/// last step's units.
package struct LSTM: Layer {
    package static let kind = "lstm"

    package let inputShape: Shape
    package let outputShape: Shape
    private let steps: Int
    private let features: Int
    private let units: Int
    private let returnsSequences: Bool

    package init(steps: Int, features: Int, units: Int, returnsSequences: Bool) {
        inputShape = Shape(steps, features)
        outputShape = returnsSequences ? Shape(steps, units) : Shape(units)
        self.steps = steps
        self.features = features
        self.units = units
        self.returnsSequences = returnsSequences
    }

    private var gates: Int { 4 * units }
    private var inputWeights: Int { features * gates }
    private var recurrentWeights: Int { units * gates }

    package var parameters: [ParameterTensor] {
        RecurrentParameters.weights(features: features, units: units, gates: gates) + [
            ParameterTensor("bias", shape: [gates], initializer: .zeros)
        ]
    }

    package var workPerRow: Int { steps * (features + units) * gates }
    // Of every step: the gates, the cell, its tanh and the hidden state.
    package var cacheCountPerRow: Int { steps * (gates + 3 * units) }
    package func scratchCount(rows: Int) -> Int {
        2 * rows * units + FloatProduct.scratchCount(depth: max(features, gates, rows * steps))
    }
    package var preparedCount: Int { inputWeights + recurrentWeights }

    package func prepareBackward(
        _ parameters: UnsafePointer<Float>, inputGradient: Bool, prepared: UnsafeMutablePointer<Float>
    ) {
        if inputGradient { outlier_transpose_floats(parameters, features, gates, prepared) }
        outlier_transpose_floats(parameters + inputWeights, units, gates, prepared + inputWeights)
    }

    /// The parts of the cache of `rows` rows.
    private struct Parts {
        let gates: UnsafeMutablePointer<Float>
        let cells: UnsafeMutablePointer<Float>
        let squashed: UnsafeMutablePointer<Float>
        let hidden: UnsafeMutablePointer<Float>

        init(_ cache: UnsafeMutablePointer<Float>, rows: Int, of layer: LSTM) {
            let states = rows * layer.steps * layer.units
            gates = cache
            cells = cache + rows * layer.steps * layer.gates
            squashed = cells + states
            hidden = squashed + states
        }
    }

    package func forward(_ pass: ForwardPass) {
        let parts = Parts(pass.cache, rows: pass.rows, of: self)
        let gateStride = steps * gates
        let stateStride = steps * units
        FloatProduct.multiply(
            rows: pass.rows * steps, depth: features, width: gates, pass.input, pass.parameters,
            bias: pass.parameters + inputWeights + recurrentWeights, scratch: pass.scratch, result: parts.gates)
        for step in 0..<steps {
            let state = step * units
            if step > 0 {
                FloatProduct.multiply(
                    rows: pass.rows, depth: units, width: gates, parts.hidden + state - units, rowStride: stateStride,
                    pass.parameters + inputWeights, accumulate: true, scratch: pass.scratch,
                    result: parts.gates + step * gates, resultStride: gateStride)
            }
            outlier_lstm_step(
                parts.gates + step * gates, gateStride, step > 0 ? parts.cells + state - units : nil,
                parts.cells + state, parts.squashed + state, parts.hidden + state, stateStride, pass.rows, units)
        }
        RecurrentParameters.copyOutput(
            parts.hidden, to: pass.output, rows: pass.rows, steps: steps, units: units, all: returnsSequences)
    }

    package func backward(_ pass: BackwardPass) {
        let parts = Parts(pass.cache, rows: pass.rows, of: self)
        let gateStride = steps * gates
        let stateStride = steps * units
        let carried = pass.scratch
        let cellGradient = carried + pass.rows * units
        let scratch = cellGradient + pass.rows * units
        carried.update(repeating: 0, count: 2 * pass.rows * units)
        for step in (0..<steps).reversed() {
            let state = step * units
            let given = returnsSequences ? pass.outputGradient + state : step == steps - 1 ? pass.outputGradient : nil
            outlier_lstm_step_gradient(
                parts.gates + step * gates, gateStride, step > 0 ? parts.cells + state - units : nil,
                parts.squashed + state, stateStride, given, returnsSequences ? stateStride : units, carried,
                cellGradient, pass.rows, units)
            if step > 0 {
                FloatProduct.multiply(
                    rows: pass.rows, depth: gates, width: units, parts.gates + step * gates, rowStride: gateStride,
                    pass.prepared + inputWeights, scratch: scratch, result: carried, resultStride: units)
            }
        }
        if let gradients = pass.parameterGradients {
            let all = pass.rows * steps
            FloatProduct.multiply(
                transposingFirst: true, rows: features, depth: all, width: gates, pass.input, parts.gates,
                accumulate: true, scratch: scratch, result: gradients)
            RecurrentParameters.addRecurrentGradient(
                hidden: parts.hidden, gates: parts.gates, rows: pass.rows, steps: steps, units: units, gateCount: gates,
                scratch: scratch, to: gradients + inputWeights)
            outlier_add_float_rows(parts.gates, all, gates, gates, gradients + inputWeights + recurrentWeights)
        }
        if let inputGradient = pass.inputGradient {
            FloatProduct.multiply(
                rows: pass.rows * steps, depth: gates, width: features, parts.gates, pass.prepared, scratch: scratch,
                result: inputGradient)
        }
    }

    package var configuration: Value {
        RecurrentParameters.configuration(
            steps: steps, features: features, units: units, returnsSequences: returnsSequences)
    }

    package init(configuration: Value) throws {
        let sizes = try RecurrentParameters.sizes(configuration)
        self.init(
            steps: sizes.steps, features: sizes.features, units: sizes.units, returnsSequences: sizes.returnsSequences)
    }
}
