internal import CKernels
internal import OutlierCore

/// What recurrent layers have in common.
enum RecurrentParameters {
    static func weights(features: Int, units: Int, gates: Int) -> [ParameterTensor] {
        [
            ParameterTensor(
                "input-weight", shape: [features, gates], initializer: .glorotUniform, fanIn: features, fanOut: units),
            ParameterTensor(
                "recurrent-weight", shape: [units, gates], initializer: .glorotUniform, fanIn: units, fanOut: units),
        ]
    }

    static func copyOutput(
        _ hidden: UnsafePointer<Float>, to output: UnsafeMutablePointer<Float>, rows: Int, steps: Int, units: Int,
        all: Bool
    ) {
        if all {
            output.update(from: hidden, count: rows * steps * units)
        } else {
            for row in 0..<rows {
                (output + row * units).update(from: hidden + ((row + 1) * steps - 1) * units, count: units)
            }
        }
    }

    /// gradient (units × gates) += Σ over rows and steps of the previous hidden state times the gates' gradient.
    static func addRecurrentGradient(
        hidden: UnsafePointer<Float>, gates: UnsafePointer<Float>, rows: Int, steps: Int, units: Int, gateCount: Int,
        scratch: UnsafeMutablePointer<Float>, to gradient: UnsafeMutablePointer<Float>
    ) {
        guard steps > 1 else { return }
        for row in 0..<rows {
            FloatProduct.multiply(
                transposingFirst: true, rows: units, depth: steps - 1, width: gateCount,
                hidden + row * steps * units, gates + (row * steps + 1) * gateCount, accumulate: true,
                scratch: scratch, result: gradient)
        }
    }

    static func configuration(steps: Int, features: Int, units: Int, returnsSequences: Bool) -> Value {
        .object([
            Value.Entry("steps", .integer(steps)), Value.Entry("features", .integer(features)),
            Value.Entry("units", .integer(units)), Value.Entry("sequences", .boolean(returnsSequences)),
        ])
    }

    /// - Throws: ``OutlierError/Code/invalidModel``.
    static func sizes(
        _ configuration: Value
    ) throws -> (steps: Int, features: Int, units: Int, returnsSequences: Bool) {
        let steps = try configuration.length("steps")
        let features = try configuration.length("features")
        let units = try configuration.length("units")
        guard Shape(checked: [steps, features]) != nil, Shape(checked: [8, steps, units]) != nil,
            Shape(checked: [4, units, max(units, features)]) != nil,
            let sequences = configuration["sequences"]?.bool
        else { throw OutlierError(.invalidModel, "a recurrent layer has impossible sizes") }
        return (steps, features, units, sequences)
    }
}
