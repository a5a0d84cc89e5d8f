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
public struct AdversariallyLearnedAnomalyDetection: Detector, LabelLearning, NetworkTraining {
    public static let name = "alad"
    public static let summary = "Bidirectional adversarial networks with cycle consistency: rows they cannot remake."
    public static let reference: String? =
        "Zenati, Romain, Foo, Lecouat & Chandrasekhar: Adversarially Learned Anomaly Detection, 2018"
    public static let parameters: [Parameter<AdversariallyLearnedAnomalyDetection>] =
        [
            .integer("latent", \.latent, in: .atLeast(1), null: "half the columns, at most 32", "Numbers of a code."),
            .integers(
                "hidden", \.hidden, in: .between(1, 65_536),
                "Widths of the hidden layers of the encoder and the discriminators, the generator's in reverse; [] for two, "
                    + "by the number of columns."),
            .boolean(
                "spectral-normalization", \.spectralNormalization, "Whether the discriminators' weights are bounded."),
            .number(
                "contextual", \.contextual, in: .atLeast(0),
                "Weight of the reconstruction in the loss; 0 for the paper's loss."),
            .section("score", \.score, "How the score is put together."),
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

    public var labelUse: LabelUse { score.labelUse }

    public func train(on data: Dataset, context: FitContext) throws -> FittedGenerativeModel {
        try trainAndScore(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedGenerativeModel, scores: [Double]) {
        let sizes = try GANSizes(columns: data.columnCount, latent: latent, hidden: hidden)
        let scaling = try ColumnScaling(standardizing: data.matrix, execution: context.execution)
        let rows = scaling.table(of: data.matrix)
        let options = training.options(rows: data.rowCount)
        func optimizer(_ network: Network) -> Optimizer {
            training.optimizer(for: network, learningRate: 5e-4, firstDecay: 0.5)
        }
        var random = context.random(stream: 1)
        func discriminator(_ inputs: Int) -> Discriminator {
            Discriminator(
                inputs: inputs, hidden: sizes.hidden, optimizer: optimizer,
                spectralNormalization: spectralNormalization, capacity: options.batchSize, random: &random)
        }
        let encoder = sizes.encoder(dropout: training.dropout, random: &random)
        let generator = sizes.generator(dropout: training.dropout, random: &random)
        var model = ALADTraining(
            encoder: encoder, generator: generator, joint: discriminator(sizes.columns + sizes.latent),
            rowPairs: discriminator(2 * sizes.columns), codePairs: discriminator(2 * sizes.latent),
            contextual: contextual, optimizer: optimizer, capacity: options.batchSize)
        _ = try Trainer(options).train(
            &model, on: rows, settings: "\(recipe.value)", context: context.part(1, covering: 0...0.9))
        let fitted = GenerativeModel(
            inversion: .encoder(model.encoder), generator: model.generator, recoder: nil,
            features: model.rowPairs.effectiveBody, seesPairs: true, residual: .absolute)
        return try FittedGenerativeModel.finish(
            fitted, scaling: scaling, data: data,
            made: GANSizes.made(
                model.generator, rows: data.rowCount, seed: context.seed, execution: context.execution),
            score: score, context: context)
    }
}
