internal import OutlierCore

/// Where a training stands: all that it depends on besides the model.
struct TrainingRun<Model: Trainable> {
    let options: TrainingOptions
    let batchSize: Int
    let stepsPerEpoch: Int
    let totalSteps: Int
    /// The rows that are measured but not trained on, ascending.
    let validationRows: [Int]
    private let trainingRows: [Int]
    private let seed: UInt64

    /// The rows to train on in the order of the current epoch.
    private(set) var order: [Int] = []
    private(set) var epoch = 0
    /// Batches of the current epoch that are done.
    private var batch = 0
    private(set) var step = 0
    /// The losses of the last step.
    var losses: [Double]
    private var sums: [Double]
    var validationLosses: [Double] = []
    private(set) var report = TrainingReport(bestEpoch: 0, steps: 0, stoppedEarly: false)
    /// The weights of the best epoch, where they are asked for.
    private(set) var best: [Network]?
    private var bestLoss = Double.infinity
    private var epochsWithoutImprovement = 0

    /// - Parameter normalizesBatches: whether a network of the model normalises batches by their own moments.
    init(options: TrainingOptions, rowCount: Int, seed: UInt64, normalizesBatches: Bool) {
        self.options = options
        self.seed = seed
        // At least one row is trained on.
        let validation = min(Int((Double(rowCount) * options.validationShare).rounded()), rowCount - 1)
        if validation > 0 {
            // Streams are numbered by epoch; this one is of none.
            var random = RandomSource(seed: seed, stream: UInt64.max)
            let shuffled = random.sample(rowCount, below: rowCount)
            validationRows = shuffled[0..<validation].sorted()
            trainingRows = shuffled[validation...].sorted()
        } else {
            validationRows = []
            trainingRows = Array(0..<rowCount)
        }
        if let draws = options.draws {
            batchSize = options.batchSize
            stepsPerEpoch = draws.stepsPerEpoch
        } else {
            batchSize = min(options.batchSize, trainingRows.count)
            let whole = trainingRows.count / batchSize
            let rest = trainingRows.count % batchSize
            // The variance of one row is 0: batch normalisation would learn from that, and its running variance with it.
            let isLearntFrom = rest > 1 || rest == 1 && !normalizesBatches
            stepsPerEpoch = whole + (isLearntFrom && !options.dropsPartialBatch ? 1 : 0)
        }
        totalSteps = stepsPerEpoch * options.epochs
        losses = [Double](repeating: 0, count: Model.lossNames.count)
        sums = losses
        order = trainingRows
    }

    var isDone: Bool { report.stoppedEarly || epoch == options.epochs }
    var fraction: Double { Double(step) / Double(totalSteps) }

    /// Puts the rows into the epoch's order, which depends on the seed and the epoch's number alone.
    mutating func beginEpoch() {
        var random = RandomSource(seed: seed, stream: UInt64(epoch))
        if let draws = options.draws {
            order = draws.rows(batchSize * stepsPerEpoch, random: &random)
            return
        }
        guard options.shuffles else { return }
        order.replaceSubrange(order.indices, with: trainingRows)
        for last in stride(from: order.count - 1, to: 0, by: -1) {
            order.swapAt(last, random.index(below: last + 1))
        }
    }

    /// Where the next batch lies in ``order``; `nil` at the end of the epoch.
    func nextBatch() -> Range<Int>? {
        guard batch < stepsPerEpoch else { return nil }
        return batch * batchSize..<min((batch + 1) * batchSize, order.count)
    }

    mutating func finishStep() {
        for index in sums.indices { sums[index] += losses[index] }
        batch += 1
        step += 1
        report.steps = step
    }

