internal import Neural
internal import OutlierCore

/// The fit that Deep SVDD and Deep SAD share.
struct HypersphereFit {
    let outputs: Int?
    let hidden: [Int]
    let activation: Activation
    let pretrainingEpochs: Int?
    var training: TrainingSettings
    private let score: CombinedScore
    let learningRate: Double
    let recipe: Recipe

    /// - Parameter score: without an autoencoder to reconstruct rows, λ is 1 unless it is given.
    init(
        outputs: Int?, hidden: [Int], activation: Activation, pretrainingEpochs: Int?, training: TrainingSettings,
        score: CombinedScore, learningRate: Double, recipe: Recipe
    ) {
        self.outputs = outputs
        self.hidden = hidden
        self.activation = activation
        self.pretrainingEpochs = pretrainingEpochs
        self.training = training
        var score = score
        if pretrainingEpochs == 0 { score.lambda = score.lambda ?? 1 }
        self.score = score
        self.learningRate = learningRate
        self.recipe = recipe
    }

    /// Whether rows are reconstructed, be it to be scored or to choose λ by.
    private var reconstructs: Bool { score.lambda != 1 }

    /// - Throws: ``OutlierError/Code/invalidParameter``.
    static func validate(_ score: CombinedScore, pretrainingEpochs: Int?) throws {
        try score.requireDistance(own: .center)
        guard score.lambda ?? 1 == 1 || pretrainingEpochs != 0 else {
            throw OutlierError(
                .invalidParameter, "a score with a reconstruction error needs the autoencoder of the pretraining",
                suggestion: "Leave “pretraining-epochs” out, or write score: {lambda: 1}.",
                path: ["pretraining-epochs"])
        }
    }

    func callAsFunction(
        on data: Dataset, objective: HypersphereTraining.Objective, context: FitContext
    ) throws -> (model: FittedHypersphere, scores: [Double]) {
        let columns = try NetworkColumns(of: data, scale: .standard, execution: context.execution)
        let rows = columns.scaling.table(of: data.matrix)
        var (network, decoder) = networks(columns, context)
        var autoencoder: PretrainedAutoencoder?
        var start = 0.0
        if pretrainingEpochs != 0 {
            let model = try pretrain(network, decoder, columns, on: rows, identity: "", context)
            network = model.encoder
            if reconstructs { autoencoder = model }
            start = 0.45
        }
        // Vectors that could change would be biases by another name: all rows could go to the centre by them.
        network.freeze { $0 == NetworkColumns.embeddingName }
        var sums = [Double](repeating: 0, count: network.outputCount)
        try columns.scaling.forEachPortion(of: data.matrix, execution: context.execution) { _, input in
            HypersphereTraining.add(try network.outputs(input, execution: context.execution), to: &sums)
        }
        let center = HypersphereTraining.center(sums: sums, rows: data.rowCount)
        return try finish(
            network, center: center, autoencoder, columns, on: data, rows, objective: objective, identity: "",
            context, from: start)
    }

