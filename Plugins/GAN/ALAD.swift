public import Neural
public import OutlierCore

/// ALAD (Zenati, Romain, Foo, Lecouat & Chandrasekhar 2018): a generator, an encoder that learns its inverse, and three
/// discriminators: of rows with codes, of rows with their reconstructions, and of codes with theirs (cycle consistency).
///
/// With `spectral-normalization` the weights of the discriminators have the largest singular value 1. The paper trains on
/// the discriminators alone, and the reconstructions of a small table then are poor: PyOD's ALAD has a mean ROC-AUC of
/// 0.53 on tables where neighbours in the columns have 0.74. `contextual` adds the mean absolute difference of rows and
/// their reconstructions to the loss; 0 is the paper's.
///
/// The score is ``CombinedScore``; R is the mean absolute difference of the row and G(E(x)), and D may also be the paper's
/// score, Σ|f(x, x) − f(x, G(E(x)))| over the features f of the discriminator of rows (`distance: discriminator`). Columns
/// are scaled inside to mean 0 and variance 1. The same seed gives the same model on any number of threads.
///
/// A fit can begin with a model of another table (``FineTunable``): its parts are called `encoder`, `generator`,
/// `discriminator` (of rows), `joint` and `codes` (the other two).
public struct AdversariallyLearnedAnomalyDetection: AdversarialDetector {
    public static let name = "alad"
    public static let summary = "Bidirectional adversarial networks with cycle consistency: rows they cannot remake."
    public static let reference: String? =
        "Zenati, Romain, Foo, Lecouat & Chandrasekhar: Adversarially Learned Anomaly Detection, 2018"
    public static let parameters: [Parameter<AdversariallyLearnedAnomalyDetection>] =
        [
            latentParameter,
            hiddenParameter("the encoder and the discriminators"),
            .boolean(
                "spectral-normalization", \.spectralNormalization, "Whether the discriminators' weights are bounded."),
            .number(
                "contextual", \.contextual, in: .atLeast(0),
                "Weight of the reconstruction in the loss; 0 for the paper's loss."),
            scoreParameter,
        ] + trainingParameters

    public var latent: Int?
    public var hidden: [Int]
    public var spectralNormalization: Bool
    public var contextual: Double
    public var training: TrainingSettings
    public var score: CombinedScore

    public init() { self.init(latent: nil) }

    public init(
        latent: Int? = nil, hidden: [Int] = [], spectralNormalization: Bool = true, contextual: Double = 10,
        training: TrainingSettings = TrainingSettings(), score: CombinedScore = CombinedScore()
    ) {
        self.latent = latent
        self.hidden = hidden
        self.spectralNormalization = spectralNormalization
        self.contextual = contextual
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
        func discriminator(_ name: String, _ inputs: (side: ColumnTransfer.Side, count: Int)) -> Discriminator {
            start.discriminator(
                name, inputs, optimizer: optimizer, spectralNormalization: spectralNormalization,
                capacity: options.batchSize, random: &random)
        }
        let encoder = start.encoder("encoder", dropout: training.dropout, random: &random)
        let generator = start.generator(dropout: training.dropout, random: &random)
        let (width, latent) = (start.width, start.latent)
        var model = ALADTraining(
            encoder: encoder, generator: generator,
            joint: discriminator("joint", (.oneHot(and: latent), width + latent)),
            rowPairs: discriminator("discriminator", (.twoOneHotRows, 2 * width)),
            codePairs: discriminator("codes", (.code, 2 * latent)),
            contextual: contextual, comparison: RowComparison(start.columns.layout, .absolute), optimizer: optimizer,
            capacity: options.batchSize)
        _ = try Trainer(options).train(
            &model, on: rows, settings: settings, context: context.part(1, covering: 0...0.9))
        let fitted = GenerativeModel(
            inversion: .encoder(model.encoder), generator: model.generator, recoder: nil,
            features: model.rowPairs.effectiveBody, seesPairs: true, residual: .absolute,
            rivals: [
                "discriminator": model.rowPairs.body, "discriminator-head": model.rowPairs.head,
                "joint": model.joint.body, "joint-head": model.joint.head, "codes": model.codePairs.body,
                "codes-head": model.codePairs.head,
            ])
        return try FittedGenerativeModel.finish(
            fitted, columns: start.columns, data: data,
            made: GANStart.made(
                model.generator, rows: data.rowCount, seed: context.seed, execution: context.execution),
            score: score, context: context)
    }
}
