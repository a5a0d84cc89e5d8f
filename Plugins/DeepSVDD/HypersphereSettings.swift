internal import Neural
internal import OutlierCore

/// The fit that Deep SVDD and Deep SAD share.
struct HypersphereFit {
    let outputs: Int?
    let hidden: [Int]
    let activation: Activation
    let pretrainingEpochs: Int?
    let training: TrainingSettings
    let learningRate: Double
    let recipe: Recipe

    func callAsFunction(
        on data: Dataset, objective: HypersphereTraining.Objective, context: FitContext
    ) throws -> (model: FittedHypersphere, scores: [Double]) {
        let columns = data.columnCount
        let layers = hidden.isEmpty ? [128] : hidden
        // Many outputs: the centre, and with it the model, depend less on how the weights begin.
        let width = outputs ?? 64
        let scaling = try ColumnScaling(standardizing: data.matrix, execution: context.execution)
        let rows = scaling.table(of: data.matrix)
        let options = training.options(rows: data.rowCount)
        func optimizer(_ network: Network) -> Optimizer {
            training.optimizer(for: network, learningRate: learningRate)
        }
        var random = context.random(stream: 1)
        // No biases: with them, the constant map to the centre would be the best network.
        var network = Network.perceptron(
            inputs: columns, hidden: layers, outputs: width, activation: activation, output: activation,
            dropout: training.dropout, bias: false, random: &random)
        var start = 0.0
        if pretrainingEpochs != 0 {
            let decoder = Network.perceptron(
                inputs: width, hidden: layers.reversed(), outputs: columns, activation: activation,
                dropout: training.dropout, bias: false, random: &random)
            var model = Pretraining(
                encoder: network, decoder: decoder, optimizers: [optimizer(network), optimizer(decoder)],
                capacity: options.batchSize)
            var pretraining = options
            if let pretrainingEpochs { pretraining.epochs = pretrainingEpochs }
            _ = try Trainer(pretraining, stage: "pretraining").train(
                &model, on: rows, settings: "\(recipe.value)", context: context.part(2, covering: 0...0.45))
            network = model.encoder
            start = 0.45
        }
        var sums = [Double](repeating: 0, count: width)
        try scaling.forEachPortion(of: data.matrix, execution: context.execution) { _, input in
            HypersphereTraining.add(try network.outputs(input, execution: context.execution), to: &sums)
        }
        let center = HypersphereTraining.center(sums: sums, rows: data.rowCount)
        var model = HypersphereTraining(
            network, center: center, objective: objective, optimizer: optimizer(network), capacity: options.batchSize)
        _ = try Trainer(options).train(
            &model, on: rows, settings: "\(recipe.value)", context: context.part(1, covering: start...0.95))
        let fitted = FittedHypersphere(
            scaling: scaling, network: model.network, center: center.map(Double.init),
            squaredRadius: Double(model.extra[0]))
        let scores = try fitted.computeScores(of: data, execution: context.execution)
        context.report(1, stage: "scores")
        return (fitted, scores)
    }
}