    /// Goes on from `model`, whose centre stays.
    func fineTune(
        _ model: FittedHypersphere, on data: Dataset, settings: FineTuning,
        objective: HypersphereTraining.Objective, context: FitContext
    ) throws -> (model: FittedHypersphere, scores: [Double]) {
        let former = model.sphere
        let sized = HypersphereFit(
            outputs: try FormerModel.keep("outputs", former.center.count, given: outputs),
            hidden: try FormerModel.keep("hidden", former.network.hiddenWidths, given: hidden.isEmpty ? nil : hidden),
            activation: activation,
            pretrainingEpochs: pretrainingEpochs.map { settings.epochs(usual: $0) },
            training: training.goingOn(settings, rows: data.rowCount), score: score, learningRate: learningRate,
            recipe: recipe)
        let transfer = try ColumnTransfer(
            NetworkColumns(of: data, scale: .standard, execution: context.execution), from: former.columns,
            settings: settings,
            networks: [("network", former.network)]
                + (model.autoencoder.map { [("encoder", $0.encoder), ("decoder", $0.decoder)] } ?? []))
        let columns = transfer.columns
        let rows = columns.scaling.table(of: data.matrix)
        let identity = FormerModel.identity([former.network], settings)
        var (network, decoder) = sized.networks(columns, context)
        var autoencoder: PretrainedAutoencoder?
        var start = 0.0
        if reconstructs {
            guard let first = model.autoencoder else {
                throw OutlierError(
                    .invalidParameter,
                    "the score has a reconstruction error, but the model to begin with was fitted without one",
                    suggestion: "Write score: {lambda: 1}, or fit the first model with the same score.",
                    path: ["score", "lambda"])
            }
            var encoder = network
            transfer.begin(&encoder, with: first.encoder, inputs: .columns, role: "encoder")
            transfer.begin(&decoder, with: first.decoder, outputs: .reconstruction, role: "decoder")
            autoencoder = try sized.pretrain(encoder, decoder, columns, on: rows, identity: identity, context)
            start = 0.45
        }
        transfer.begin(&network, with: former.network, inputs: .columns, role: "network")
        let frozen = network.frozen
        network.freeze { frozen.contains($0) || $0 == NetworkColumns.embeddingName }
        return try sized.finish(
            network, center: former.center.map(Float.init), autoencoder, columns, on: data, rows,
            objective: objective, identity: identity, context, from: start)
    }

    /// The networks that a training begins with.
    private func networks(_ columns: NetworkColumns, _ context: FitContext) -> (network: Network, decoder: Network) {
        let layers = hidden.isEmpty ? [128] : hidden
        // Many outputs: the centre, and with it the model, depend less on how the weights begin.
        let width = outputs ?? 64
        var random = context.random(stream: 1)
        // No biases: with them, the constant map to the centre would be the best network.
        let network = Network.perceptron(
            inputs: columns.embeddedCount, embedding: columns.embedding, hidden: layers, outputs: width,
            activation: activation, output: activation, dropout: training.dropout, bias: false, random: &random)
        let decoder = Network.perceptron(
            inputs: width, hidden: layers.reversed(), outputs: columns.layout.outputCount, activation: activation,
            dropout: training.dropout, bias: false, random: &random)
        return (network, decoder)
    }

    private func optimizer(_ network: Network) -> Optimizer {
        training.optimizer(for: network, learningRate: learningRate)
    }

    private func pretrain(
        _ encoder: Network, _ decoder: Network, _ columns: NetworkColumns, on rows: any RowTable, identity: String,
        _ context: FitContext
    ) throws -> PretrainedAutoencoder {
        var options = training.options(rows: rows.rowCount)
        var model = Pretraining(
            encoder: encoder, decoder: decoder, layout: columns.layout,
            optimizers: [optimizer(encoder), optimizer(decoder)], capacity: options.batchSize)
        if let pretrainingEpochs { options.epochs = pretrainingEpochs }
        _ = try Trainer(options, stage: "pretraining").train(
            &model, on: rows, settings: "\(recipe.value)" + identity, context: context.part(2, covering: 0...0.45))
        return PretrainedAutoencoder(encoder: model.encoder, decoder: model.decoder)
    }

    private func finish(
        _ network: Network, center: [Float], _ autoencoder: PretrainedAutoencoder?, _ columns: NetworkColumns,
        on data: Dataset, _ rows: any RowTable, objective: HypersphereTraining.Objective, identity: String,
        _ context: FitContext, from start: Double
    ) throws -> (model: FittedHypersphere, scores: [Double]) {
        let options = training.options(rows: data.rowCount)
        var model = HypersphereTraining(
            network, center: center, objective: objective, optimizer: optimizer(network), capacity: options.batchSize)
        _ = try Trainer(options).train(
            &model, on: rows, settings: "\(recipe.value)" + identity,
            context: context.part(1, covering: start...0.95))
        let sphere = Hypersphere(
            columns: columns, network: model.network, center: center.map(Double.init),
            squaredRadius: Double(model.extra[0]))
        let result = try FittedHypersphere.finish(sphere, autoencoder, score: score, data: data, context: context)
        context.report(1, stage: "scores")
        return result
    }
}
