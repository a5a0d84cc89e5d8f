package import Neural
internal import OutlierCore

/// The step of an autoencoder's training.
package struct AutoencoderTraining: Trainable {
    package static let lossNames = ["loss"]

    /// What random numbers are for within a step.
    private enum Stream: Int {
        case encoder = 0
        case decoder = 1
        case corruption = 2
    }

    /// The widths of the encoder's layers.
    let widths: [Int]
    package private(set) var encoder: Network
    package private(set) var decoder: Network
    private var encoderOptimizer: Optimizer
    private var decoderOptimizer: Optimizer
    package private(set) var encoderGradients: [Float]
    package private(set) var decoderGradients: [Float]
    private let encoderTape: Tape
    private let decoderTape: Tape
    private let corruption: Corruption
    private let corrupted: UnsafeRoom
    private let rowLosses: UnsafeRoom
    private let loss: Loss
    private let sparsity: Float
    private let contraction: ContractivePenalty?
    private let tie: WeightTie?
    private let layout: RowLayout
    private let gradientNorm: Double?

    package init(_ settings: Autoencoder, columns: NetworkColumns, rowCount: Int, seed: UInt64) {
        let architecture = AutoencoderArchitecture(settings, columns: columns)
        var random = RandomSource(seed: seed, stream: UInt64.max - 1)
        widths = architecture.widths
        layout = columns.layout
        encoder = architecture.encoder(&random)
        decoder = architecture.decoder(&random)
        let rule = Optimizer.Rule.adam(penalty: Float(settings.weightDecay))
        encoderOptimizer = Optimizer(rule, learningRate: settings.learningRate, for: encoder)
        decoderOptimizer = Optimizer(rule, learningRate: settings.learningRate, for: decoder)
        encoderGradients = encoder.zeroGradients
        decoderGradients = decoder.zeroGradients
        let capacity = min(settings.batchSize, rowCount)
        encoderTape = Tape(encoder, capacity: capacity)
        decoderTape = Tape(decoder, capacity: capacity)
        corruption = Corruption(noise: Float(settings.noise), masking: Float(settings.masking), layout: layout)
        corrupted = UnsafeRoom(corruption.isNone ? 1 : capacity * layout.width)
        rowLosses = UnsafeRoom(capacity)
        loss = settings.loss.function(delta: settings.huberDelta)
        sparsity = Float(settings.sparsity)
        contraction =
            settings.contraction > 0
            ? ContractivePenalty(
                weight: Float(settings.contraction), activation: settings.codeActivation.function,
                outputs: encoder.outputCount)
            : nil
        tie = settings.tied ? WeightTie(encoder: encoder, decoder: decoder, mirrors: architecture.mirrors) : nil
        gradientNorm = settings.gradientNorm
        tie?.copyWeights(from: encoder, to: &decoder)
    }

    /// Lets the encoder learn a task without labels first.
    mutating func pretrain(_ task: SelfSupervision, on rows: some RowTable, context: FitContext) throws {
        _ = try task.pretrain(&encoder, on: rows, layout: layout, context: context)
        tie?.copyWeights(from: encoder, to: &decoder)
    }

    /// Takes over the weights of another model.
    mutating func begin(with model: AutoencoderNetworks, _ transfer: ColumnTransfer) {
        transfer.begin(&encoder, with: model.encoder, inputs: .columns)
        transfer.begin(&decoder, with: model.decoder, outputs: .reconstruction)
        tie?.copyWeights(from: encoder, to: &decoder)
    }

    package var networks: [Network] {
        get { [encoder, decoder] }
        set { (encoder, decoder) = (newValue[0], newValue[1]) }
    }

    package var optimizers: [Optimizer] {
        get { [encoderOptimizer, decoderOptimizer] }
        set { (encoderOptimizer, decoderOptimizer) = (newValue[0], newValue[1]) }
    }

    package mutating func step(_ batch: Batch, losses: inout [Double]) throws {
        losses[0] = try addGradients(batch)
        let scale =
            gradientNorm.map { GradientClipping.scale(encoderGradients, decoderGradients, bound: $0) } ?? 1
        encoderOptimizer.step(
            &encoder, gradients: &encoderGradients, rateFactor: batch.rateFactor, gradientScale: scale)
        decoderOptimizer.step(
            &decoder, gradients: &decoderGradients, rateFactor: batch.rateFactor, gradientScale: scale)
        tie?.copyWeights(from: encoder, to: &decoder)
    }

    /// Adds the gradients of the loss over a batch, and returns the loss.
    package mutating func addGradients(_ batch: Batch) throws -> Double {
        var input = batch.input
        if !corruption.isNone {
            corruption.apply(
                batch.input, rows: batch.rows, random: batch.random.part(Stream.corruption),
                into: corrupted.base)
            input = UnsafePointer(corrupted.base)
        }
        try encoder.forward(
            input, rows: batch.rows, mode: .training(batch.random.part(Stream.encoder)), tape: encoderTape,
            execution: batch.execution)
        try decoder.forward(
            encoderTape.output, rows: batch.rows, mode: .training(batch.random.part(Stream.decoder)), tape: decoderTape,
            execution: batch.execution)
        var value = layout.evaluate(
            loss, decoderTape.output, batch.input, rows: batch.rows,
            gradient: decoderTape.outputGradient, rowLosses: rowLosses.base)
        try decoder.backward(
            decoderTape, gradients: &decoderGradients, inputGradient: true, execution: batch.execution)
        encoderTape.outputGradient.update(from: decoderTape.inputGradient, count: batch.rows * encoder.outputCount)
        if sparsity > 0 { value += addSparsity(rows: batch.rows) }
        if let contraction {
            value += contraction.add(encoder, encoderTape, rows: batch.rows, gradients: &encoderGradients)
        }
        try encoder.backward(encoderTape, gradients: &encoderGradients, execution: batch.execution)
        tie?.foldGradients(from: &decoderGradients, into: &encoderGradients)
        return value
    }

    package mutating func validate(_ batch: Batch, losses: inout [Double]) throws {
        try encoder.infer(batch.input, rows: batch.rows, tape: encoderTape, execution: batch.execution)
        try decoder.infer(encoderTape.output, rows: batch.rows, tape: decoderTape, execution: batch.execution)
        losses[0] = layout.evaluate(
            loss, decoderTape.output, batch.input, rows: batch.rows, rowLosses: rowLosses.base)
    }

    /// Adds `sparsity` · the mean absolute activation of the code.
    private func addSparsity(rows: Int) -> Double {
        let count = rows * encoder.outputCount
        let weight = sparsity / Float(count)
        var sum = 0.0
        for index in 0..<count {
            let value = encoderTape.output[index]
            sum += Double(abs(value))
            encoderTape.outputGradient[index] += value > 0 ? weight : (value < 0 ? -weight : 0)
        }
        return Double(weight) * sum
    }
}

/// Memory for numbers that lives as long as its owner.
final class UnsafeRoom {
    let base: UnsafeMutablePointer<Float>

    init(_ count: Int) {
        base = .allocate(capacity: max(1, count))
        base.initialize(repeating: 0, count: max(1, count))
    }

    deinit { base.deallocate() }
}
