internal import Foundation
package import Neural
package import OutlierCore
import OutlierNumerics

/// One step of the training of a network that draws rows to a centre.
package struct HypersphereTraining: Trainable {
    /// What is minimised.
    package enum Objective: Sendable, Hashable {
        /// The mean squared distance to the centre.
        case oneClass
        /// R² + mean(max(0, distance² − R²)) / ν; R² is the 1 − ν quantile of the batch after some epochs.
        case softBoundary(share: Double, warmUpEpochs: Int)
        /// Squared distances; for known normal rows times η, and for known anomalies η / (distance² + ε).
        case labelled([Label], weight: Double)
    }

    package static let lossNames = ["loss"]

    /// What random numbers are for within a step.
    private enum Stream: Int {
        case network = 101
    }

    package private(set) var network: Network
    package var optimizers: [Optimizer]
    package var networks: [Network] {
        get { [network] }
        set { network = newValue[0] }
    }
    /// The squared radius, of the soft boundary.
    package var extra: [Float] = [0]
    package let center: [Float]
    private let objective: Objective
    private let tape: Tape
    package private(set) var gradients: [Float]
    private var squares: [Float]
    private var sorted: [Float] = []

    package init(
        _ network: Network, center: [Float], objective: Objective, optimizer: Optimizer, capacity: Int
    ) {
        precondition(center.count == network.outputCount, "one number of the centre for each output")
        self.network = network
        self.center = center
        self.objective = objective
        optimizers = [optimizer]
        tape = Tape(network, capacity: capacity)
        gradients = network.zeroGradients
        squares = [Float](repeating: 0, count: capacity)
        sorted.reserveCapacity(capacity)
    }

    package mutating func step(_ batch: Batch, losses: inout [Double]) throws {
        losses[0] = try pass(batch, learns: true)
        optimizers[0].step(&network, gradients: &gradients, rateFactor: batch.rateFactor)
        guard case .softBoundary(let share, let warmUpEpochs) = objective, batch.epoch >= warmUpEpochs else { return }
        // The radius is not learnt by gradients but solved for, as in the paper.
        sorted.removeAll(keepingCapacity: true)
        sorted.append(contentsOf: squares[0..<batch.rows])
        sorted.sort()
        extra[0] = sorted[min(batch.rows - 1, Shares.floor(1 - share, of: batch.rows))]
    }

    package mutating func validate(_ batch: Batch, losses: inout [Double]) throws {
        losses[0] = try pass(batch, learns: false)
    }

    /// The loss; where the model learns, adds its gradients to ``gradients``.
    package mutating func pass(_ batch: Batch, learns: Bool) throws -> Double {
        let rows = batch.rows
        let width = center.count
        try network.forward(
            batch.input, rows: rows, mode: learns ? .training(batch.random.part(Stream.network)) : .inference,
            tape: tape,
            execution: batch.execution)
        var loss = 0.0
        for row in 0..<rows {
            let output = tape.output + row * width
            var square: Float = 0
            for place in 0..<width {
                let difference = output[place] - center[place]
                square += difference * difference
            }
            squares[row] = square
            // The row's loss, and its derivative by the squared distance.
            var rowLoss = square
            var slope: Float = 1
            switch objective {
            case .oneClass: break
            case .softBoundary(let share, _):
                let excess = square - extra[0]
                rowLoss = extra[0] + max(0, excess) / Float(share)
                slope = excess > 0 ? 1 / Float(share) : 0
            case .labelled(let labels, let weight):
                let factor = Float(weight)
                switch labels[batch.indices[row]] {
                case .unlabeled: break
                case .normal:
                    rowLoss = factor * square
                    slope = factor
                case .anomaly:
                    rowLoss = factor / (square + 1e-6)
                    slope = -factor / ((square + 1e-6) * (square + 1e-6))
                }
            }
            loss += Double(rowLoss) / Double(rows)
            let scale = 2 * slope / Float(rows)
            for place in 0..<width {
                tape.outputGradient[row * width + place] = scale * (output[place] - center[place])
            }
        }
        if learns { try network.backward(tape, gradients: &gradients, execution: batch.execution) }
        return loss
    }

    /// The centre of the outputs, kept away from 0: a network without biases reaches 0 with weights of 0, whatever the
    /// rows are.
    ///
    /// - Parameter sums: of each output over the rows.
    package static func center(sums: [Double], rows: Int, margin: Float = 0.1) -> [Float] {
        sums.map { sum in
            let mean = Float(sum / Double(max(1, rows)))
            return abs(mean) < margin ? (mean < 0 ? -margin : margin) : mean
        }
    }

    /// Adds the outputs of some rows up.
    static func add(_ outputs: [Float], to sums: inout [Double]) {
        for start in stride(from: 0, to: outputs.count, by: sums.count) {
            for place in sums.indices { sums[place] += Double(outputs[start + place]) }
        }
    }
}
