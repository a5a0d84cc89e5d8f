package import Neural
internal import OutlierCore

/// One step of ALAD's training: the three discriminators, then the encoder and the generator against all of them.
package struct ALADTraining: Trainable {
    package static let lossNames = ["generator", "discriminator", "accuracy"]

    /// What random numbers are for within a step.
    private enum Stream: Int {
        case noise = 100
        case encoding = 101
        case remaking = 102
        case making = 103
        case recoding = 104
    }

    package private(set) var encoder: Network
    package private(set) var generator: Network
    /// Tells a row with its code from a made row with the code it was made of.
    package private(set) var joint: Discriminator
    /// Tells a row beside itself from a row beside its reconstruction.
    package private(set) var rowPairs: Discriminator
    /// Tells a code beside itself from a code beside its reconstruction.
    package private(set) var codePairs: Discriminator
    private var own: [Optimizer]

    package var networks: [Network] {
        get {
            [encoder, generator, joint.body, joint.head, rowPairs.body, rowPairs.head, codePairs.body, codePairs.head]
        }
        set {
            encoder = newValue[0]
            generator = newValue[1]
            joint.body = newValue[2]
            joint.head = newValue[3]
            rowPairs.body = newValue[4]
            rowPairs.head = newValue[5]
            codePairs.body = newValue[6]
            codePairs.head = newValue[7]
        }
    }
    package var optimizers: [Optimizer] {
        get { own + joint.optimizers + rowPairs.optimizers + codePairs.optimizers }
        set {
            own = Array(newValue[0..<2])
            joint.optimizers = Array(newValue[2..<4])
            rowPairs.optimizers = Array(newValue[4..<6])
            codePairs.optimizers = Array(newValue[6..<8])
        }
    }
    package var extra: [Float] {
        get {
            (joint.spectral?.vectors ?? []) + (rowPairs.spectral?.vectors ?? []) + (codePairs.spectral?.vectors ?? [])
        }
        set {
            var start = 0
            func take(_ discriminator: inout Discriminator) {
                guard let count = discriminator.spectral?.vectors.count else { return }
                discriminator.spectral?.vectors = Array(newValue[start..<start + count])
                start += count
            }
            take(&joint)
            take(&rowPairs)
            take(&codePairs)
        }
    }

    private let width: Int
    private let latent: Int
    private let capacity: Int
    /// How much the reconstruction of rows counts beside the discriminators; 0 in the paper.
    private let contextual: Double
    private let comparison: RowComparison
    private let encoderTapes: [Tape]
    private let generatorTapes: [Tape]
    package private(set) var gradients: [[Float]]
    private let work: Arena

    package init(
        encoder: Network, generator: Network, joint: Discriminator, rowPairs: Discriminator, codePairs: Discriminator,
        contextual: Double, comparison: RowComparison, optimizer: (Network) -> Optimizer, capacity: Int
    ) {
        self.encoder = encoder
        self.generator = generator
        self.joint = joint
        self.rowPairs = rowPairs
        self.codePairs = codePairs
        self.contextual = contextual
        self.comparison = comparison
        self.capacity = capacity
        own = [optimizer(encoder), optimizer(generator)]
        width = encoder.inputCount
        latent = encoder.outputCount
        encoderTapes = [Tape(encoder, capacity: capacity), Tape(encoder, capacity: capacity)]
        generatorTapes = [Tape(generator, capacity: capacity), Tape(generator, capacity: capacity)]
        gradients = [encoder.zeroGradients, generator.zeroGradients]
        work = Arena(capacity * (latent + 9 * (width + latent)))
    }

    /// Where things lie in the arena.
    private var noise: UnsafeMutablePointer<Float> { work.base }
    private func pair(_ number: Int) -> UnsafeMutablePointer<Float> {
        work.base + capacity * latent + number * capacity * (width + latent)
    }

    package mutating func step(_ batch: Batch, losses: inout [Double]) throws {
        let rows = batch.rows
        let execution = batch.execution
        try forward(batch, learns: true)
        let (codes, made) = (encoderTapes[0].output, generatorTapes[1].output)
        let (remade, recoded) = (generatorTapes[0].output, encoderTapes[1].output)
        var loss = 0.0
        var accuracy = 0.0
        func add(_ result: (loss: Double, accuracy: Double)) {
            loss += result.loss
            accuracy += result.accuracy / 3
        }
        join(batch.input, width, codes, latent, rows, pair(0))
        join(made, width, noise, latent, rows, pair(1))
        add(
            try joint.learn(
                real: pair(0), made: pair(1), rows: rows, rateFactor: batch.rateFactor, execution: execution))
        // Two rows or two codes may be wider than a row and a code: each pair has room for two.
        join(batch.input, width, batch.input, width, rows, pair(2))
        join(batch.input, width, remade, width, rows, pair(4))
        add(
            try rowPairs.learn(
                real: pair(2), made: pair(4), rows: rows, rateFactor: batch.rateFactor, execution: execution))
        join(noise, latent, noise, latent, rows, pair(6))
        join(noise, latent, recoded, latent, rows, pair(7))
        add(
            try codePairs.learn(
                real: pair(6), made: pair(7), rows: rows, rateFactor: batch.rateFactor, execution: execution))
        losses[1] = loss
        losses[2] = accuracy
        losses[0] = try pullGenerator(batch)
        own[0].step(&encoder, gradients: &gradients[0], rateFactor: batch.rateFactor)
        own[1].step(&generator, gradients: &gradients[1], rateFactor: batch.rateFactor)
    }

    package mutating func validate(_ batch: Batch, losses: inout [Double]) throws {
        try forward(batch, learns: false)
        let columns = Float(batch.rows * comparison.columnCount)
        let sum = comparison.add(
            generatorTapes[0].output, batch.input, count: batch.rows, divisor: columns, gradient: nil)
        losses = [sum / Double(columns), 0, 0]
    }

    /// The loss of the encoder and the generator, whose gradients are added to ``gradients``. Changes no weight.
    package mutating func generatorPass(_ batch: Batch) throws -> Double {
        try forward(batch, learns: true)
        return try pullGenerator(batch)
    }

    private mutating func forward(_ batch: Batch, learns: Bool) throws {
        let rows = batch.rows
        func mode(_ stream: Stream) -> PassMode { learns ? .training(batch.random.part(stream)) : .inference }
        batch.random.part(Stream.noise).fillNormal(UnsafeMutableBufferPointer(start: noise, count: rows * latent))
        try encoder.forward(
            batch.input, rows: rows, mode: mode(.encoding), tape: encoderTapes[0], execution: batch.execution)
        try generator.forward(
            encoderTapes[0].output, rows: rows, mode: mode(.remaking), tape: generatorTapes[0],
            execution: batch.execution)
        try generator.forward(
            noise, rows: rows, mode: mode(.making), tape: generatorTapes[1], execution: batch.execution)
        try encoder.forward(
            generatorTapes[1].output, rows: rows, mode: mode(.recoding), tape: encoderTapes[1],
            execution: batch.execution)
    }

    /// The loss of the encoder and the generator, after ``forward(_:learns:)``; adds its gradients to ``gradients``.
    private mutating func pullGenerator(_ batch: Batch) throws -> Double {
        let rows = batch.rows
        let execution = batch.execution
        let (codes, made) = (encoderTapes[0].output, generatorTapes[1].output)
        let (remade, recoded) = (generatorTapes[0].output, encoderTapes[1].output)
        var loss = 0.0
        // The gradients of the pairs, wanted with respect to the second part or to both.
        func pull(
            _ discriminator: Discriminator, _ input: UnsafeMutablePointer<Float>, towardsReal: Bool, inputs: Int
        ) throws -> UnsafeMutablePointer<Float> {
            let gradient = pair(4)
            gradient.update(repeating: 0, count: rows * inputs)
            loss += try discriminator.pull(
                input, rows: rows, towardsReal: towardsReal, into: gradient, execution: execution)
            return gradient
        }
        // Codes of made rows: ẑ, through the encoder to the made rows.
        join(noise, latent, recoded, latent, rows, pair(7))
        let codePair = try pull(codePairs, pair(7), towardsReal: true, inputs: 2 * latent)
        take(codePair, skipping: latent, latent, rows, encoderTapes[1].outputGradient)
        try encoder.backward(encoderTapes[1], gradients: &gradients[0], inputGradient: true, execution: execution)
        join(made, width, noise, latent, rows, pair(1))
        let madePair = try pull(joint, pair(1), towardsReal: true, inputs: width + latent)
        take(madePair, skipping: 0, width, latent, rows, generatorTapes[1].outputGradient)
        for index in 0..<rows * width {
            generatorTapes[1].outputGradient[index] += encoderTapes[1].inputGradient[index]
        }
        try generator.backward(generatorTapes[1], gradients: &gradients[1], execution: execution)
        // Rows remade from their codes, through the generator to the codes.
        join(batch.input, width, remade, width, rows, pair(2))
        let rowPair = try pull(rowPairs, pair(2), towardsReal: true, inputs: 2 * width)
        take(rowPair, skipping: width, width, rows, generatorTapes[0].outputGradient)
        if contextual > 0 {
            let columns = Float(rows * comparison.columnCount)
            loss +=
                contextual
                * comparison.add(
                    remade, batch.input, count: rows, weight: Float(contextual), divisor: columns,
                    gradient: generatorTapes[0].outputGradient) / Double(columns)
        }
        try generator.backward(generatorTapes[0], gradients: &gradients[1], inputGradient: true, execution: execution)
        join(batch.input, width, codes, latent, rows, pair(0))
        let codedPair = try pull(joint, pair(0), towardsReal: false, inputs: width + latent)
        take(codedPair, skipping: width, latent, rows, encoderTapes[0].outputGradient)
        for index in 0..<rows * latent {
            encoderTapes[0].outputGradient[index] += generatorTapes[0].inputGradient[index]
        }
        try encoder.backward(encoderTapes[0], gradients: &gradients[0], execution: execution)
        return loss
    }

    private func join(
        _ first: UnsafePointer<Float>, _ firstWidth: Int, _ second: UnsafePointer<Float>, _ secondWidth: Int,
        _ rows: Int, _ target: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<rows {
            let line = target + row * (firstWidth + secondWidth)
            line.update(from: first + row * firstWidth, count: firstWidth)
            (line + firstWidth).update(from: second + row * secondWidth, count: secondWidth)
        }
    }

    /// Copies the last `count` of `skipping` + `count` numbers of each row.
    private func take(
        _ source: UnsafePointer<Float>, skipping: Int, _ count: Int, _ rows: Int, _ target: UnsafeMutablePointer<Float>
    ) {
        take(source, skipping: skipping, count, 0, rows, target)
    }

    private func take(
        _ source: UnsafePointer<Float>, skipping: Int, _ count: Int, _ rest: Int, _ rows: Int,
        _ target: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<rows {
            (target + row * count).update(from: source + row * (skipping + count + rest) + skipping, count: count)
        }
    }
}
