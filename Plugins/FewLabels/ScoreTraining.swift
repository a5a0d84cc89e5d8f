internal import OutlierCore

/// How a network that learns from a few labels is trained. The defaults are those of the papers.
public struct ScoreTraining: Sendable, Hashable {
    public var epochs: Int
    /// Steps of an epoch: rows are drawn, so that an epoch is no pass over the table.
    public var steps: Int
    public var batchSize: Int?
    public var learningRate: Double
    public var weightDecay: Double

    public init(
        epochs: Int = 50, steps: Int = 20, batchSize: Int? = nil, learningRate: Double = 1e-3,
        weightDecay: Double = 0.01
    ) {
        self.epochs = epochs
        self.steps = steps
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.weightDecay = weightDecay
    }
}

/// A detector that is trained by ``ScoreTraining``.
protocol ScoreLearning: Detector, LabelLearning {
    var hidden: [Int] { get set }
    var training: ScoreTraining { get set }
}

extension ScoreLearning {
    public var labelUse: LabelUse { .required }

    static var sharedParameters: [Parameter<Self>] {
        [
            .integers("hidden", \.hidden, in: .between(1, 65_536), minimumCount: 1, "Widths of the hidden layers."),
            .integer("epochs", \.training.epochs, in: .between(1, 1_000_000), "Parts of the training."),
            .integer("steps", \.training.steps, in: .between(1, 1_000_000), "Steps of an epoch."),
            .integer(
                "batch-size", \.training.batchSize, in: .between(4, 1_048_576),
                null: "512, or fewer where there are many columns", "Rows (or pairs of rows) that a step draws."),
            .number("learning-rate", \.training.learningRate, in: .above(0, upTo: 10), "Step size of the optimizer."),
            .number(
                "weight-decay", \.training.weightDecay, in: .atLeast(0),
                "Factor of the L2 penalty on the weights of hidden layers."),
        ]
    }
}
