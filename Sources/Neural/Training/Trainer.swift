internal import Foundation
package import OutlierCore

/// Trains a ``Trainable`` on the rows of a table, batch after batch.
///
/// The same seed gives the same weights on any number of threads. Where the context has ``Checkpoints``, all that the
/// training depends on is written there now and then and when the training is cancelled; a training that goes on from
/// such a file ends with the weights of one that was never stopped, to the bit.
package struct Trainer: Sendable {
    package let options: TrainingOptions
    /// What the training is called in progress reports.
    package let stage: String

    package init(_ options: TrainingOptions, stage: String = "training") {
        self.options = options
        self.stage = stage
    }

    /// Trains `model` from the weights it has. With validation or patience, it ends with the best weights seen.
    ///
    /// - Parameters:
    ///   - settings: everything else the result depends on, in a text; a checkpoint of other settings is refused.
    /// - Throws: ``OutlierError/Code/numericalFailure`` where a loss is not finite, naming the step;
    ///   ``OutlierError/Code/invalidModel`` where a checkpoint does not belong to this training; `CancellationError`.
    package func train<Model: Trainable>(
        _ model: inout Model, on table: some RowTable, settings: String = "", context: FitContext
    ) throws -> TrainingReport {
        try options.validate()
        let normalizesBatches = model.networks.contains { network in
            network.entries.contains { $0.layer.needsWholeBatch }
        }
        guard !normalizesBatches || options.batchSize > 1 || table.rowCount == 1 else {
            throw OutlierError(
                .invalidParameter, "batch normalisation cannot learn from batches of one row",
                suggestion: "Choose a “batch-size” of at least 2.", path: ["batch-size"])
        }
        var run = TrainingRun<Model>(
            options: options, rowCount: table.rowCount, seed: context.seed, normalizesBatches: normalizesBatches)
        var keeper = CheckpointKeeper(
            context.checkpoints,
            identity: {
                TrainingIdentity(
                    table: table.fingerprint, seed: context.seed, settings: "\(options) \(settings)")
            })
        if let archive = try keeper.read() { try run.restore(from: archive, &model) }
        var reporter = ProgressReporter(context, stage: stage, epochs: options.epochs, names: Model.lossNames)
        let execution = Execution(threads: context.execution.threads)
        let input = Arena((max(run.batchSize, 1)) * table.width)

        while !run.isDone {
            run.beginEpoch()
            while let batchIndices = run.nextBatch() {
                if context.execution.cancellation.isCancelled {
                    try keeper.write { run.encode(model, to: &$0) }
                    throw CancellationError()
                }
                try run.order.withUnsafeBufferPointer { order in
                    let indices = UnsafeBufferPointer(rebasing: order[batchIndices])
                    table.gather(indices, into: input.base)
                    let batch = Batch(
                        input: input.base, rows: indices.count, indices: indices, step: run.step,
                        totalSteps: run.totalSteps, epoch: run.epoch,
                        random: CounterRandom(seed: context.seed, step: run.step),
                        rateFactor: options.schedule.factor(
                            step: run.step, stepsPerEpoch: run.stepsPerEpoch, totalSteps: run.totalSteps),
                        execution: execution)
                    try model.step(batch, losses: &run.losses)
                }
                try checkFinite(run, Model.lossNames)
                run.finishStep()
                reporter.report(epoch: run.epoch, fraction: run.fraction, losses: run.losses)
                if keeper.isDue { try keeper.write { run.encode(model, to: &$0) } }
            }
            if !run.validationRows.isEmpty {
                try validate(&model, table, &run, input, execution, seed: context.seed)
            }
            run.finishEpoch(&model)
        }
        if let networks = run.best { model.networks = networks }
        return run.report
    }

    private func validate<Model: Trainable>(
        _ model: inout Model, _ table: some RowTable, _ run: inout TrainingRun<Model>, _ input: Arena,
        _ execution: Execution, seed: UInt64
    ) throws {
        var sums = [Double](repeating: 0, count: Model.lossNames.count)
        var losses = sums
        let rows = run.validationRows
        for start in stride(from: 0, to: rows.count, by: run.batchSize) {
            let part = start..<min(start + run.batchSize, rows.count)
            try rows.withUnsafeBufferPointer { rows in
                let indices = UnsafeBufferPointer(rebasing: rows[part])
                table.gather(indices, into: input.base)
                // Steps have numbers from 0 on; validation draws from the other end.
                let batch = Batch(
                    input: input.base, rows: indices.count, indices: indices, step: run.step,
                    totalSteps: run.totalSteps, epoch: run.epoch, random: CounterRandom(seed: seed, step: -1 - start),
                    rateFactor: 0, execution: execution)
                try model.validate(batch, losses: &losses)
            }
            for index in sums.indices { sums[index] += losses[index] * Double(part.count) }
        }
        run.validationLosses = sums.map { $0 / Double(rows.count) }
    }

    private func checkFinite<Model>(_ run: TrainingRun<Model>, _ names: [String]) throws {
        guard let index = run.losses.firstIndex(where: { !$0.isFinite }) else { return }
        let name = names[index] == "loss" ? "the loss" : "the loss “\(names[index])”"
        throw OutlierError(
            .numericalFailure,
            "the training diverged: at step \(run.step + 1), in epoch \(run.epoch + 1) of \(options.epochs), \(name) is not a finite number",
            suggestion:
                "Try a lower learning rate, bound the gradients, or bring the columns to one scale with the preprocessor “standard-scaler” or “robust-scaler”."
        )
    }
}

/// Reports at most ten times a second, and only where somebody listens.
private struct ProgressReporter {
    private let context: FitContext
    private let stage: String
    private let epochs: Int
    private let names: [String]
    private var last: ContinuousClock.Instant?

    init(_ context: FitContext, stage: String, epochs: Int, names: [String]) {
        self.context = context
        self.stage = stage
        self.epochs = epochs
        self.names = names
    }

    mutating func report(epoch: Int, fraction: Double, losses: [Double]) {
        guard context.observer != nil else { return }
        let now = ContinuousClock.now
        if let last, now - last < .milliseconds(100), fraction < 1 { return }
        last = now
        context.report(
            fraction, stage: "\(stage), epoch \(epoch + 1) of \(epochs)",
            losses: zip(names, losses).map { FitProgress.Loss($0, $1) })
    }
}
