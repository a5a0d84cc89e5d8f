public import Neural
public import OutlierCore

/// Deep SAD (Ruff et al. 2020): Deep SVDD that also learns from a few labels. Known normal rows are drawn to the centre
/// `weight` times as hard as unlabelled ones, known anomalies are pushed away from it by `weight` / distance².
///
/// The centre is the mean of what the pretrained network gives. The score is a row's squared distance to it. Without labels
/// this is ``DeepSupportVectorDataDescription``, whose remarks on categories, on `score` and on fine-tuning hold here too. Columns are scaled inside to mean 0 and variance 1. The same seed gives
/// the same model on any number of threads.
public struct DeepSemiSupervisedAnomalyDetection: FineTunable, LabelLearning, NetworkTraining {
    public static let name = "deep-sad"
    public static let summary = "A network that draws rows to a centre, and known anomalies away from it."
    public static let reference: String? = "Ruff et al.: Deep Semi-Supervised Anomaly Detection, 2020"
    public static let parameters: [Parameter<DeepSemiSupervisedAnomalyDetection>] =
        [
            .integer(
                "outputs", \.outputs, in: .between(1, 65_536), null: "64", "Numbers that the network gives."
            ),
            .integers(
                "hidden", \.hidden, in: .between(1, 65_536), "Widths of the hidden layers; [] for one of 128."),
            .choice("activation", \.activation, "What the layers do to their sums."),
            .number("weight", \.weight, in: .positive, "How much a labelled row counts beside an unlabelled one."),
            .integer(
                "pretraining-epochs", \.pretrainingEpochs, in: .between(0, 1_000_000), null: "as many as the training",
                "Epochs of the autoencoder that the network begins as; 0 for none."),
            .section("score", \.score, "How the score is put together."),
        ] + trainingParameters

    public var outputs: Int?
    public var hidden: [Int]
    public var activation: DeepSupportVectorDataDescription.Unit
    public var weight: Double
    public var pretrainingEpochs: Int?
    public var training: TrainingSettings
    public var score: CombinedScore

    public init() { self.init(outputs: nil) }

    public init(
        outputs: Int? = nil, hidden: [Int] = [], activation: DeepSupportVectorDataDescription.Unit = .leakyReLU,
        weight: Double = 1, pretrainingEpochs: Int? = nil, training: TrainingSettings = TrainingSettings(),
        score: CombinedScore = CombinedScore(lambda: 1, distance: .center)
    ) {
        self.outputs = outputs
        self.hidden = hidden
        self.activation = activation
        self.weight = weight
        self.pretrainingEpochs = pretrainingEpochs
        self.training = training
        self.score = score
    }

    public var labelUse: LabelUse { .optional }

    public func validateTogether() throws {
        try HypersphereFit.validate(score, pretrainingEpochs: pretrainingEpochs)
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedHypersphere {
        try trainAndScore(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedHypersphere, scores: [Double]) {
        try shared(on: data, objective: objective(data), context: context)
    }

    /// Goes on from `model`, which may be one of ``DeepSupportVectorDataDescription``: columns that it had keep their
    /// scale and weights, others begin anew; the centre stays.
    public func fineTune(
        _ model: FittedHypersphere, on data: Dataset, settings: FineTuning, context: FitContext
    ) throws -> (model: FittedHypersphere, scores: [Double]) {
        try shared.fineTune(model, on: data, settings: settings, objective: objective(data), context: context)
    }

    private var shared: HypersphereFit {
        HypersphereFit(
            outputs: outputs, hidden: hidden, activation: activation.activation, pretrainingEpochs: pretrainingEpochs,
            training: training, score: score, learningRate: 1e-3, recipe: recipe)
    }

    private func objective(_ data: Dataset) -> HypersphereTraining.Objective {
        .labelled(data.labels ?? [Label](repeating: .unlabeled, count: data.rowCount), weight: weight)
    }
}
