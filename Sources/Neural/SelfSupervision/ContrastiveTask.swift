internal import CKernels
internal import Foundation
internal import OutlierCore

/// The task of telling the changed copy of a row from those of other rows.
struct ContrastiveTask: Trainable {
    static let lossNames = ["contrast"]

    private(set) var encoder: Network
    private var head: Network
    private var encoderOptimizer: Optimizer
    private var headOptimizer: Optimizer
    private var encoderGradients: [Float]
    private var headGradients: [Float]
    private let encoderTape: Tape
    private let headTape: Tape
    private let replacement: ValueReplacement
    private let rows: Arena
    private let loss: ContrastiveLoss

    init(
        _ encoder: Network, share: Float, temperature: Float, rule: Optimizer.Rule, learningRate: Double,
        capacity: Int, random: inout RandomSource
    ) {
        self.encoder = encoder
        let width = max(8, encoder.outputCount)
        head = Network(
            [
                ("head-1", Dense(inputs: encoder.outputCount, outputs: width, activation: .relu)),
                ("head-2", Dense(inputs: width, outputs: width)),
            ], random: &random)
        encoderOptimizer = Optimizer(rule, learningRate: learningRate, for: encoder)
        headOptimizer = Optimizer(rule, learningRate: learningRate, for: head)
        encoderGradients = encoder.zeroGradients
        headGradients = head.zeroGradients
        encoderTape = Tape(encoder, capacity: 2 * capacity)
        headTape = Tape(head, capacity: 2 * capacity)
        replacement = ValueReplacement(share: share, count: capacity * encoder.inputCount)
        rows = Arena(2 * capacity * encoder.inputCount)
        loss = ContrastiveLoss(capacity: capacity, width: width, temperature: temperature)
    }

    var networks: [Network] {
        get { [encoder, head] }
        set { (encoder, head) = (newValue[0], newValue[1]) }
    }

    var optimizers: [Optimizer] {
        get { [encoderOptimizer, headOptimizer] }
        set { (encoderOptimizer, headOptimizer) = (newValue[0], newValue[1]) }
    }

    mutating func step(_ batch: Batch, losses: inout [Double]) throws {
        fill(batch)
        let mode = PassMode.training(batch.random)
        let execution = batch.execution
        let count = 2 * batch.rows
        try encoder.forward(rows.base, rows: count, mode: mode, tape: encoderTape, execution: execution)
        try head.forward(encoderTape.output, rows: count, mode: mode, tape: headTape, execution: execution)
        losses[0] = loss.evaluate(headTape.output, pairs: batch.rows, gradient: headTape.outputGradient)
        try head.backward(headTape, gradients: &headGradients, inputGradient: true, execution: execution)
        encoderTape.outputGradient.update(from: headTape.inputGradient, count: count * encoder.outputCount)
        try encoder.backward(encoderTape, gradients: &encoderGradients, execution: execution)
        headOptimizer.step(&head, gradients: &headGradients, rateFactor: batch.rateFactor)
        encoderOptimizer.step(&encoder, gradients: &encoderGradients, rateFactor: batch.rateFactor)
    }

    mutating func validate(_ batch: Batch, losses: inout [Double]) throws {
        fill(batch)
        let count = 2 * batch.rows
        try encoder.infer(rows.base, rows: count, tape: encoderTape, execution: batch.execution)
        try head.infer(encoderTape.output, rows: count, tape: headTape, execution: batch.execution)
        losses[0] = loss.evaluate(headTape.output, pairs: batch.rows, gradient: headTape.outputGradient)
    }

    /// The rows of the batch, and below them their changed copies.
    private func fill(_ batch: Batch) {
        let width = encoder.inputCount
        rows.base.update(from: batch.input, count: batch.rows * width)
        replacement.apply(batch, width: width, to: rows.base + batch.rows * width)
    }
}

/// InfoNCE (van den Oord et al. 2018) between rows and their copies: the mean over i of
/// −ln(exp(sᵢᵢ) / Σⱼ exp(sᵢⱼ)), where sᵢⱼ is the cosine of row i and copy j, divided by the temperature.
package final class ContrastiveLoss: @unchecked Sendable {
    private let width: Int
    private let temperature: Float
    private let normalized: Arena
    private let transposed: Arena
    private let similarities: Arena
    private let gradients: Arena
    private let lengths: Arena
    private let scratch: Arena

    /// - Parameter capacity: the most pairs.
    package init(capacity: Int, width: Int, temperature: Float) {
        self.width = width
        self.temperature = temperature
        normalized = Arena(2 * capacity * width)
        transposed = Arena(capacity * width)
        similarities = Arena(capacity * capacity)
        gradients = Arena(2 * capacity * width)
        lengths = Arena(2 * capacity)
        scratch = Arena(FloatProduct.scratchCount(depth: max(width, capacity)))
    }

    /// - Parameters:
    ///   - codes: the rows' codes and then the copies', 2 · pairs × width.
    ///   - gradient: gets the loss's gradient with respect to the codes.
    /// - Returns: the loss.
    package func evaluate(
        _ codes: UnsafePointer<Float>, pairs: Int, gradient: UnsafeMutablePointer<Float>
    ) -> Double {
        normalize(codes, rows: 2 * pairs)
        let first = normalized.base
        let second = normalized.base + pairs * width
        outlier_transpose_floats(second, pairs, width, transposed.base)
        FloatProduct.multiply(
            rows: pairs, depth: width, width: pairs, first, transposed.base, scratch: scratch.base,
            result: similarities.base)
        let loss = softmaxGradient(pairs)
        FloatProduct.multiply(
            rows: pairs, depth: pairs, width: width, similarities.base, second, scratch: scratch.base,
            result: gradients.base)
        FloatProduct.multiply(
            transposingFirst: true, rows: pairs, depth: pairs, width: width, similarities.base, first,
            scratch: scratch.base, result: gradients.base + pairs * width)
        // Through the normalisation: only what is perpendicular to the code counts.
        for row in 0..<2 * pairs {
            let start = row * width
            var along: Float = 0
            for index in start..<start + width { along += gradients.base[index] * normalized.base[index] }
            for index in start..<start + width {
                gradient[index] = (gradients.base[index] - along * normalized.base[index]) / lengths.base[row]
            }
        }
        return loss
    }

    private func normalize(_ codes: UnsafePointer<Float>, rows: Int) {
        for row in 0..<rows {
            let start = row * width
            var sum: Float = 0
            for index in start..<start + width { sum += codes[index] * codes[index] }
            let length = max(sum.squareRoot(), 1e-6)
            lengths.base[row] = length
            for index in start..<start + width { normalized.base[index] = codes[index] / length }
        }
    }

    /// Replaces the cosines by the gradient of the loss with respect to them.
    private func softmaxGradient(_ pairs: Int) -> Double {
        var loss = 0.0
        let scale = 1 / (temperature * Float(pairs))
        for row in 0..<pairs {
            let values = similarities.base + row * pairs
            var largest = -Float.infinity
            for index in 0..<pairs { largest = max(largest, values[index] / temperature) }
            let own = values[row] / temperature - largest
            var sum: Float = 0
            for index in 0..<pairs {
                values[index] = exp(values[index] / temperature - largest)
                sum += values[index]
            }
            loss += Double(log(sum) - own)
            for index in 0..<pairs { values[index] *= scale / sum }
            values[row] -= scale
        }
        return loss / Double(pairs)
    }
}
