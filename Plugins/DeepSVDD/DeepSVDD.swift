public import Neural
public import OutlierCore

/// Deep SVDD (Ruff et al. 2018): a network without biases that draws the rows to a centre. The method's own score is a
/// row's squared distance to it.
///
/// The centre is the mean of what the untrained (or pretrained) network gives, no coordinate of it nearer than 0.1 to 0,
/// so that the network cannot draw all rows there by weights of 0. The objective `one-class` is the mean squared
/// distance; `soft-boundary` is R² + mean(max(0, distance² − R²)) / ν, with R² the 1 − ν quantile of the distances, and its
/// scores are distance² − R². `pretraining-epochs` trains the network as the encoder of an autoencoder first, as in the
/// paper. Columns are scaled inside to mean 0 and variance 1. Category columns are taken as they are, by vectors that the
/// pretraining learns and that then stay.
///
/// `score` adds the reconstruction error of that autoencoder: R of ``CombinedScore``, with D the distance to the centre
/// (`center`) or to the normal rows among what the network gives. `lambda: 1` is the method's own score, and what a fit
/// without a pretraining has. A fit can begin with a model of another table (``FineTunable``): its parts are called
/// `network`, and where rows are reconstructed `encoder` and `decoder`.
///
/// Training: O(steps · batch · weights); scoring: O(weights) a row. The same seed gives the same model on any number of
/// threads.
public struct DeepSupportVectorDataDescription: FineTunable, LabelLearning, NetworkTraining {
    public enum Objective: String, Sendable, CaseIterable {
        case oneClass = "one-class"
        case softBoundary = "soft-boundary"
    }

    /// What the layers do to their sums.
    public enum Unit: String, Sendable, CaseIterable {
        case leakyReLU = "leaky-relu"
        case relu

        var activation: Activation { self == .relu ? .relu : .leakyReLU(slope: 0.1) }
    }

    public static let name = "deep-svdd"
    public static let summary =
        "A network that draws the rows to a centre: the squared distance to it, and the error of a reconstruction."
    public static let reference: String? = "Ruff et al.: Deep One-Class Classification, 2018"
    public static let parameters: [Parameter<DeepSupportVectorDataDescription>] =
        [
            .integer(
                "outputs", \.outputs, in: .between(1, 65_536), null: "64", "Numbers that the network gives."
            ),
            .integers(
                "hidden", \.hidden, in: .between(1, 65_536), "Widths of the hidden layers; [] for one of 128."),
            .choice("activation", \.activation, "What the layers do to their sums."),
            .choice(
                "objective", \.objective, "What is minimised: the mean distance, or a sphere that may leave rows out."),
            .number(
                "nu", \.nu, in: .above(0, upTo: 1),
                "Share of the rows that may lie outside the sphere of soft-boundary."),
            .integer(
                "pretraining-epochs", \.pretrainingEpochs, in: .between(0, 1_000_000), null: "as many as the training",
                "Epochs of the autoencoder that the network begins as; 0 for none."),
            .section("score", \.score, "How the score is put together."),
        ] + trainingParameters

    public var outputs: Int?
    public var hidden: [Int]
    public var activation: Unit
    public var objective: Objective
    public var nu: Double
    public var pretrainingEpochs: Int?
    public var training: TrainingSettings
    public var score: CombinedScore

    public init() { self.init(outputs: nil) }

    public init(
        outputs: Int? = nil, hidden: [Int] = [], activation: Unit = .leakyReLU, objective: Objective = .oneClass,
        nu: Double = 0.1, pretrainingEpochs: Int? = nil, training: TrainingSettings = TrainingSettings(),
        score: CombinedScore = CombinedScore(distance: .center)
    ) {
        self.outputs = outputs
        self.hidden = hidden
        self.activation = activation
        self.objective = objective
        self.nu = nu
        self.pretrainingEpochs = pretrainingEpochs
        self.training = training
        self.score = score
    }

    public var labelUse: LabelUse { score.labelUse }

    public func validateTogether() throws {
        try HypersphereFit.validate(score, pretrainingEpochs: pretrainingEpochs)
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedHypersphere {
        try trainAndScore(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedHypersphere, scores: [Double]) {
        let epochs = training.options(rows: data.rowCount).epochs
        return try shared(on: data, objective: objective(epochs: epochs), context: context)
    }

    /// Goes on from `model`: columns that it had keep their scale and weights, others begin anew; the centre stays.
    public func fineTune(
        _ model: FittedHypersphere, on data: Dataset, settings: FineTuning, context: FitContext
    ) throws -> (model: FittedHypersphere, scores: [Double]) {
        let epochs = training.goingOn(settings, rows: data.rowCount).options(rows: data.rowCount).epochs
        return try shared.fineTune(
            model, on: data, settings: settings, objective: objective(epochs: epochs), context: context)
    }

    private var shared: HypersphereFit {
        HypersphereFit(
            outputs: outputs, hidden: hidden, activation: activation.activation, pretrainingEpochs: pretrainingEpochs,
            training: training, score: score, learningRate: 1e-4, recipe: recipe)
    }

    /// The radius begins to count when distances have settled, a tenth of the way.
    private func objective(epochs: Int) -> HypersphereTraining.Objective {
        objective == .oneClass ? .oneClass : .softBoundary(share: nu, warmUpEpochs: epochs / 10)
    }
}
