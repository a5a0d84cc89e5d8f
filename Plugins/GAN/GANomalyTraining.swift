package import Neural

/// One step of GANomaly's training: the encoder–decoder–encoder on its three losses, then the discriminator.
package struct GANomalyTraining: Trainable {
    package static let lossNames = ["generator", "discriminator", "accuracy"]

    /// What random numbers are for within a step.
    private enum Stream: Int {
        case encoder = 101
        case decoder = 102
        case recoder = 103
    }

    package private(set) var encoder: Network
    package private(set) var decoder: Network
    package private(set) var recoder: Network
    package private(set) var discriminator: Discriminator
    private var own: [Optimizer]
    package var networks: [Network] {
        get { [encoder, decoder, recoder, discriminator.body, discriminator.head] }
        set {
            encoder = newValue[0]
            decoder = newValue[1]
            recoder = newValue[2]
            discriminator.body = newValue[3]
            discriminator.head = newValue[4]
        }
    }
    package var optimizers: [Optimizer] {
        get { own + discriminator.optimizers }
        set {
            own = Array(newValue[0..<3])
            discriminator.optimizers = Array(newValue[3...])
        }
    }

    /// The weights of the three losses.
    package struct Weights: Sendable {
        package var adversarial: Double
        package var contextual: Double
        package var encoder: Double

        package init(adversarial: Double, contextual: Double, encoder: Double) {
            self.adversarial = adversarial
            self.contextual = contextual
            self.encoder = encoder
        }
    }

    private let weights: Weights
    private let comparison: RowComparison
    private let encoderTape: Tape
    private let decoderTape: Tape
    private let recoderTape: Tape
    package private(set) var gradients: [[Float]]
    private let work: Arena

    package init(
        encoder: Network, decoder: Network, recoder: Network, discriminator: Discriminator, weights: Weights,
        comparison: RowComparison, optimizer: (Network) -> Optimizer, capacity: Int
    ) {
        self.encoder = encoder
        self.decoder = decoder
        self.recoder = recoder
        self.discriminator = discriminator
        self.weights = weights
        self.comparison = comparison
        own = [optimizer(encoder), optimizer(decoder), optimizer(recoder)]
        encoderTape = Tape(encoder, capacity: capacity)
        decoderTape = Tape(decoder, capacity: capacity)
        recoderTape = Tape(recoder, capacity: capacity)
        gradients = [encoder.zeroGradients, decoder.zeroGradients, recoder.zeroGradients]
        work = Arena(capacity * encoder.outputCount)
    }

    package mutating func step(_ batch: Batch, losses: inout [Double]) throws {
        losses[0] = try generatorPass(batch, learns: true)
        own[0].step(&encoder, gradients: &gradients[0], rateFactor: batch.rateFactor)
        own[1].step(&decoder, gradients: &gradients[1], rateFactor: batch.rateFactor)
        own[2].step(&recoder, gradients: &gradients[2], rateFactor: batch.rateFactor)
        // The rows that the generator made before it changed, as in the paper.
        let result = try discriminator.learn(
            real: batch.input, made: decoderTape.output, rows: batch.rows, rateFactor: batch.rateFactor,
            execution: batch.execution)
        losses[1] = result.loss
        losses[2] = result.accuracy
    }

    package mutating func validate(_ batch: Batch, losses: inout [Double]) throws {
        losses = [try generatorPass(batch, learns: false), 0, 0]
    }

    /// The generator's loss: weighted, the difference of the discriminator's features, of the rows and of the codes.
    package mutating func generatorPass(_ batch: Batch, learns: Bool) throws -> Double {
        let rows = batch.rows
        let execution = batch.execution
        func mode(_ stream: Stream) -> PassMode { learns ? .training(batch.random.part(stream)) : .inference }
        try encoder.forward(batch.input, rows: rows, mode: mode(.encoder), tape: encoderTape, execution: execution)
        try decoder.forward(
            encoderTape.output, rows: rows, mode: mode(.decoder), tape: decoderTape, execution: execution)
        try recoder.forward(
            decoderTape.output, rows: rows, mode: mode(.recoder), tape: recoderTape, execution: execution)
        let codeCount = rows * encoder.outputCount
        let count = rows * decoder.outputCount

        var codeLoss = 0.0
        let codeGradient = work.base
        for index in 0..<codeCount {
            let difference = recoderTape.output[index] - encoderTape.output[index]
            codeLoss += Double(difference * difference) / Double(codeCount)
            let gradient = Float(weights.encoder) * 2 * difference / Float(codeCount)
            recoderTape.outputGradient[index] = gradient
            codeGradient[index] = -gradient
        }
        if learns {
            try recoder.backward(recoderTape, gradients: &gradients[2], inputGradient: true, execution: execution)
        }
        if learns {
            decoderTape.outputGradient.update(from: recoderTape.inputGradient, count: count)
        } else {
            decoderTape.outputGradient.update(repeating: 0, count: count)
        }
        let columns = rows * comparison.columnCount
        let rowLoss =
            comparison.add(
                decoderTape.output, batch.input, count: rows, weight: Float(weights.contextual),
                divisor: Float(columns), gradient: decoderTape.outputGradient) / Double(columns)
        let featureLoss = try discriminator.matchFeatures(
            real: batch.input, made: decoderTape.output, rows: rows, weight: Float(weights.adversarial),
            into: decoderTape.outputGradient, execution: execution)
        if learns {
            try decoder.backward(decoderTape, gradients: &gradients[1], inputGradient: true, execution: execution)
            for index in 0..<codeCount {
                encoderTape.outputGradient[index] = decoderTape.inputGradient[index] + codeGradient[index]
            }
            try encoder.backward(encoderTape, gradients: &gradients[0], execution: execution)
        }
        return weights.adversarial * featureLoss + weights.contextual * rowLoss + weights.encoder * codeLoss
    }
}
