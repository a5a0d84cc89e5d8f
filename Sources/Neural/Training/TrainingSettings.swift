public import OutlierCore

/// A neural detector with the parameters of training that all of them share.
///
///     detector: {vae: {epochs: 50, batch-size: 128}}
public protocol NetworkTraining: Component {
    var training: TrainingSettings { get set }
}

extension NetworkTraining {
    /// The parameters of ``NetworkTraining/training``, for the detector's own list.
    public static var trainingParameters: [Parameter<Self>] {
        [
            .integer(
                "epochs", \.training.epochs, in: .between(1, 1_000_000), null: "by the rows: 5 to 30",
                "Passes over the table."),
            .integer(
                "batch-size", \.training.batchSize, in: .between(1, 1_048_576), null: "by the rows: 16 to 1,024",
                "Rows of a step; a smaller table is one batch."),
            .number(
                "learning-rate", \.training.learningRate, in: .above(0, upTo: 10), null: "the detector's own",
                "Step size of Adam."),
            .number(
                "weight-decay", \.training.weightDecay, in: .atLeast(0), "Factor of the L2 penalty on the weights."),
            .number(
                "dropout", \.training.dropout, in: .between(0, 0.99),
                "Share of the hidden numbers that a step leaves out."),
            .number(
                "validation-share", \.training.validationShare, in: .between(0, 0.9),
                "Share of the rows that is measured and not trained on; the best epoch's weights are kept."),
            .integer(
                "patience", \.training.patience, in: .atLeast(1), null: "never",
                "Epochs without improvement after which the training ends."),
        ]
    }
}

/// How long and in what steps a neural detector is trained.
public struct TrainingSettings: Sendable, Hashable {
    public var epochs: Int?
    public var batchSize: Int?
    public var learningRate: Double?
    public var weightDecay: Double
    public var dropout: Double
    public var validationShare: Double
    public var patience: Int?
    /// What learning rates are multiplied by: below 1 where a fit goes on from another.
    package var rateFactor = 1.0

    public init(
        epochs: Int? = nil, batchSize: Int? = nil, learningRate: Double? = nil, weightDecay: Double = 0,
        dropout: Double = 0, validationShare: Double = 0, patience: Int? = nil
    ) {
        self.epochs = epochs
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.weightDecay = weightDecay
        self.dropout = dropout
        self.validationShare = validationShare
        self.patience = patience
    }

    /// The options for a table of `rows` rows. Where nothing is said, a batch is a 32nd of the rows (a power of two between
    /// 16 and 1,024), and there are about 2,000 steps in 5 to 30 epochs: a small table's anomalies would be learnt by heart
    /// in more.
    package func options(rows: Int) -> TrainingOptions {
        var size = 16
        while size < 1_024, size * 64 <= rows { size *= 2 }
        let batch = min(batchSize ?? size, max(1, rows))
        let perEpoch = (rows + batch - 1) / max(1, batch)
        var options = TrainingOptions(
            epochs: epochs ?? min(30, max(5, 2_000 / max(1, perEpoch))), batchSize: batch)
        options.validationShare = validationShare
        options.patience = patience
        return options
    }

    /// The settings of a fit that goes on from another.
    package func goingOn(_ settings: FineTuning, rows: Int) -> TrainingSettings {
        var result = self
        result.epochs = settings.epochs(usual: options(rows: rows).epochs)
        result.rateFactor = settings.learningRate
        return result
    }

    /// Adam with the learning rate that was given, or else with `learningRate`.
    package func optimizer(for network: Network, learningRate own: Double, firstDecay: Float = 0.9) -> Optimizer {
        Optimizer(
            .adam(firstDecay: firstDecay, penalty: Float(weightDecay)),
            learningRate: rateFactor * (learningRate ?? own),
            for: network)
    }
}