    mutating func finishEpoch(_ model: inout Model) {
        let means = sums.map { $0 / Double(stepsPerEpoch) }
        report.history.append(means)
        if !validationRows.isEmpty { report.validation.append(validationLosses) }
        let keepsBest = !validationRows.isEmpty || options.patience != nil
        let watched = validationRows.isEmpty ? means[0] : validationLosses[0]
        if keepsBest {
            // A loss may be negative: a likelihood's.
            if best == nil || watched < bestLoss - abs(bestLoss) * options.minimumImprovement {
                bestLoss = watched
                best = model.networks
                report.bestEpoch = epoch
                epochsWithoutImprovement = 0
            } else {
                epochsWithoutImprovement += 1
                report.stoppedEarly = epochsWithoutImprovement >= options.patience ?? Int.max
            }
        } else {
            report.bestEpoch = epoch
        }
        epoch += 1
        batch = 0
        for index in sums.indices { sums[index] = 0 }
    }

    // MARK: - Checkpoints

    func encode(_ model: Model, to archive: inout ModelArchive) {
        archive.store(epoch, as: "epoch")
        archive.store(batch, as: "batch")
        archive.store(step, as: "step")
        archive.store(sums, as: "sums")
        archive.store([bestLoss], as: "best-loss")
        archive.store(epochsWithoutImprovement, as: "epochs-without-improvement")
        archive.store(report.bestEpoch, as: "best-epoch")
        archive.store(report.history.flatMap { $0 }, as: "history")
        archive.store(report.validation.flatMap { $0 }, as: "validation")
        archive.store(model.extra, as: "extra")
        for (index, network) in model.networks.enumerated() {
            archive.store(network.numbers, as: "network/\(index)")
        }
        for (index, optimizer) in model.optimizers.enumerated() {
            var child = ModelArchive()
            optimizer.encode(to: &child)
            archive.store(child, as: "optimizer/\(index)")
        }
        for (index, network) in (best ?? []).enumerated() { archive.store(network.numbers, as: "best/\(index)") }
    }

    mutating func restore(from archive: ModelArchive, _ model: inout Model) throws {
        let names = Model.lossNames.count
        epoch = try archive.integer("epoch", in: 0...options.epochs - 1)
        batch = try archive.integer("batch", in: 0...stepsPerEpoch)
        step = try archive.integer("step", in: 0...totalSteps)
        sums = try archive.doubles("sums", count: names)
        bestLoss = try archive.doubles("best-loss", count: 1)[0]
        epochsWithoutImprovement = try archive.integer("epochs-without-improvement", in: 0...options.epochs)
        report.bestEpoch = try archive.integer("best-epoch", in: 0...options.epochs)
        report.steps = step
        func rows(_ name: String) throws -> [[Double]] {
            let values = try archive.doubles(name)
            guard values.count % names == 0, values.count / names <= options.epochs else {
                throw OutlierError(.invalidModel, "the checkpoint's “\(name)” has an impossible length")
            }
            return stride(from: 0, to: values.count, by: names).map { Array(values[$0..<$0 + names]) }
        }
        report.history = try rows("history")
        report.validation = try rows("validation")
        model.extra = try archive.floats("extra", count: model.extra.count)
        var networks = model.networks
        for index in networks.indices { try networks[index].takeNumbers(from: archive.child("network/\(index)")) }
        var optimizers = model.optimizers
        for index in optimizers.indices { try optimizers[index].restore(from: archive.child("optimizer/\(index)")) }
        if archive.hasTensor("best/0/parameters") {
            var best = networks
            for index in best.indices { try best[index].takeNumbers(from: archive.child("best/\(index)")) }
            self.best = best
        }
        model.networks = networks
        model.optimizers = optimizers
    }
}

extension Network {
    /// Parameters and state in two tensors, for checkpoints.
    var numbers: ModelArchive {
        var archive = ModelArchive()
        archive.store(parameters, as: "parameters")
        archive.store(state, as: "state")
        return archive
    }

    mutating func takeNumbers(from archive: ModelArchive) throws {
        parameters = try archive.floats("parameters", count: parameters.count)
        state = try archive.floats("state", count: state.count)
    }
}
