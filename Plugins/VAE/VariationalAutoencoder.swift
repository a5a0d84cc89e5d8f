public import Neural
public import OutlierCore

/// A variational autoencoder (Kingma & Welling 2014): an encoder that gives each row a normal distribution of codes, and a
/// decoder that gives each code a distribution of rows.
///
/// Trained on the evidence lower bound: −E[ln p(x | z)] + β · KL(q(z | x) ‖ N(0, 1)), with one code a row and step. β
/// rises from 0 over the first `warm-up` of the training, so that the codes are used before they are pulled together.
/// Columns are scaled inside: to mean 0 and variance 1 for the Gaussian decoder, to 0...1 for the Bernoulli decoder.
///
/// The score is ``CombinedScore``, whose R is one of
/// - `error`: the mean squared difference of the row and the decoder's mean at the mean code;
/// - `probability`: −ln p(x | z), the mean over `samples` codes of the row's distribution (An & Cho 2015);
/// - `negative-elbo`: the same, plus the divergence of the row's distribution of codes from N(0, 1).
///
/// Random codes come from one fixed noise for every row, so that a row's score is its own. Training: O(steps · batch ·
/// weights); scoring: O(samples · weights) a row. The same seed gives the same model on any number of threads.
public struct VariationalAutoencoder: Detector, LabelLearning, NetworkTraining {
    /// What the decoder says of each number.
    public enum Decoder: String, Sendable, CaseIterable {
        /// Normal with variance 1: the squared error.
        case gaussian
        /// Normal with a variance that the decoder gives too.
        case gaussianWithVariance = "gaussian-with-variance"
        /// A probability: for columns that are 0 or 1, or between.
        case bernoulli
    }

    /// How the reconstruction is judged.
    public enum Reconstruction: String, Sendable, CaseIterable {
        case error
        case probability
        case negativeELBO = "negative-elbo"
    }

    public static let name = "vae"
    public static let aliases = ["variational-autoencoder"]
    public static let summary = "Variational autoencoder: rows that it reconstructs badly or codes far from the others."
    public static let reference: String? =
        "Kingma & Welling: Auto-Encoding Variational Bayes, 2014; An & Cho: Variational Autoencoder based Anomaly "
        + "Detection using Reconstruction Probability, 2015"
    public static let parameters: [Parameter<VariationalAutoencoder>] =
        [
            .integer("latent", \.latent, in: .atLeast(1), null: "half the columns, at most 32", "Numbers of a code."),
            .integers(
                "hidden", \.hidden, in: .between(1, 65_536),
                "Widths of the encoder's hidden layers, the decoder's in reverse; [] for two, by the number of columns."
            ),
            .choice("decoder", \.decoder, "What the decoder says of each number of a row."),
            .number("beta", \.beta, in: .between(0, 1_000_000), "Weight of the divergence from the prior."),
            .number("warm-up", \.warmUp, in: .between(0, 1), "Share of the training over which beta rises from 0."),
            .choice("reconstruction", \.reconstruction, "How the reconstruction is judged: the score's first part."),
            .integer(
                "samples", \.samples, in: .between(1, 10_000), "Codes drawn for a row's probability or negative ELBO."),
            .section("score", \.score, "How the score is put together."),
        ] + trainingParameters

    public var latent: Int?
    public var hidden: [Int]
    public var decoder: Decoder
    public var beta: Double
    public var warmUp: Double
    public var reconstruction: Reconstruction
    public var samples: Int
    public var training: TrainingSettings
    public var score: CombinedScore

    public init() { self.init(latent: nil) }

    public init(
        latent: Int? = nil, hidden: [Int] = [], decoder: Decoder = .gaussian, beta: Double = 0.1,
        warmUp: Double = 0.25, reconstruction: Reconstruction = .error, samples: Int = 16,
        training: TrainingSettings = TrainingSettings(), score: CombinedScore = CombinedScore()
    ) {
        self.latent = latent
        self.hidden = hidden
        self.decoder = decoder
        self.beta = beta
        self.warmUp = warmUp
        self.reconstruction = reconstruction
        self.samples = samples
        self.training = training
        self.score = score
    }

    public var labelUse: LabelUse { score.labelUse }

    public func validateTogether() throws { try score.requireNoDiscriminator() }

    public func train(on data: Dataset, context: FitContext) throws -> FittedVariationalAutoencoder {
        try trainAndScore(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedVariationalAutoencoder, scores: [Double]) {
        let columns = data.columnCount
        let width = latent ?? LayerWidths.latent(columns: columns)
        guard width <= columns else {
            throw OutlierError(
                .invalidParameter, "the parameter “latent” is \(width), but there are only \(columns) columns",
                suggestion: "Choose at most \(columns).", path: ["latent"])
        }
        let scaling =
            decoder == .bernoulli
            ? ColumnScaling(unitRange: data.matrix)
            : try ColumnScaling(standardizing: data.matrix, execution: context.execution)
        let options = training.options(rows: data.rowCount)
        var random = context.random(stream: 1)
        let layers = hidden.isEmpty ? LayerWidths.hidden(columns: columns) : hidden
        let encoder = Network.perceptron(
            inputs: columns, hidden: layers, outputs: 2 * width, activation: .relu, dropout: training.dropout,
            random: &random)
        let outputs = decoder == .gaussianWithVariance ? 2 * columns : columns
        let decoding = Network.perceptron(
            inputs: width, hidden: layers.reversed(), outputs: outputs, activation: .relu, dropout: training.dropout,
            random: &random)
        var model = VariationalTraining(
            encoder: encoder, decoder: decoding, likelihood: decoder, beta: beta, warmUp: warmUp,
            optimizers: [
                training.optimizer(for: encoder, learningRate: 1e-3),
                training.optimizer(for: decoding, learningRate: 1e-3),
            ], capacity: options.batchSize)
        _ = try Trainer(options).train(
            &model, on: scaling.table(of: data.matrix), settings: "\(recipe.value)",
            context: context.part(1, covering: 0...0.9))
        let core = VariationalModel(
            encoder: model.encoder, decoder: model.decoder, likelihood: decoder, reconstruction: reconstruction,
            samples: samples)
        let parts = try core.parts(
            of: data.matrix, scaling: scaling, needsErrors: true, execution: context.execution)
        let fitted = try CombinedScorer.fit(
            score, reconstruction: parts.errors, latents: parts.latents, labels: data.labels, context: context)
        context.report(1, stage: "scores")
        return (
            FittedVariationalAutoencoder(scaling: scaling, model: core, scorer: fitted.scorer), fitted.trainingScores
        )
    }
}
