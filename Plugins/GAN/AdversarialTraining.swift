package import Neural

/// One step of a plain generative adversarial network (Goodfellow et al. 2014), with the loss of the generator that does
/// not saturate.
package struct AdversarialTraining: Trainable {
    package static let lossNames = ["generator", "discriminator", "accuracy"]

    /// What random numbers are for within a step.
    private enum Stream: Int {
        case noise = 100
        case generator = 101
    }

    package private(set) var generator: Network
    package private(set) var discriminator: Discriminator
    private var own: Optimizer
    package var networks: [Network] {
        get { [generator, discriminator.body, discriminator.head] }
        set {
            generator = newValue[0]
            discriminator.body = newValue[1]
            discriminator.head = newValue[2]
        }
    }
    package var optimizers: [Optimizer] {
        get { [own] + discriminator.optimizers }
        set {
            own = newValue[0]
            discriminator.optimizers = Array(newValue[1...])
        }
    }

    private let tape: Tape
    package private(set) var gradients: [Float]
    private let noise: Arena

    package init(
        generator: Network, discriminator: Discriminator, optimizer: (Network) -> Optimizer, capacity: Int
    ) {
        self.generator = generator
        self.discriminator = discriminator
        own = optimizer(generator)
        tape = Tape(generator, capacity: capacity)
        gradients = generator.zeroGradients
        noise = Arena(capacity * generator.inputCount)
    }

    package mutating func step(_ batch: Batch, losses: inout [Double]) throws {
        try make(batch, learns: true)
        let result = try discriminator.learn(
            real: batch.input, made: tape.output, rows: batch.rows, rateFactor: batch.rateFactor,
            execution: batch.execution)
        losses[1] = result.loss
        losses[2] = result.accuracy
        tape.outputGradient.update(repeating: 0, count: batch.rows * generator.outputCount)
        losses[0] = try discriminator.pull(
            tape.output, rows: batch.rows, towardsReal: true, into: tape.outputGradient, execution: batch.execution)
        try generator.backward(tape, gradients: &gradients, execution: batch.execution)
        own.step(&generator, gradients: &gradients, rateFactor: batch.rateFactor)
    }

    package mutating func validate(_ batch: Batch, losses: inout [Double]) throws {
        try make(batch, learns: false)
        tape.outputGradient.update(repeating: 0, count: batch.rows * generator.outputCount)
        losses[0] = try discriminator.pull(
            tape.output, rows: batch.rows, towardsReal: true, into: tape.outputGradient, execution: batch.execution)
    }

    private mutating func make(_ batch: Batch, learns: Bool) throws {
        batch.random.part(Stream.noise).fillNormal(
            UnsafeMutableBufferPointer(start: noise.base, count: batch.rows * generator.inputCount))
        try generator.forward(
            noise.base, rows: batch.rows, mode: learns ? .training(batch.random.part(Stream.generator)) : .inference,
            tape: tape,
            execution: batch.execution)
    }
}
