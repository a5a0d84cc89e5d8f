public import Neural
public import OutlierCore

/// A variational autoencoder (Kingma & Welling 2014): an encoder that gives each row a normal distribution of codes, and a
/// decoder that gives each code a distribution of rows.
///
/// Trained on the evidence lower bound: −E[ln p(x | z)] + β · KL(q(z | x) ‖ N(0, 1)), with one code a row and step. β
/// rises from 0 over the first `warm-up` of the training, so that the codes are used before they are pulled together.
/// Columns are scaled inside: to mean 0 and variance 1 for the Gaussian decoder, to 0...1 for the Bernoulli decoder.
/// Category columns are taken as they are: the encoder learns a vector for each word, the decoder gives each word a
/// probability p, and −ln p is what the column adds to the likelihood and to every kind of R. A word that the fit never
/// saw counts as one word more.
///
/// The score is ``CombinedScore``, whose R is one of
/// - `error`: the mean squared difference of the row and the decoder's mean at the mean code;
/// - `probability`: −ln p(x | z), the mean over `samples` codes of the row's distribution (An & Cho 2015);
/// - `negative-elbo`: the same, plus the divergence of the row's distribution of codes from N(0, 1).
///
/// A fit can begin with a model of another table (``FineTunable``): its parts are called `encoder` and `decoder`, their
/// layers `encoder-categories`, `encoder-hidden-1`… and `encoder-output`.
///
/// Random codes come from one fixed noise for every row, so that a row's score is its own. Training: O(steps · batch ·
/// weights); scoring: O(samples · weights) a row. The same seed gives the same model on any number of threads.
public struct VariationalAutoencoder: FineTunable, LabelLearning, NetworkTraining {
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
            .integer(
                "latent", \.latent, in: .between(1, 65_536), null: "half the columns, at most 32", "Numbers of a code."),
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

    public func validateTogether() throws { try score.requireDistance() }

    public func train(on data: Dataset, context: FitContext) throws -> FittedVariationalAutoencoder {
        try trainAndScore(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedVariationalAutoencoder, scores: [Double]) {
        try train(on: data, from: nil, context: context)
    }

    /// Goes on from `model`: columns that it had keep their scale and weights, others begin anew.
    public func fineTune(
        _ model: FittedVariationalAutoencoder, on data: Dataset, settings: FineTuning, context: FitContext
    ) throws -> (model: FittedVariationalAutoencoder, scores: [Double]) {
        try train(on: data, from: (model.model, settings), context: context)
    }

    private func train(
        on data: Dataset, from start: (model: VariationalModel, settings: FineTuning)?, context: FitContext
    ) throws -> (model: FittedVariationalAutoencoder, scores: [Double]) {
        var tuned = self
        var columns = try NetworkColumns(
            of: data, scale: decoder == .bernoulli ? .unitRange : .standard, execution: context.execution)
        var transfer: ColumnTransfer?
        if let (model, settings) = start {
            tuned.latent = try FormerModel.keep("latent", model.latent, given: latent)
            tuned.hidden = try FormerModel.keep(
                "hidden", model.encoder.hiddenWidths, given: hidden.isEmpty ? nil : hidden)
            _ = try FormerModel.keep("decoder", model.likelihood.rawValue, given: decoder.rawValue)
            tuned.training = training.goingOn(settings, rows: data.rowCount)
            let found = try ColumnTransfer(
                columns, from: model.columns, settings: settings,
                networks: [("encoder", model.encoder), ("decoder", model.decoder)])
            columns = found.columns
            transfer = found
        }
        let options = tuned.training.options(rows: data.rowCount)
        var (encoder, decoding) = try tuned.networks(columns, context)
        if let start, let transfer {
            transfer.begin(&encoder, with: start.model.encoder, inputs: .columns, role: "encoder")
            transfer.begin(
                &decoding, with: start.model.decoder,
                outputs: decoder == .gaussianWithVariance ? .distribution : .reconstruction, role: "decoder")
        }
        var model = VariationalTraining(
            encoder: encoder, decoder: decoding, layout: columns.layout, likelihood: decoder, beta: beta,
            warmUp: warmUp,
            optimizers: [
                tuned.training.optimizer(for: encoder, learningRate: 1e-3),
                tuned.training.optimizer(for: decoding, learningRate: 1e-3),
            ], capacity: options.batchSize)
        let beginning =
            start.map { FormerModel.identity([$0.model.encoder, $0.model.decoder], $0.settings) } ?? ""
        _ = try Trainer(options).train(
            &model, on: columns.scaling.table(of: data.matrix), settings: "\(recipe.value)" + beginning,
            context: context.part(1, covering: 0...0.9))
        let core = VariationalModel(
            columns: columns, encoder: model.encoder, decoder: model.decoder, likelihood: decoder,
            reconstruction: reconstruction, samples: samples)
        let parts = try core.parts(of: data, needsErrors: true, execution: context.execution)
        let fitted = try CombinedScorer.fit(
            score, reconstruction: parts.errors, latents: parts.latents, labels: data.labels, context: context)
        context.report(1, stage: "scores")
        return (FittedVariationalAutoencoder(model: core, scorer: fitted.scorer), fitted.trainingScores)
    }

    /// The networks that a training begins with.
    private func networks(
        _ columns: NetworkColumns, _ context: FitContext
    ) throws -> (encoder: Network, decoder: Network) {
        let inputs = columns.embeddedCount
        let width = latent ?? LayerWidths.latent(columns: inputs)
        try LayerWidths.checkLatent(width, inputs: inputs)
        let layers = hidden.isEmpty ? LayerWidths.hidden(columns: inputs) : hidden
        let numbers = columns.layout.numbers.count * (decoder == .gaussianWithVariance ? 2 : 1)
        var random = context.random(stream: 1)
        let encoder = Network.perceptron(
            inputs: inputs, embedding: columns.embedding, hidden: layers, outputs: 2 * width, activation: .relu,
            dropout: training.dropout, random: &random)
        let decoder = Network.perceptron(
            inputs: width, hidden: layers.reversed(), outputs: numbers + columns.layout.logitCount, activation: .relu,
            dropout: training.dropout, random: &random)
        return (encoder, decoder)
    }
}
