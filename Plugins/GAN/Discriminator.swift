internal import Foundation
package import Neural
package import OutlierCore

/// A network that tells real rows from made ones, cut in two: the features that it sees, and the logit that it gives.
package struct Discriminator: Sendable {
    package var body: Network
    package var head: Network
    package var optimizers: [Optimizer]
    /// Keeps the largest singular value of every weight of the body at 1 (Miyato et al. 2018), where it is asked for.
    package var spectral: SpectralNormalization?
    private var gradients: [[Float]]
    private let bodyTapes: [Tape]
    private let headTapes: [Tape]
    private let featureCount: Int

    package init(
        inputs: Int, hidden: [Int], optimizer: (Network) -> Optimizer, spectralNormalization: Bool = false,
        capacity: Int, random: inout RandomSource
    ) {
        let features = hidden.last ?? 1
        body = Network.perceptron(
            inputs: inputs, hidden: Array(hidden.dropLast()), outputs: features, activation: .leakyReLU(slope: 0.2),
            output: .leakyReLU(slope: 0.2), random: &random)
        head = Network.perceptron(
            inputs: features, hidden: [], outputs: 1, activation: .identity, random: &random)
        optimizers = [optimizer(body), optimizer(head)]
        gradients = [body.zeroGradients, head.zeroGradients]
        bodyTapes = [Tape(body, capacity: capacity), Tape(body, capacity: capacity)]
        headTapes = [Tape(head, capacity: capacity), Tape(head, capacity: capacity)]
        featureCount = features
        spectral = spectralNormalization ? SpectralNormalization(body) : nil
    }

    /// The network whose features are seen.
    package var effectiveBody: Network { spectral?.normalized ?? body }

    /// Learns from as many real rows as made ones, and changes its weights.
    ///
    /// - Returns: the mean logistic loss of both sides, and the share of rows that it told right before the step.
    package mutating func learn(
        real: UnsafePointer<Float>, made: UnsafePointer<Float>, rows: Int, rateFactor: Double, execution: Execution
    ) throws -> (loss: Double, accuracy: Double) {
        spectral?.refresh(from: body)
        let seen = effectiveBody
        var loss = 0.0
        var right = 0
        for (side, input) in [real, made].enumerated() {
            try seen.infer(input, rows: rows, tape: bodyTapes[side], execution: execution)
            try head.infer(bodyTapes[side].output, rows: rows, tape: headTapes[side], execution: execution)
            let logits = headTapes[side].output
            let gradient = headTapes[side].outputGradient
            for row in 0..<rows {
                let logit = logits[row]
                let target: Float = side == 0 ? 1 : 0
                loss += Double(Discriminator.logisticLoss(logit, target)) / Double(2 * rows)
                gradient[row] = (Discriminator.sigmoid(logit) - target) / Float(2 * rows)
                if (logit > 0) == (side == 0) { right += 1 }
            }
            try head.backward(headTapes[side], gradients: &gradients[1], inputGradient: true, execution: execution)
            bodyTapes[side].outputGradient.update(from: headTapes[side].inputGradient, count: rows * featureCount)
            try seen.backward(bodyTapes[side], gradients: &gradients[0], execution: execution)
        }
        spectral?.pullBack(&gradients[0])
        optimizers[0].step(&body, gradients: &gradients[0], rateFactor: rateFactor)
        optimizers[1].step(&head, gradients: &gradients[1], rateFactor: rateFactor)
        spectral?.refresh(from: body)
        return (loss, Double(right) / Double(2 * rows))
    }

    /// The mean logistic loss of rows that someone wants to be taken for real (or for made), and adds its gradient with
    /// respect to the rows to `gradient`. Changes no weight.
    package func pull(
        _ input: UnsafePointer<Float>, rows: Int, towardsReal: Bool, into gradient: UnsafeMutablePointer<Float>,
        execution: Execution
    ) throws -> Double {
        let seen = effectiveBody
        try seen.infer(input, rows: rows, tape: bodyTapes[0], execution: execution)
        try head.infer(bodyTapes[0].output, rows: rows, tape: headTapes[0], execution: execution)
        let target: Float = towardsReal ? 1 : 0
        var loss = 0.0
        for row in 0..<rows {
            let logit = headTapes[0].output[row]
            loss += Double(Discriminator.logisticLoss(logit, target)) / Double(rows)
            headTapes[0].outputGradient[row] = (Discriminator.sigmoid(logit) - target) / Float(rows)
        }
        try head.inputGradient(headTapes[0], execution: execution)
        bodyTapes[0].outputGradient.update(from: headTapes[0].inputGradient, count: rows * featureCount)
        try seen.inputGradient(bodyTapes[0], execution: execution)
        let result = bodyTapes[0].inputGradient
        for index in 0..<rows * seen.inputCount { gradient[index] += result[index] }
        return loss
    }

    /// The mean squared difference of the features of `made` and `real`, and adds `weight` times its gradient with
    /// respect to `made` to `gradient`. Changes no weight.
    package func matchFeatures(
        real: UnsafePointer<Float>, made: UnsafePointer<Float>, rows: Int, weight: Float,
        into gradient: UnsafeMutablePointer<Float>, execution: Execution
    ) throws -> Double {
        let seen = effectiveBody
        try seen.infer(real, rows: rows, tape: bodyTapes[0], execution: execution)
        try seen.infer(made, rows: rows, tape: bodyTapes[1], execution: execution)
        let count = rows * featureCount
        var loss = 0.0
        for index in 0..<count {
            let difference = bodyTapes[1].output[index] - bodyTapes[0].output[index]
            loss += Double(difference * difference) / Double(count)
            bodyTapes[1].outputGradient[index] = 2 * weight * difference / Float(count)
        }
        try seen.inputGradient(bodyTapes[1], execution: execution)
        let result = bodyTapes[1].inputGradient
        for index in 0..<rows * seen.inputCount { gradient[index] += result[index] }
        return loss
    }

    /// −ln p for the target 1, −ln(1 − p) for 0, where p is the sigmoid of the logit.
    static func logisticLoss(_ logit: Float, _ target: Float) -> Float {
        max(logit, 0) - logit * target + log1p(exp(-abs(logit)))
    }

    static func sigmoid(_ value: Float) -> Float { 1 / (1 + exp(-value)) }
}
