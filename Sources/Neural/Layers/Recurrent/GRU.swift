internal import CKernels
package import OutlierCore

/// Gated recurrent units (Cho et al. 2014) along the time of a series, steps × features; the reset gate is applied after
/// the product with the recurrent weights, as in PyTorch and cuDNN.
///
/// The gates lie in the order reset, update, new. `input-weight` is features × 3·units and `recurrent-weight` units ×
/// 3·units: PyTorch's, transposed. The output is steps × units, or the last step's units.
package struct GRU: Layer {
    package static let kind = "gru"

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

    private var gates: Int { 3 * units }
    private var inputWeights: Int { features * gates }
    private var recurrentWeights: Int { units * gates }

    package var parameters: [ParameterTensor] {
        RecurrentParameters.weights(features: features, units: units, gates: gates) + [
            ParameterTensor("input-bias", shape: [gates], initializer: .zeros),
            ParameterTensor("recurrent-bias", shape: [gates], initializer: .zeros),
        ]
    }

    package var workPerRow: Int { steps * (features + units) * gates }
    // Of every step: the gates, the previous state's part of them, and the hidden state.
    package var cacheCountPerRow: Int { steps * (2 * gates + units) }
    package func scratchCount(rows: Int) -> Int {
        rows * units + FloatProduct.scratchCount(depth: max(features, gates, rows * steps))
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
        let recurrent: UnsafeMutablePointer<Float>
        let hidden: UnsafeMutablePointer<Float>

        init(_ cache: UnsafeMutablePointer<Float>, rows: Int, of layer: GRU) {
            gates = cache
            recurrent = cache + rows * layer.steps * layer.gates
            hidden = recurrent + rows * layer.steps * layer.gates
        }
    }

    package func forward(_ pass: ForwardPass) {
        let parts = Parts(pass.cache, rows: pass.rows, of: self)
        let gateStride = steps * gates
        let stateStride = steps * units
        let inputBias = pass.parameters + inputWeights + recurrentWeights
        let recurrentBias = inputBias + gates
        FloatProduct.multiply(
            rows: pass.rows * steps, depth: features, width: gates, pass.input, pass.parameters, bias: inputBias,
            scratch: pass.scratch, result: parts.gates)
        for step in 0..<steps {
            let state = step * units
            let part = parts.recurrent + step * gates
            if step > 0 {
                FloatProduct.multiply(
                    rows: pass.rows, depth: units, width: gates, parts.hidden + state - units, rowStride: stateStride,
                    pass.parameters + inputWeights, bias: recurrentBias, scratch: pass.scratch, result: part,
                    resultStride: gateStride)
            } else {
                for row in 0..<pass.rows { (part + row * gateStride).update(from: recurrentBias, count: gates) }
            }
            outlier_gru_step(
                parts.gates + step * gates, part, gateStride, step > 0 ? parts.hidden + state - units : nil,
                parts.hidden + state, stateStride, pass.rows, units)
        }
        RecurrentParameters.copyOutput(
            parts.hidden, to: pass.output, rows: pass.rows, steps: steps, units: units, all: returnsSequences)
    }

    package func backward(_ pass: BackwardPass) {
        let parts = Parts(pass.cache, rows: pass.rows, of: self)
        let gateStride = steps * gates
        let stateStride = steps * units
        let carried = pass.scratch
        let scratch = carried + pass.rows * units
        carried.update(repeating: 0, count: pass.rows * units)
        for step in (0..<steps).reversed() {
            let state = step * units
            let given = returnsSequences ? pass.outputGradient + state : step == steps - 1 ? pass.outputGradient : nil
            let part = parts.recurrent + step * gates
            outlier_gru_step_gradient(
                parts.gates + step * gates, part, gateStride, step > 0 ? parts.hidden + state - units : nil,
                stateStride, given, returnsSequences ? stateStride : units, carried, pass.rows, units)
            if step > 0 {
                FloatProduct.multiply(
                    rows: pass.rows, depth: gates, width: units, part, rowStride: gateStride,
                    pass.prepared + inputWeights, accumulate: true, scratch: scratch, result: carried,
                    resultStride: units)
            }
        }
        if let gradients = pass.parameterGradients {
            let all = pass.rows * steps
            let biases = gradients + inputWeights + recurrentWeights
            FloatProduct.multiply(
                transposingFirst: true, rows: features, depth: all, width: gates, pass.input, parts.gates,
                accumulate: true, scratch: scratch, result: gradients)
            RecurrentParameters.addRecurrentGradient(
                hidden: parts.hidden, gates: parts.recurrent, rows: pass.rows, steps: steps, units: units,
                gateCount: gates, scratch: scratch, to: gradients + inputWeights)
            outlier_add_float_rows(parts.gates, all, gates, gates, biases)
            outlier_add_float_rows(parts.recurrent, all, gates, gates, biases + gates)
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
