internal import Neural
internal import OutlierCore

/// What the fits of networks that learn from a few labels have in common.
struct ScoreNetworkFit {
    private let scaling: ColumnScaling
    private let rows: any RowTable
    private let isAnomaly: [Bool]
    private let hidden: [Int]
    private let training: ScoreTraining
    private let recipe: Recipe
    private let context: FitContext

    /// - Parameter data: with labels, of which some are anomalies and some are not.
    init(_ data: Dataset, hidden: [Int], training: ScoreTraining, recipe: Recipe, context: FitContext) throws {
        scaling = try ColumnScaling(standardizing: data.matrix, execution: context.execution)
        rows = scaling.table(of: data.matrix)
        isAnomaly = (data.labels ?? []).map { $0 == .anomaly }
        self.hidden = hidden
        self.training = training
        self.recipe = recipe
        self.context = context
    }

    func deviation(margin: Double) throws -> FittedScoreNetwork {
        var random = context.random(stream: 1)
        let network = Network.perceptron(
            inputs: scaling.width, hidden: hidden, outputs: 1, activation: .relu, random: &random)
        let options = options(pattern: [0, 1])
        var model = DeviationTraining(
            network, margin: margin, isAnomaly: isAnomaly, optimizer: optimizer(network), capacity: options.batchSize,
            penalty: training.weightDecay)
        try train(&model, options)
        return FittedScoreNetwork(scaling: scaling, network: model.network)
    }

    /// - Parameter answers: for no, one and two anomalies in a pair.
    func relation(answers: [Double]) throws -> FittedScoreNetwork {
        var random = context.random(stream: 1)
        let width = hidden.last ?? 1
        let features = Network.perceptron(
            inputs: scaling.width, hidden: hidden.dropLast(), outputs: width, activation: .relu, output: .relu,
            random: &random)
        let relation = Network.perceptron(
            inputs: 2 * width, hidden: [], outputs: 1, activation: .identity, random: &random)
        // Pairs of neighbours: two of none, one of one, one of two.
        let options = options(pattern: [0, 0, 1, 0, 0, 0, 1, 1])
        var model = RelationTraining(
            features: features, relation: relation, answers: answers.map(Float.init), isAnomaly: isAnomaly,
            optimizers: [optimizer(features), optimizer(relation)], capacity: options.batchSize,
            penalty: training.weightDecay)
        try train(&model, options)
        let means = try [true, false].map { anomalous in
            try mean(of: model.features, where: anomalous)
        }
        return FittedScoreNetwork(
            scaling: scaling,
            network: RelationTraining.scoring(
                features: model.features, relation: model.relation, anomalyMean: means[0], otherMean: means[1]))
    }

    private func train(_ model: inout some Trainable, _ options: TrainingOptions) throws {
        _ = try Trainer(options).train(
            &model, on: rows, settings: "\(recipe.value)", context: context.part(1, covering: 0...0.98))
    }

    /// - Parameter pattern: the places of a batch, 1 for a known anomaly and 0 for another row.
    private func options(pattern: [Int]) -> TrainingOptions {
        // 2²⁴ numbers at once: 512 rows of 32,768 columns.
        let size = training.batchSize ?? max(16, min(512, (1 << 24) / scaling.width))
        // Whole patterns; pairs have two rows each.
        let rowsOfPattern = pattern.count
        let wanted = rowsOfPattern > 2 ? 2 * size : size
        var options = TrainingOptions(
            epochs: training.epochs, batchSize: max(1, wanted / rowsOfPattern) * rowsOfPattern)
        options.draws = RowDraws(
            [false, true].map { group in isAnomaly.indices.filter { isAnomaly[$0] == group } }, pattern: pattern,
            stepsPerEpoch: training.steps)
        return options
    }

    /// The papers' RMSprop, Keras's.
    private func optimizer(_ network: Network) -> Optimizer {
        Optimizer(.rmsprop(), learningRate: training.learningRate, for: network)
    }

    /// The mean of what the network gives for the known anomalies, or for the other rows.
    private func mean(of network: Network, where anomalous: Bool) throws -> [Double] {
        let width = network.outputCount
        var sums = [Double](repeating: 0, count: width)
        let chosen = isAnomaly.indices.filter { isAnomaly[$0] == anomalous }
        for first in stride(from: 0, to: chosen.count, by: 4_096) {
            let part = Array(chosen[first..<min(first + 4_096, chosen.count)])
            var input = [Float](repeating: 0, count: part.count * rows.width)
            part.withUnsafeBufferPointer { indices in
                input.withUnsafeMutableBufferPointer { target in
                    if let base = target.baseAddress { rows.gather(indices, into: base) }
                }
            }
            let outputs = try network.outputs(input, execution: context.execution)
            for (index, value) in outputs.enumerated() { sums[index % width] += Double(value) }
        }
        return sums.map { $0 / Double(max(1, chosen.count)) }
    }
}
