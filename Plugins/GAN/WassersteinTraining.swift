package import Neural

/// One step of a Wasserstein generative adversarial network with gradient penalty (Gulrajani et al. 2017): the critic
/// learns at every step, the generator at every `criticSteps`-th.
package struct WassersteinTraining: Trainable {
    package static let lossNames = ["critic", "generator", "distance"]

    /// What random numbers are for within a step.
    private enum Stream: Int {
        case criticNoise = 100
        case criticGenerator = 101
        case shares = 102
        case noise = 200
        case generator = 201
    }

    package private(set) var generator: Network
    /// What the critic sees, and the number it gives for it.
    package private(set) var body: Network
    package private(set) var head: Network
    package var optimizers: [Optimizer]
    package var networks: [Network] {
        get { [generator, body, head] }
        set {
            generator = newValue[0]
            body = newValue[1]
            head = newValue[2]
        }
    }
    /// The generator's last loss, which the steps report at which it does not learn.
    package var extra: [Float] = [0]

    private let penaltyWeight: Float
    private let criticSteps: Int
    private let penalty: GradientPenalty
    private let generatorTape: Tape
    private let bodyTape: Tape
    private let headTape: Tape
    private var generatorGradients: [Float]
    package private(set) var bodyGradients: [Float]
    package private(set) var headGradients: [Float]
    private let work: Arena
    private let capacity: Int

    package init(
        generator: Network, body: Network, head: Network, penaltyWeight: Double, criticSteps: Int,
        optimizers: [Optimizer], capacity: Int
    ) throws {
        self.generator = generator
        self.body = body
        self.head = head
        self.penaltyWeight = Float(penaltyWeight)
        self.criticSteps = criticSteps
        self.optimizers = optimizers
        self.capacity = capacity
        penalty = try GradientPenalty(body: body, head: head, capacity: capacity)
        generatorTape = Tape(generator, capacity: capacity)
        bodyTape = Tape(body, capacity: capacity)
        headTape = Tape(head, capacity: capacity)
        generatorGradients = generator.zeroGradients
        bodyGradients = body.zeroGradients
        headGradients = head.zeroGradients
        work = Arena(capacity * (generator.inputCount + generator.outputCount + 1))
    }

    private var noise: UnsafeMutablePointer<Float> { work.base }
    private var mixed: UnsafeMutablePointer<Float> { work.base + capacity * generator.inputCount }
    private var shares: UnsafeMutablePointer<Float> { mixed + capacity * generator.outputCount }

    package mutating func step(_ batch: Batch, losses: inout [Double]) throws {
        let result = try criticPass(batch, learns: true)
        optimizers[1].step(&body, gradients: &bodyGradients, rateFactor: batch.rateFactor)
        optimizers[2].step(&head, gradients: &headGradients, rateFactor: batch.rateFactor)
        if batch.step % criticSteps == criticSteps - 1 {
            try make(batch, noise: .noise, generator: .generator, learns: true)
            extra[0] = Float(try judge(generatorTape.output, batch, factor: -1, wantsInput: true))
            generatorTape.outputGradient.update(
                from: bodyTape.inputGradient, count: batch.rows * generator.outputCount)
            try generator.backward(generatorTape, gradients: &generatorGradients, execution: batch.execution)
            optimizers[0].step(&generator, gradients: &generatorGradients, rateFactor: batch.rateFactor)
        }
        losses[0] = result.loss
        losses[1] = -Double(extra[0])
        losses[2] = result.distance
    }

    package mutating func validate(_ batch: Batch, losses: inout [Double]) throws {
        let result = try criticPass(batch, learns: false)
        losses[0] = result.loss
        losses[2] = result.distance
        bodyGradients = body.zeroGradients
        headGradients = head.zeroGradients
    }

    /// The critic's loss, whose gradients are added to ``bodyGradients`` and ``headGradients``, and the estimate of the Wasserstein distance.
    package mutating func criticPass(_ batch: Batch, learns: Bool) throws -> (loss: Double, distance: Double) {
        try make(batch, noise: .criticNoise, generator: .criticGenerator, learns: learns)
        let rows = batch.rows
        let width = generator.outputCount
        batch.random.part(Stream.shares).fillUniform(UnsafeMutableBufferPointer(start: shares, count: rows))
        for row in 0..<rows {
            for column in row * width..<(row + 1) * width {
                mixed[column] =
                    shares[row] * batch.input[column] + (1 - shares[row]) * generatorTape.output[column]
            }
        }
        let made = try judge(generatorTape.output, batch, factor: 1, wantsInput: false)
        let real = try judge(batch.input, batch, factor: -1, wantsInput: false)
        let excess = penalty.add(
            mixed, rows: rows, body: body, head: head, weight: penaltyWeight, bodyGradients: &bodyGradients,
            headGradients: &headGradients)
        return (made - real + Double(penaltyWeight) * excess, real - made)
    }

    /// The critic's mean, and the gradient of `factor` times it: by the rows, on the body's tape, or by the critic's
    /// weights, added to ``bodyGradients`` and ``headGradients``.
    private mutating func judge(
        _ input: UnsafePointer<Float>, _ batch: Batch, factor: Float, wantsInput: Bool
    ) throws -> Double {
        let rows = batch.rows
        let features = rows * body.outputCount
        try body.infer(input, rows: rows, tape: bodyTape, execution: batch.execution)
        try head.infer(bodyTape.output, rows: rows, tape: headTape, execution: batch.execution)
        var mean = 0.0
        for row in 0..<rows {
            mean += Double(headTape.output[row]) / Double(rows)
            headTape.outputGradient[row] = factor / Float(rows)
        }
        if wantsInput {
            try head.inputGradient(headTape, execution: batch.execution)
            bodyTape.outputGradient.update(from: headTape.inputGradient, count: features)
            try body.inputGradient(bodyTape, execution: batch.execution)
        } else {
            try head.backward(
                headTape, gradients: &headGradients, inputGradient: true, execution: batch.execution)
            bodyTape.outputGradient.update(from: headTape.inputGradient, count: features)
            try body.backward(bodyTape, gradients: &bodyGradients, execution: batch.execution)
        }
        return mean
    }

    private mutating func make(
        _ batch: Batch, noise stream: Stream, generator passes: Stream, learns: Bool
    ) throws {
        batch.random.part(stream).fillNormal(
            UnsafeMutableBufferPointer(start: noise, count: batch.rows * generator.inputCount))
        try generator.forward(
            noise, rows: batch.rows, mode: learns ? .training(batch.random.part(passes)) : .inference,
            tape: generatorTape, execution: batch.execution)
    }
}
