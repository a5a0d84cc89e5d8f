import Foundation
import Neural
import OutlierCore
import Testing

/// Learns to give back its input.
private struct Copier: Trainable {
    static let lossNames = ["loss"]
    var networks: [Network]
    var optimizers: [Optimizer]
    private let tape: Tape
    private var gradients: [Float]
    private var rowLosses: [Float]
    var cancelAfter: (step: Int, cancellation: Cancellation)?

    init(width: Int, batchSize: Int, rate: Double = 1e-3, normalizes: Bool = false) {
        var random = RandomSource(seed: 1)
        let network = Network(
            [
                ("code", Dense(inputs: width, outputs: 3, activation: .tanh)),
                normalizes
                    ? ("normalization", BatchNormalization(Shape(3)) as any Layer)
                    : ("dropout", Dropout(Shape(3), rate: 0.1)),
                ("output", Dense(inputs: 3, outputs: width)),
            ], random: &random)
        networks = [network]
        optimizers = [Optimizer(learningRate: rate, for: network)]
        tape = Tape(network, capacity: batchSize)
        gradients = network.zeroGradients
        rowLosses = [Float](repeating: 0, count: batchSize)
    }

    mutating func step(_ batch: Batch, losses: inout [Double]) throws {
        if let (step, cancellation) = cancelAfter, step == batch.step { cancellation.cancel() }
        try networks[0].forward(
            batch.input, rows: batch.rows, mode: .training(batch.random), tape: tape, execution: batch.execution)
        losses[0] = rowLosses.withUnsafeMutableBufferPointer { rowLosses in
            guard let rowLosses = rowLosses.baseAddress else { return .nan }
            return Loss.squared.evaluate(
                tape.output, batch.input, rows: batch.rows, width: networks[0].outputCount,
                gradient: tape.outputGradient, rowLosses: rowLosses)
        }
        try networks[0].backward(tape, gradients: &gradients, execution: batch.execution)
        optimizers[0].step(&networks[0], gradients: &gradients, rateFactor: batch.rateFactor)
    }

    mutating func validate(_ batch: Batch, losses: inout [Double]) throws {
        try networks[0].infer(batch.input, rows: batch.rows, tape: tape, execution: batch.execution)
        losses[0] = rowLosses.withUnsafeMutableBufferPointer { rowLosses in
            guard let rowLosses = rowLosses.baseAddress else { return .nan }
            return Loss.squared.evaluate(
                tape.output, batch.input, rows: batch.rows, width: networks[0].outputCount, rowLosses: rowLosses)
        }
    }
}

@Suite struct TrainerTests {
    private static let table: FloatRows = {
        var random = RandomSource(seed: 9)
        return FloatRows(
            (0..<203).flatMap { _ in
                let code = (0..<3).map { _ in random.normal() }
                return (0..<8).map { Float(code[$0 % 3] * Double($0 + 1) / 4 + 0.1 * random.normal()) }
            }, width: 8)
    }()

    private static func options() -> TrainingOptions {
        var options = TrainingOptions(epochs: 5, batchSize: 32)
        options.validationShare = 0.2
        options.schedule = .warmUp(steps: 3, then: .cosine(floor: 0.1))
        return options
    }

