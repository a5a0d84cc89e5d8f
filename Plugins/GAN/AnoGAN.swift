public import Neural
public import OutlierCore

/// AnoGAN (Schlegl et al. 2017): a generative adversarial network of the rows; each row that is scored is looked for in
/// its latent space by gradient descent, and what remains is the score.
///
/// The search minimises (1 − w) · Σ|x − G(z)| + w · Σ|f(x) − f(G(z))| over z with `search-steps` steps of Adam, where f are
/// the discriminator's features and w is `feature-weight`. Rows are searched side by side, each from the same z. R of
/// ``CombinedScore`` is the mean of |x − G(z)|; D is measured between the codes found, or is Σ|f(x) − f(G(z))|
/// (`discriminator`, the paper's).
///
/// Scoring costs O(search-steps · weights) a row: hundreds of times that of the others of this family. `f-anogan` learns an
/// encoder instead of searching. Columns are scaled inside to mean 0 and variance 1. The same seed gives the same model on
/// any number of threads.
///
/// A fit can begin with a model of another table (``FineTunable``): its parts are called `generator` and `discriminator`.
public struct AnoGAN: AdversarialDetector {
    public static let name = "anogan"
    public static let summary = "Searches each row in a generator's latent space: what cannot be found is anomalous."
    public static let reference: String? =
        "Schlegl et al.: Unsupervised Anomaly Detection with Generative Adversarial Networks to Guide Marker Discovery, 2017"
    public static let parameters: [Parameter<AnoGAN>] =
        [
            latentParameter,
            hiddenParameter("the discriminator"),
            .integer("search-steps", \.searchSteps, in: .between(1, 100_000), "Steps of the search for a row's code."),
            .number("search-rate", \.searchRate, in: .above(0, upTo: 10), "Learning rate of the search."),
            .number(
                "feature-weight", \.featureWeight, in: .between(0, 1), "Weight of the discriminator in the search."),
            scoreParameter,
        ] + trainingParameters

    public var latent: Int?
    public var hidden: [Int]
    public var searchSteps: Int
    public var searchRate: Double
    public var featureWeight: Double
    public var training: TrainingSettings
    public var score: CombinedScore

    public init() { self.init(latent: nil) }

    public init(
        latent: Int? = nil, hidden: [Int] = [], searchSteps: Int = 100, searchRate: Double = 0.05,
        featureWeight: Double = 0.1, training: TrainingSettings = TrainingSettings(),
        score: CombinedScore = CombinedScore()
    ) {
        self.latent = latent
        self.hidden = hidden
        self.searchSteps = searchSteps
        self.searchRate = searchRate
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
            training.optimizer(for: network, learningRate: 5e-4, firstDecay: 0.5)
        }
        var random = context.random(stream: 1)
        let generator = start.generator(dropout: training.dropout, random: &random)
        var model = AdversarialTraining(
            generator: generator,
            discriminator: start.discriminator(
                "discriminator", start.row, optimizer: optimizer, capacity: options.batchSize, random: &random),
            optimizer: optimizer, capacity: options.batchSize)
        _ = try Trainer(options).train(
            &model, on: rows, settings: settings, context: context.part(1, covering: 0...0.7))
        let fitted = GenerativeModel(
            inversion: .search(
                LatentSearch(steps: searchSteps, learningRate: searchRate, featureWeight: featureWeight)),
            generator: model.generator, recoder: nil, features: model.discriminator.effectiveBody, seesPairs: false,
            residual: .absolute, rivals: ["discriminator-head": model.discriminator.head])
        return try FittedGenerativeModel.finish(
            fitted, columns: start.columns, data: data,
            made: GANStart.made(
                model.generator, rows: data.rowCount, seed: context.seed, execution: context.execution),
            score: score, context: context)
    }
}
