package import Neural

/// One step of the training of a deviation network.
package struct DeviationTraining: Trainable {
    package static let lossNames = ["loss"]

    /// What random numbers are for within a step.
    private enum Stream: Int {
        case reference = 201
    }
    /// Numbers of the reference, as in the paper.
    package static let referenceCount = 5_000

    package private(set) var network: Network
    package var optimizers: [Optimizer]
    package var networks: [Network] {
        get { [network] }
        set { network = newValue[0] }
    }
    private let margin: Float
    private let penalty: WeightPenalty
    private let isAnomaly: [Bool]
    private let tape: Tape
    private let reference: Arena
    package private(set) var gradients: [Float]

    /// - Parameters:
    ///   - isAnomaly: for each row of the table.
    ///   - penalty: the factor of the penalty on hidden weights.
    package init(
        _ network: Network, margin: Double, isAnomaly: [Bool], optimizer: Optimizer, capacity: Int,
        penalty: Double = 0
    ) {
        self.network = network
        self.penalty = WeightPenalty(network, factor: penalty, sparingLast: true)
        self.margin = Float(margin)
        self.isAnomaly = isAnomaly
        optimizers = [optimizer]
        tape = Tape(network, capacity: capacity)
        reference = Arena(DeviationTraining.referenceCount)
        gradients = network.zeroGradients
    }

    package mutating func step(_ batch: Batch, losses: inout [Double]) throws {
        losses[0] = try pass(batch, learns: true)
        penalty.addGradient(of: network, to: &gradients)
        let scale = GradientClipping.scale(gradients, bound: 1)
        optimizers[0].step(&network, gradients: &gradients, rateFactor: batch.rateFactor, gradientScale: scale)
    }

    package mutating func validate(_ batch: Batch, losses: inout [Double]) throws {
        losses[0] = try pass(batch, learns: false)
    }

    /// The loss; where the model learns, adds its gradients to ``gradients``.
    package mutating func pass(_ batch: Batch, learns: Bool) throws -> Double {
        try network.forward(
            batch.input, rows: batch.rows, mode: learns ? .training(batch.random) : .inference, tape: tape,
            execution: batch.execution)
        let (mean, deviation) = referenceMoments(batch.random.part(Stream.reference))
        var loss = 0.0
        for row in 0..<batch.rows {
            let z = (tape.output[row] - mean) / deviation
            let slope: Float
            if isAnomaly[batch.indices[row]] {
                loss += Double(max(0, margin - z))
                slope = z < margin ? -1 : 0
            } else {
                loss += Double(abs(z))
                slope = z > 0 ? 1 : (z < 0 ? -1 : 0)
            }
            tape.outputGradient[row] = slope / (deviation * Float(batch.rows))
        }
        if learns { try network.backward(tape, gradients: &gradients, execution: batch.execution) }
        return loss / Double(batch.rows)
    }

    private func referenceMoments(_ random: CounterRandom) -> (mean: Float, deviation: Float) {
        let count = DeviationTraining.referenceCount
        random.fillNormal(UnsafeMutableBufferPointer(start: reference.base, count: count))
        var sum = 0.0
        var squares = 0.0
        for index in 0..<count {
            let value = Double(reference.base[index])
            sum += value
            squares += value * value
        }
        let mean = sum / Double(count)
        return (Float(mean), Float((squares / Double(count) - mean * mean).squareRoot()))
    }
}
