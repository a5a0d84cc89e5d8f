internal import Foundation
package import Neural

/// One step of a variational autoencoder's training: the encoder's means and log variances, one code a row, the
/// decoder's likelihood, and the divergence from the prior.
package struct VariationalTraining: Trainable {
    package static let lossNames = ["loss", "reconstruction", "divergence"]
    /// Log variances are kept within ± this: beyond, e^… would leave the range of `Float` or its precision.
    package static let logVarianceBound: Float = 12

    /// What random numbers are for within a step.
    private enum Stream: Int {
        case encoder = 101
        case codes = 102
        case decoder = 103
    }

    package private(set) var encoder: Network
    package private(set) var decoder: Network
    package var optimizers: [Optimizer]
    package var networks: [Network] {
        get { [encoder, decoder] }
        set {
            encoder = newValue[0]
            decoder = newValue[1]
        }
    }

    private let likelihood: VariationalAutoencoder.Decoder
    private let beta: Double
    private let warmUp: Double
    private let latent: Int
    private let layout: RowLayout
    private let encoderTape: Tape
    private let decoderTape: Tape
    /// The gradients of the last step's losses; kept until the optimizers have used them.
    package private(set) var gradients: [[Float]]
    private let work: Arena
    private let capacity: Int

    package init(
        encoder: Network, decoder: Network, layout: RowLayout, likelihood: VariationalAutoencoder.Decoder,
        beta: Double, warmUp: Double, optimizers: [Optimizer], capacity: Int
    ) {
        self.encoder = encoder
        self.decoder = decoder
        self.likelihood = likelihood
        self.beta = beta
        self.warmUp = warmUp
        self.optimizers = optimizers
        self.capacity = capacity
        latent = decoder.inputCount
        self.layout = layout
        encoderTape = Tape(encoder, capacity: capacity)
        decoderTape = Tape(decoder, capacity: capacity)
        gradients = [encoder.zeroGradients, decoder.zeroGradients]
        work = Arena(capacity * (6 * latent + 5 * layout.numbers.count + 1))
    }

    package mutating func step(_ batch: Batch, losses: inout [Double]) throws {
        try pass(batch, learns: true, losses: &losses)
        optimizers[0].step(&encoder, gradients: &gradients[0], rateFactor: batch.rateFactor)
        optimizers[1].step(&decoder, gradients: &gradients[1], rateFactor: batch.rateFactor)
    }

    package mutating func validate(_ batch: Batch, losses: inout [Double]) throws {
        try pass(batch, learns: false, losses: &losses)
    }

    /// Computes the losses and, where the model learns, adds their gradients to ``gradients``.
    package mutating func pass(_ batch: Batch, learns: Bool, losses: inout [Double]) throws {
        let rows = batch.rows
        let count = rows * latent
        let means = work.base
        let logVariances = means + capacity * latent
        let noise = logVariances + capacity * latent
        let codes = noise + capacity * latent
        let meanGradients = codes + capacity * latent
        let logVarianceGradients = meanGradients + capacity * latent
        let rest = logVarianceGradients + capacity * latent
        let rowLosses = rest + 5 * capacity * layout.numbers.count

        try encoder.forward(
            batch.input, rows: rows, mode: learns ? .training(batch.random.part(Stream.encoder)) : .inference,
            tape: encoderTape,
            execution: batch.execution)
        if learns {
            batch.random.part(Stream.codes).fillNormal(UnsafeMutableBufferPointer(start: noise, count: count))
        } else {
            noise.update(repeating: 0, count: count)
        }
        let bound = VariationalTraining.logVarianceBound
        for row in 0..<rows {
            let output = encoderTape.output + row * 2 * latent
            for place in 0..<latent {
                let index = row * latent + place
                means[index] = output[place]
                logVariances[index] = min(max(output[latent + place], -bound), bound)
                codes[index] = means[index] + exp(0.5 * logVariances[index]) * noise[index]
            }
        }
        try decoder.forward(
            codes, rows: rows, mode: learns ? .training(batch.random.part(Stream.decoder)) : .inference,
            tape: decoderTape,
            execution: batch.execution)
        let reconstruction = likelihoodLoss(batch, rest, rowLosses)
        // Rises over the first part of the training.
        let risen = warmUp > 0 ? min(1, Double(batch.step + 1) / (warmUp * Double(batch.totalSteps))) : 1
        let weight = beta * (learns ? risen : 1)
        meanGradients.update(repeating: 0, count: 2 * capacity * latent)
        let divergence = Likelihood.divergenceFromNormal(
            means: means, logVariances: logVariances, rows: rows, width: latent, weight: Float(weight),
            meanGradient: meanGradients, logVarianceGradient: logVarianceGradients, rowLosses: rowLosses)
        losses[0] = reconstruction + weight * divergence
        losses[1] = reconstruction
        losses[2] = divergence
        guard learns else { return }

        try decoder.backward(
            decoderTape, gradients: &gradients[1], inputGradient: true, execution: batch.execution)
        let codeGradients = decoderTape.inputGradient
        for row in 0..<rows {
            let output = encoderTape.output + row * 2 * latent
            let gradient = encoderTape.outputGradient + row * 2 * latent
            for place in 0..<latent {
                let index = row * latent + place
                let deviation = exp(0.5 * logVariances[index])
                gradient[place] = meanGradients[index] + codeGradients[index]
                let isBounded = abs(output[latent + place]) >= bound
                gradient[latent + place] =
                    isBounded ? 0 : logVarianceGradients[index] + 0.5 * codeGradients[index] * noise[index] * deviation
            }
        }
        try encoder.backward(encoderTape, gradients: &gradients[0], execution: batch.execution)
    }

    /// −ln p(x | z), and its gradient on the decoder's tape.
    private func likelihoodLoss(
        _ batch: Batch, _ memory: UnsafeMutablePointer<Float>, _ rowLosses: UnsafeMutablePointer<Float>
    ) -> Double {
        let rows = batch.rows
        let width = layout.numbers.count
        let count = rows * width
        let stride = decoder.outputCount
        let targets = memory
        let means = targets + count
        let meanGradients = means + count
        let logVariances = meanGradients + count
        let logVarianceGradients = logVariances + count
        layout.gatherNumbers(batch.input, rows: rows, into: targets)
        for row in 0..<rows { (means + row * width).update(from: decoderTape.output + row * stride, count: width) }
        var loss = 0.0
        switch likelihood {
        case .bernoulli:
            for index in 0..<count { targets[index] = min(max(targets[index], 0), 1) }
            loss = Likelihood.bernoulli(
                logits: means, targets: targets, rows: rows, width: width, gradient: meanGradients,
                rowLosses: rowLosses)
        case .gaussian:
            logVariances.update(repeating: 0, count: count)
            loss = Likelihood.gaussian(
                means: means, logVariances: logVariances, targets: targets, rows: rows, width: width,
                meanGradient: meanGradients, rowLosses: rowLosses)
        case .gaussianWithVariance:
            let bound = VariationalModel.decoderBound
            for row in 0..<rows {
                for column in 0..<width {
                    let given = decoderTape.output[row * stride + width + column]
                    logVariances[row * width + column] = min(max(given, -bound), bound)
                }
            }
            loss = Likelihood.gaussian(
                means: means, logVariances: logVariances, targets: targets, rows: rows, width: width,
                meanGradient: meanGradients, logVarianceGradient: logVarianceGradients, rowLosses: rowLosses)
            for row in 0..<rows {
                for column in 0..<width {
                    let place = row * stride + width + column
                    decoderTape.outputGradient[place] =
                        abs(decoderTape.output[place]) >= bound ? 0 : logVarianceGradients[row * width + column]
                }
            }
        }
        for row in 0..<rows {
            (decoderTape.outputGradient + row * stride).update(from: meanGradients + row * width, count: width)
        }
        guard layout.isMixed else { return loss }
        let first = stride - layout.logitCount
        rowLosses.update(repeating: 0, count: rows)
        layout.addCategories(
            decoderTape.output + first, stride: stride, batch.input, rows: rows, scale: 1 / Float(rows),
            gradient: decoderTape.outputGradient + first, rowLosses: rowLosses)
        for row in 0..<rows { loss += Double(rowLosses[row]) / Double(rows) }
        return loss
    }
}
