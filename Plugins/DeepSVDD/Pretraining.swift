internal import Neural

/// One step of the autoencoder whose encoder the hypersphere's network begins with.
struct Pretraining: Trainable {
    static let lossNames = ["loss"]

    /// What random numbers are for within a step.
    private enum Stream: Int {
        case encoder = 101
        case decoder = 102
    }

    private(set) var encoder: Network
    private(set) var decoder: Network
    var optimizers: [Optimizer]
    var networks: [Network] {
        get { [encoder, decoder] }
        set {
            encoder = newValue[0]
            decoder = newValue[1]
        }
    }
    private let encoderTape: Tape
    private let decoderTape: Tape
    private var gradients: [[Float]]
    private let rowLosses: Arena
    private let layout: RowLayout

    init(encoder: Network, decoder: Network, layout: RowLayout, optimizers: [Optimizer], capacity: Int) {
        self.encoder = encoder
        self.decoder = decoder
        self.layout = layout
        self.optimizers = optimizers
        encoderTape = Tape(encoder, capacity: capacity)
        decoderTape = Tape(decoder, capacity: capacity)
        gradients = [encoder.zeroGradients, decoder.zeroGradients]
        rowLosses = Arena(capacity)
    }

    mutating func step(_ batch: Batch, losses: inout [Double]) throws {
        losses[0] = try pass(batch, learns: true)
        let codes = batch.rows * encoder.outputCount
        try decoder.backward(decoderTape, gradients: &gradients[1], inputGradient: true, execution: batch.execution)
        encoderTape.outputGradient.update(from: decoderTape.inputGradient, count: codes)
        try encoder.backward(encoderTape, gradients: &gradients[0], execution: batch.execution)
        optimizers[0].step(&encoder, gradients: &gradients[0], rateFactor: batch.rateFactor)
        optimizers[1].step(&decoder, gradients: &gradients[1], rateFactor: batch.rateFactor)
    }

    mutating func validate(_ batch: Batch, losses: inout [Double]) throws {
        losses[0] = try pass(batch, learns: false)
    }

    private mutating func pass(_ batch: Batch, learns: Bool) throws -> Double {
        func mode(_ stream: Stream) -> PassMode { learns ? .training(batch.random.part(stream)) : .inference }
        try encoder.forward(
            batch.input, rows: batch.rows, mode: mode(.encoder), tape: encoderTape, execution: batch.execution)
        try decoder.forward(
            encoderTape.output, rows: batch.rows, mode: mode(.decoder), tape: decoderTape, execution: batch.execution)
        return layout.evaluate(
            .squared, decoderTape.output, batch.input, rows: batch.rows, gradient: decoderTape.outputGradient,
            rowLosses: rowLosses.base)
    }
}
