import CAllocationCount
import Foundation
import Neural
import OutlierCore
import Testing

/// How many allocations the calling thread makes in `work`.
private func allocations(_ work: () throws -> Void) rethrows -> Int {
    let before = outlier_allocations_of_this_thread()
    try work()
    return outlier_allocations_of_this_thread() - before
}

/// A network, and one step of its training after another.
private struct Steps {
    var network: Network
    private var optimizer: Optimizer
    private let tape: Tape
    private var gradients: [Float]
    private let input: Arena
    private let target: Arena
    private let rowLosses: Arena
    private let execution: Execution
    private var step = 0

    init(
        _ layers: [(name: String, layer: any Layer)], _ rule: Optimizer.Rule = .adam, capacity: Int, threads: Int = 1
    ) {
        var random = RandomSource(seed: 3)
        network = Network(layers, random: &random)
        optimizer = Optimizer(rule, learningRate: 1e-3, for: network)
        tape = Tape(network, capacity: capacity)
        gradients = network.zeroGradients
        input = Arena(capacity * network.inputCount)
        target = Arena(capacity * network.outputCount)
        for index in 0..<capacity * network.inputCount { input.base[index] = Float(random.normal()) }
        for index in 0..<capacity * network.outputCount { target.base[index] = Float(random.normal()) }
        rowLosses = Arena(capacity)
        execution = Execution(threads: threads)
    }

    mutating func run(rows: Int, extra: Int = 0) throws {
        try network.forward(
            input.base, rows: rows, mode: .training(CounterRandom(seed: 1, step: step)), tape: tape,
            execution: execution)
        _ = Loss.squared.evaluate(
            tape.output, target.base, rows: rows, width: network.outputCount, gradient: tape.outputGradient,
            rowLosses: rowLosses.base)
        try network.backward(tape, gradients: &gradients, inputGradient: true, execution: execution)
        let scale = GradientClipping.scale(gradients, bound: 1)
        optimizer.step(&network, gradients: &gradients, gradientScale: scale)
        try network.infer(input.base, rows: rows, tape: tape, execution: execution)
        for _ in 0..<extra { withExtendedLifetime(Arena(16)) {} }
        step += 1
    }
}

/// A step of training allocates nothing after the first. Counted on the thread of the test: what other tests do at the
/// same time does not matter, and with one thread every shard is computed here.
@Suite(
    .enabled(
        if: outlier_allocations_of_this_thread() >= 0,
        "allocations are counted with glibc and without a sanitizer, which has a heap of its own"))
struct AllocationTests {
    private static func dense(batchNormalization: Bool = false) -> [(name: String, layer: any Layer)] {
        let middle: (String, any Layer) =
            batchNormalization
            ? ("normalization", BatchNormalization(Shape(32))) : ("dropout", Dropout(Shape(32), rate: 0.2))
        return [
            ("first", Dense(inputs: 100, outputs: 64, activation: .relu)),
            ("second", Dense(inputs: 64, outputs: 32, activation: .silu)),
            middle,
            ("third", Dense(inputs: 32, outputs: 64, activation: .tanh)),
            ("output", Dense(inputs: 64, outputs: 100)),
        ]
    }

    private static let rules: [Optimizer.Rule] = [
        .descent(), .descent(momentum: 0.9, penalty: 1e-4), .adam, .adam(penalty: 1e-5), .adamW(),
    ]

    /// Counts the allocations of ten steps after two, of full and of partial batches.
    private func expectNone(
        _ steps: inout Steps, capacity: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for rows in [capacity, max(1, capacity / 3)] { try steps.run(rows: rows) }
        let count = try allocations {
            for index in 0..<10 { try steps.run(rows: index % 3 == 2 ? max(1, capacity / 3) : capacity) }
        }
        #expect(count == 0, sourceLocation: sourceLocation)
    }

    @Test func allocationsAreSeen() throws {
        #expect(allocations { withExtendedLifetime(Arena(16)) {} } > 0)
        #expect(allocations { withExtendedLifetime([Float](repeating: 1, count: 1000 + Int.random(in: 0..<2))) {} } > 0)
        var steps = Steps(AllocationTests.dense(), capacity: 32)
        try steps.run(rows: 32)
        #expect(try allocations { try steps.run(rows: 32, extra: 1) } > 0)
    }

    @Test(arguments: rules, [1, 2]) func denseNetworks(_ rule: Optimizer.Rule, threads: Int) throws {
        for capacity in [32, 1024] {
            var steps = Steps(AllocationTests.dense(), rule, capacity: capacity, threads: threads)
            try expectNone(&steps, capacity: capacity)
            var whole = Steps(
                AllocationTests.dense(batchNormalization: true), rule, capacity: capacity, threads: threads)
            try expectNone(&whole, capacity: capacity)
        }
    }

    @Test func frozenLayers() throws {
        var steps = Steps(AllocationTests.dense(), capacity: 512)
        steps.network.freeze { $0 == "first" || $0 == "third" }
        try expectNone(&steps, capacity: 512)
    }

    @Test func layersOfImagesAndSeries() throws {
        let categories = [CategoryEmbedding.Category(column: 1, levels: 3, dimension: 2)]
        let words: [(name: String, layer: any Layer)] = [
            ("words", try #require(CategoryEmbedding(columns: 3, categories: categories))),
            ("activation", ActivationLayer(Shape(4), .gelu)),
            ("output", Dense(inputs: 4, outputs: 2)),
        ]
        for layers in [
            try LayerGradientTests.image(), try LayerGradientTests.series(true), try LayerGradientTests.series(false),
            words,
        ] {
            for threads in [1, 2] {
                var steps = Steps(layers, capacity: 300, threads: threads)
                try expectNone(&steps, capacity: 300)
            }
        }
    }

    /// Between the steps of an epoch the trainer allocates nothing either.
    @Test func trainersBetweenSteps() throws {
        struct Counter: Trainable {
            static let lossNames = ["loss"]
            var networks: [Network] = []
            var optimizers: [Optimizer] = []
            var counts = [Int](repeating: 0, count: 40)
            mutating func step(_ batch: Batch, losses: inout [Double]) throws {
                counts[batch.step] = outlier_allocations_of_this_thread()
                losses[0] = Double(batch.input[0])
            }
            mutating func validate(_ batch: Batch, losses: inout [Double]) throws {}
        }
        var model = Counter()
        let table = FloatRows((0..<8 * 32 * 20).map { Float($0) }, width: 8)
        _ = try Trainer(TrainingOptions(epochs: 2, batchSize: 32)).train(&model, on: table, context: FitContext())
        for epoch in [0, 20] { #expect(model.counts[epoch + 19] == model.counts[epoch + 1]) }
    }
}
