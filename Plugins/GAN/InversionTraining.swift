package import Neural

/// One step of the training of an encoder that finds the codes of rows for a generator that stays as it is, on the loss
/// izi_f of f-AnoGAN: the mean squared difference of the row and its reconstruction, and `featureWeight` times that of the
/// critic's features.
package struct InversionTraining: Trainable {
    package static let lossNames = ["loss"]

    /// What random numbers are for within a step.
    private enum Stream: Int {
        case encoder = 101
    }

    package private(set) var encoder: Network
    package var optimizers: [Optimizer]
    package var networks: [Network] {
        get { [encoder] }
        set { encoder = newValue[0] }
    }
    private let generator: Network
    private let features: Network
    private let featureWeight: Float
    private let comparison: RowComparison
    private let encoderTape: Tape
    private let generatorTape: Tape
    private let featureTape: Tape
    private let wanted: Arena
    package private(set) var gradients: [Float]

    package init(
        encoder: Network, generator: Network, features: Network, featureWeight: Double, comparison: RowComparison,
        optimizer: Optimizer, capacity: Int
    ) {
        self.encoder = encoder
        self.generator = generator
        self.features = features
        self.featureWeight = Float(featureWeight)
        self.comparison = comparison
        optimizers = [optimizer]
        encoderTape = Tape(encoder, capacity: capacity)
        generatorTape = Tape(generator, capacity: capacity)
        featureTape = Tape(features, capacity: capacity)
        wanted = Arena(capacity * features.outputCount)
        gradients = encoder.zeroGradients
    }

    package mutating func step(_ batch: Batch, losses: inout [Double]) throws {
        losses[0] = try pass(batch, learns: true)
        optimizers[0].step(&encoder, gradients: &gradients, rateFactor: batch.rateFactor)
    }

    package mutating func validate(_ batch: Batch, losses: inout [Double]) throws {
        losses[0] = try pass(batch, learns: false)
    }

    /// The loss; where the encoder learns, adds its gradients to ``gradients``.
    package mutating func pass(_ batch: Batch, learns: Bool) throws -> Double {
        let rows = batch.rows
        let execution = batch.execution
        try features.infer(batch.input, rows: rows, tape: featureTape, execution: execution)
        let featureCount = rows * features.outputCount
        wanted.base.update(from: featureTape.output, count: featureCount)
        try encoder.forward(
            batch.input, rows: rows, mode: learns ? .training(batch.random.part(Stream.encoder)) : .inference,
            tape: encoderTape,
            execution: execution)
        try generator.infer(encoderTape.output, rows: rows, tape: generatorTape, execution: execution)
        try features.infer(generatorTape.output, rows: rows, tape: featureTape, execution: execution)
        var loss = 0.0
        for index in 0..<featureCount {
            let difference = featureTape.output[index] - wanted.base[index]
            loss += Double(featureWeight * difference * difference) / Double(featureCount)
            featureTape.outputGradient[index] = 2 * featureWeight * difference / Float(featureCount)
        }
        if learns { try features.inputGradient(featureTape, execution: execution) }
        if learns {
            generatorTape.outputGradient.update(
                from: featureTape.inputGradient, count: rows * generator.outputCount)
        }
        let columns = rows * comparison.columnCount
        loss +=
            comparison.add(
                generatorTape.output, batch.input, count: rows, divisor: Float(columns),
                gradient: learns ? generatorTape.outputGradient : nil) / Double(columns)
        guard learns else { return loss }
        try generator.inputGradient(generatorTape, execution: execution)
        encoderTape.outputGradient.update(from: generatorTape.inputGradient, count: rows * encoder.outputCount)
        try encoder.backward(encoderTape, gradients: &gradients, execution: execution)
        return loss
    }
}