    private func temporaryPath() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("training-\(UUID().uuidString)").path
    }

    /// The variance of one row is 0: where batches are normalised, a last batch of one row is not learnt from.
    @Test(arguments: [(33, 1, 2), (34, 2, 2), (32, 1, 1), (65, 2, 3)])
    func batchesOfOneRowAreNotNormalized(rows: Int, normalized: Int, plain: Int) throws {
        var random = RandomSource(seed: 2)
        let table = FloatRows((0..<rows * 4).map { _ in Float(random.normal()) }, width: 4)
        for (normalizes, steps) in [(true, normalized), (false, plain)] {
            var model = Copier(width: 4, batchSize: 32, normalizes: normalizes)
            let report = try Trainer(TrainingOptions(epochs: 3, batchSize: 32)).train(
                &model, on: table, context: FitContext(seed: 1))
            #expect(report.steps == 3 * steps)
        }
        var single = Copier(width: 4, batchSize: 1, normalizes: true)
        let error = #expect(throws: OutlierError.self) {
            _ = try Trainer(TrainingOptions(epochs: 1, batchSize: 1)).train(
                &single, on: table, context: FitContext(seed: 1))
        }
        #expect(error?.code == .invalidParameter)
    }

    @Test func lossFalls() throws {
        var model = Copier(width: 8, batchSize: 32, rate: 1e-2)
        var options = TrainerTests.options()
        options.epochs = 40
        let report = try Trainer(options).train(&model, on: TrainerTests.table, context: FitContext(seed: 4))
        let last = try #require(report.validation.last)
        #expect(last[0] < 0.5 * report.validation[0][0])
        #expect(report.steps == 40 * 6)
    }

    @Test func sameSeedSameWeightsOnAnyNumberOfThreads() throws {
        func weights(threads: Int, seed: UInt64) throws -> [Float] {
            var model = Copier(width: 8, batchSize: 32)
            let context = FitContext(seed: seed, execution: Execution(threads: threads))
            _ = try Trainer(TrainerTests.options()).train(&model, on: TrainerTests.table, context: context)
            return model.networks[0].parameters
        }
        #expect(try weights(threads: 1, seed: 4) == weights(threads: 3, seed: 4))
        #expect(try weights(threads: 1, seed: 4) != weights(threads: 1, seed: 5))
    }

    /// Batches of several shards, which several threads share.
    @Test func sharedBatchesGiveTheSameWeightsOnAnyNumberOfThreads() throws {
        var random = RandomSource(seed: 2)
        let table = FloatRows((0..<600 * 1000).map { _ in Float(random.normal()) }, width: 1000)
        func weights(threads: Int) throws -> [Float] {
            var model = Copier(width: 1000, batchSize: 512)
            let context = FitContext(seed: 4, execution: Execution(threads: threads))
            _ = try Trainer(TrainingOptions(epochs: 4, batchSize: 512)).train(&model, on: table, context: context)
            return model.networks[0].parameters
        }
        let alone = try weights(threads: 1)
        #expect(try weights(threads: 2) == alone)
        #expect(try weights(threads: 3) == alone)
        #expect(try weights(threads: 8) == alone)
    }

    @Test func drawnRowsComeByTheirPattern() throws {
        struct Listener: Trainable {
            static let lossNames = ["loss"]
            var networks: [Network] = []
            var optimizers: [Optimizer] = []
            var seen: [[Int]] = []
            mutating func step(_ batch: Batch, losses: inout [Double]) throws {
                seen.append(Array(batch.indices))
                losses[0] = 0
            }
            mutating func validate(_ batch: Batch, losses: inout [Double]) throws {}
        }
        var options = TrainingOptions(epochs: 3, batchSize: 300)
        options.draws = RowDraws([Array(0..<200), [200, 201, 202]], pattern: [0, 0, 1], stepsPerEpoch: 4)
        var model = Listener()
        let report = try Trainer(options).train(&model, on: TrainerTests.table, context: FitContext(seed: 4))
        #expect(report.steps == 12)
        for batch in model.seen {
            #expect(batch.count == 300)
            #expect(batch.indices.allSatisfy { (batch[$0] >= 200) == ($0 % 3 == 2) })
            #expect(Set(batch.filter { $0 >= 200 }).count == 3)
        }
        #expect(Set(model.seen).count == 12)
        options.validationShare = 0.1
        #expect(throws: OutlierError.self) {
            try Trainer(options).train(&model, on: TrainerTests.table, context: FitContext(seed: 4))
        }
    }

    /// Stops before every step in turn and goes on from the checkpoint.
    @Test func resumingGivesTheSameWeightsToTheBit() throws {
        var whole = Copier(width: 8, batchSize: 32)
        let trainer = Trainer(TrainerTests.options())
        let expected = try trainer.train(&whole, on: TrainerTests.table, context: FitContext(seed: 4))
        for step in 0..<expected.steps - 1 {
            let path = temporaryPath()
            defer { try? FileManager.default.removeItem(atPath: path) }
            let cancellation = Cancellation()
            var first = Copier(width: 8, batchSize: 32)
            first.cancelAfter = (step, cancellation)
            #expect(throws: CancellationError.self) {
                _ = try trainer.train(
                    &first, on: TrainerTests.table,
                    context: FitContext(
                        seed: 4, execution: Execution(cancellation: cancellation),
                        checkpoints: Checkpoints(path: path, interval: 1000)))
            }
            var second = Copier(width: 8, batchSize: 32)
            let checkpoints = Checkpoints(path: path, interval: 1000, resumes: true)
            let report = try trainer.train(
                &second, on: TrainerTests.table, context: FitContext(seed: 4, checkpoints: checkpoints))
            #expect(second.networks[0].parameters == whole.networks[0].parameters)
            #expect(report.history == expected.history)
            #expect(report.validation == expected.validation)
            checkpoints.removeWritten()
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func checkpointsOfOtherTrainingsAreRefused() throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        var model = Copier(width: 8, batchSize: 32)
        _ = try Trainer(TrainerTests.options()).train(
            &model, on: TrainerTests.table,
            context: FitContext(seed: 4, checkpoints: Checkpoints(path: path, interval: 0)))
        func resume(seed: UInt64, _ options: TrainingOptions, _ table: FloatRows) throws {
            var model = Copier(width: 8, batchSize: 32)
            _ = try Trainer(options).train(
                &model, on: table,
                context: FitContext(seed: seed, checkpoints: Checkpoints(path: path, resumes: true)))
        }
        try resume(seed: 4, TrainerTests.options(), TrainerTests.table)
        var other = TrainerTests.options()
        other.batchSize = 16
        let fewer = FloatRows(Array(TrainerTests.table.values.dropLast(8)), width: 8)
        #expect(throws: OutlierError.self) { try resume(seed: 5, TrainerTests.options(), TrainerTests.table) }
        #expect(throws: OutlierError.self) { try resume(seed: 4, other, TrainerTests.table) }
        #expect(throws: OutlierError.self) { try resume(seed: 4, TrainerTests.options(), fewer) }
    }

    @Test func divergenceNamesTheStep() throws {
        var model = Copier(width: 8, batchSize: 32)
        model.optimizers = [Optimizer(.descent(), learningRate: 1e12, for: model.networks[0])]
        var options = TrainingOptions(epochs: 20, batchSize: 32)
        options.shuffles = false
        let error = try #require(throws: OutlierError.self) {
            _ = try Trainer(options).train(&model, on: TrainerTests.table, context: FitContext())
        }
        #expect(error.code == .numericalFailure)
        #expect(error.message.contains("at step "))
    }

    @Test func patienceEndsATrainingAndPutsTheBestWeightsBack() throws {
        var model = Copier(width: 8, batchSize: 32, rate: 0.3)
        var options = TrainerTests.options()
        options.epochs = 200
        options.schedule = .constant
        options.patience = 3
        let report = try Trainer(options).train(&model, on: TrainerTests.table, context: FitContext(seed: 4))
        #expect(report.stoppedEarly)
        #expect(report.validation.count == report.bestEpoch + 4)
        // The weights that the model has give the best epoch's loss again.
        var losses = [0.0]
        var again = options
        again.epochs = report.bestEpoch + 1
        var short = Copier(width: 8, batchSize: 32, rate: 0.3)
        _ = try Trainer(again).train(&short, on: TrainerTests.table, context: FitContext(seed: 4))
        #expect(short.networks[0].parameters == model.networks[0].parameters)
        losses = report.validation.map { $0[0] }
        #expect(report.validation[report.bestEpoch][0] == losses.min())
    }
}
