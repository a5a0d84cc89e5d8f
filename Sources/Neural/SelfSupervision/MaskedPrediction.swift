internal import OutlierCore

/// The task of predicting values that were replaced, from the code of the row.
struct MaskedPrediction: Trainable {
    static let lossNames = ["masked"]

    private(set) var encoder: Network
    private var head: Network
    private var encoderOptimizer: Optimizer
    private var headOptimizer: Optimizer
    private var encoderGradients: [Float]
    private var headGradients: [Float]
    private let encoderTape: Tape
    private let headTape: Tape
    private let replacement: ValueReplacement
    private let corrupted: Arena
    private let mask: Arena
    private let layout: RowLayout
    private let rowLosses: Arena

    init(
        _ encoder: Network, layout: RowLayout, share: Float, rule: Optimizer.Rule, learningRate: Double, capacity: Int,
        random: inout RandomSource
    ) {
        self.encoder = encoder
        self.layout = layout
        let columns = layout.width
        let hidden = max(layout.outputCount, encoder.outputCount)
        head = Network(
            [
                ("head-1", Dense(inputs: encoder.outputCount, outputs: hidden, activation: .relu)),
                ("head-2", Dense(inputs: hidden, outputs: layout.outputCount)),
            ], random: &random)
        encoderOptimizer = Optimizer(rule, learningRate: learningRate, for: encoder)
        headOptimizer = Optimizer(rule, learningRate: learningRate, for: head)
        encoderGradients = encoder.zeroGradients
        headGradients = head.zeroGradients
        encoderTape = Tape(encoder, capacity: capacity)
        headTape = Tape(head, capacity: capacity)
        replacement = ValueReplacement(share: share, count: capacity * columns)
        corrupted = Arena(capacity * columns)
        mask = Arena(capacity * columns)
        rowLosses = Arena(capacity)
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
        replacement.apply(batch, width: layout.width, to: corrupted.base, mask: mask.base)
        let mode = PassMode.training(batch.random)
        let execution = batch.execution
        try encoder.forward(corrupted.base, rows: batch.rows, mode: mode, tape: encoderTape, execution: execution)
        try head.forward(encoderTape.output, rows: batch.rows, mode: mode, tape: headTape, execution: execution)
        losses[0] = gradient(batch)
        try head.backward(headTape, gradients: &headGradients, inputGradient: true, execution: execution)
        encoderTape.outputGradient.update(
            from: headTape.inputGradient, count: batch.rows * encoder.outputCount)
        try encoder.backward(encoderTape, gradients: &encoderGradients, execution: execution)
        headOptimizer.step(&head, gradients: &headGradients, rateFactor: batch.rateFactor)
        encoderOptimizer.step(&encoder, gradients: &encoderGradients, rateFactor: batch.rateFactor)
    }

    mutating func validate(_ batch: Batch, losses: inout [Double]) throws {
        replacement.apply(batch, width: layout.width, to: corrupted.base, mask: mask.base)
        try encoder.infer(corrupted.base, rows: batch.rows, tape: encoderTape, execution: batch.execution)
        try head.infer(encoderTape.output, rows: batch.rows, tape: headTape, execution: batch.execution)
        losses[0] = gradient(batch)
    }

    /// The mean over the replaced values of the squared error, or of a category's cross-entropy, and its gradient.
    private func gradient(_ batch: Batch) -> Double {
        let width = layout.width
        var replaced: Float = 0
        for index in 0..<batch.rows * width { replaced += mask.base[index] }
        let scale = 1 / max(1, replaced)
        var sum = 0.0
        for row in 0..<batch.rows {
            let output = headTape.output + row * layout.outputCount
            let gradient = headTape.outputGradient + row * layout.outputCount
            for (place, column) in layout.numbers.enumerated() {
                let index = row * width + column
                let difference = (output[place] - batch.input[index]) * mask.base[index]
                sum += Double(difference * difference)
                gradient[place] = 2 * scale * difference
            }
        }
        if layout.isMixed {
            let first = layout.numbers.count
            rowLosses.base.update(repeating: 0, count: batch.rows)
            layout.addCategories(
                headTape.output + first, stride: layout.outputCount, batch.input, rows: batch.rows, scale: scale,
                weights: mask.base, gradient: headTape.outputGradient + first, rowLosses: rowLosses.base)
            for row in 0..<batch.rows { sum += Double(rowLosses.base[row]) }
        }
        return sum * Double(scale)
    }
}
