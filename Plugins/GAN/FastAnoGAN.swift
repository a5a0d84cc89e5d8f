public import Neural
public import OutlierCore

/// f-AnoGAN (Schlegl et al. 2019): a Wasserstein generative adversarial network with gradient penalty, and an encoder that
/// learns to find the codes of rows for it (izi_f).
///
/// First the generator and the critic are trained, then the encoder, on the mean squared difference of the row and its
/// reconstruction plus `feature-weight` times that of the critic's features. R of ``CombinedScore`` is the former; D is
/// measured between codes, or is Σ|f(x) − f(G(E(x)))| (`discriminator`). Columns are scaled inside to mean 0 and variance
/// 1. The same seed gives the same model on any number of threads.
///
/// A fit can begin with a model of another table (``FineTunable``): its parts are called `generator`, `discriminator` (the critic) and `encoder`.
public struct FastAnoGAN: AdversarialDetector {
    public static let name = "f-anogan"
    public static let aliases = ["gan"]
    public static let summary = "Wasserstein adversarial network with an encoder: rows it cannot remake."
    public static let reference: String? =
        "Schlegl et al.: f-AnoGAN: Fast Unsupervised Anomaly Detection with Generative Adversarial Networks, 2019"
    public static let parameters: [Parameter<FastAnoGAN>] =
        [
            latentParameter,
            hiddenParameter("the encoder and the critic"),
            .integer(
                "critic-steps", \.criticSteps, in: .between(1, 1_000), "Steps of the critic for one of the generator."),
            .number("gradient-penalty", \.gradientPenalty, in: .atLeast(0), "Weight of the critic's gradient penalty."),
            .number(
                "feature-weight", \.featureWeight, in: .atLeast(0), "Weight of the critic's features for the encoder."),
            scoreParameter,
        ] + trainingParameters

    public var latent: Int?
    public var hidden: [Int]
    public var criticSteps: Int
    public var gradientPenalty: Double
    public var featureWeight: Double
    public var training: TrainingSettings
    public var score: CombinedScore

    public init() { self.init(latent: nil) }

    public init(
        latent: Int? = nil, hidden: [Int] = [], criticSteps: Int = 5, gradientPenalty: Double = 10,
        featureWeight: Double = 1, training: TrainingSettings = TrainingSettings(),
        score: CombinedScore = CombinedScore()
    ) {
        self.latent = latent
        self.hidden = hidden
        self.criticSteps = criticSteps
        self.gradientPenalty = gradientPenalty
        self.featureWeight = featureWeight
        self.training = training
        self.score = score
    }

    public func train(
        on data: Dataset, from first: (model: FittedGenerativeModel, settings: FineTuning)?, context: FitContext
    ) throws -> (model: FittedGenerativeModel, scores: [Double]) {
        let start = try GANStart(self, on: data, from: first, context: context)
        let training = start.training
        let rows = start.columns.oneHotTable(of: data.matrix)
        let options = training.options(rows: data.rowCount)
        let settings = "\(recipe.value)" + start.identity
        func optimizer(_ network: Network) -> Optimizer {
            training.optimizer(for: network, learningRate: 1e-3, firstDecay: 0.5)
        }
        var random = context.random(stream: 1)
        let generator = start.generator(dropout: 0, random: &random)
        var body = Network.perceptron(
            inputs: start.width, hidden: Array(start.hidden.dropLast()), outputs: start.hidden.last ?? 1,
            activation: .leakyReLU(slope: 0.2), output: .leakyReLU(slope: 0.2), random: &random)
        var head = Network.perceptron(
            inputs: body.outputCount, hidden: [], outputs: 1, activation: .identity, random: &random)
        start.begin(&body, "discriminator", inputs: .oneHot())
        start.begin(&head, "discriminator-head")
        let encoder = start.encoder("encoder", dropout: training.dropout, random: &random)
        var model = try WassersteinTraining(
            generator: generator, body: body, head: head, penaltyWeight: gradientPenalty, criticSteps: criticSteps,
            optimizers: [generator, body, head].map(optimizer), capacity: options.batchSize)
        _ = try Trainer(options, stage: "adversarial training").train(
            &model, on: rows, settings: settings, context: context.part(1, covering: 0...0.6))
        var inversion = InversionTraining(
            encoder: encoder, generator: model.generator, features: model.body, featureWeight: featureWeight,
            comparison: RowComparison(start.columns.layout, .squared),
            optimizer: training.optimizer(for: encoder, learningRate: 1e-3), capacity: options.batchSize)
        _ = try Trainer(options, stage: "encoder").train(
            &inversion, on: rows, settings: settings, context: context.part(2, covering: 0.6...0.9))
        let fitted = GenerativeModel(
            inversion: .encoder(inversion.encoder), generator: model.generator, recoder: nil, features: model.body,
            seesPairs: false, residual: .squared, rivals: ["discriminator-head": model.head])
        return try FittedGenerativeModel.finish(
            fitted, columns: start.columns, data: data,
            made: GANStart.made(
                model.generator, rows: data.rowCount, seed: context.seed, execution: context.execution),
            score: score, context: context)
    }
}
