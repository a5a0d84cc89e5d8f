public import Neural
public import OutlierCore

/// GANomaly (Akçay, Atapour-Abarghouei & Breckon 2018): an encoder, a decoder and a second encoder, trained against a
/// discriminator.
///
/// The loss is `adversarial` · ‖f(x) − f(G(x))‖² + `contextual` · |x − G(x)| + `encoder` · ‖E₁(x) − E₂(G(x))‖², each a mean
/// over its elements, where f are the discriminator's features. As the generator starts from a row and not from noise,
/// its training is the steadiest of this family's.
///
/// The score is ``CombinedScore``; R is the mean absolute difference of the row and its reconstruction, or with
/// `reconstruction: codes` the paper's ‖E₁(x) − E₂(G(x))‖, and D may also be Σ|f(x) − f(G(x))| (`discriminator`).
/// Columns are scaled inside to mean 0 and variance 1. Training: O(steps · batch · weights); scoring: O(weights) a row.
/// The same seed gives the same model on any number of threads.
///
/// A fit can begin with a model of another table (``FineTunable``): its parts are called `encoder`, `generator` (the decoder),
/// `recoder` and `discriminator`.
public struct GANomaly: AdversarialDetector {
    /// What R compares.
    public enum Reconstruction: String, Sendable, CaseIterable {
        case rows
        case codes
    }

    public static let name = "ganomaly"
    public static let summary = "Adversarial autoencoder: rows whose reconstruction, or its code, differs."
    public static let reference: String? =
        "Akçay, Atapour-Abarghouei & Breckon: GANomaly: Semi-Supervised Anomaly Detection via Adversarial Training, 2018"
    public static let parameters: [Parameter<GANomaly>] =
        [
            latentParameter,
            hiddenParameter("the encoders and the discriminator"),
            .number(
                "adversarial", \.adversarial, in: .atLeast(0), "Weight of the discriminator's features in the loss."),
            .number("contextual", \.contextual, in: .atLeast(0), "Weight of the reconstruction in the loss."),
            .number("encoder", \.encoder, in: .atLeast(0), "Weight of the codes' difference in the loss."),
            .choice("reconstruction", \.reconstruction, "What the score's first part compares: rows, or their codes."),
            scoreParameter,
        ] + trainingParameters

    public var latent: Int?
    public var hidden: [Int]
    public var adversarial: Double
    public var contextual: Double
    public var encoder: Double
    public var reconstruction: Reconstruction
    public var training: TrainingSettings
    public var score: CombinedScore

    public init() { self.init(latent: nil) }

    public init(
        latent: Int? = nil, hidden: [Int] = [], adversarial: Double = 1, contextual: Double = 50, encoder: Double = 1,
        reconstruction: Reconstruction = .rows, training: TrainingSettings = TrainingSettings(),
        score: CombinedScore = CombinedScore()
    ) {
        self.latent = latent
        self.hidden = hidden
        self.adversarial = adversarial
        self.contextual = contextual
        self.encoder = encoder
        self.reconstruction = reconstruction
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
        func optimizer(_ network: Network) -> Optimizer { training.optimizer(for: network, learningRate: 1e-3) }
        var random = context.random(stream: 1)
        var model = GANomalyTraining(
            encoder: start.encoder("encoder", dropout: training.dropout, random: &random),
            decoder: start.generator(dropout: training.dropout, random: &random),
            recoder: start.encoder("recoder", dropout: training.dropout, random: &random),
            discriminator: start.discriminator(
                "discriminator", start.row, optimizer: optimizer, capacity: options.batchSize, random: &random),
            weights: GANomalyTraining.Weights(adversarial: adversarial, contextual: contextual, encoder: encoder),
            comparison: RowComparison(start.columns.layout, .absolute), optimizer: optimizer,
            capacity: options.batchSize)
        _ = try Trainer(options).train(
            &model, on: rows, settings: settings, context: context.part(1, covering: 0...0.9))
        let fitted = GenerativeModel(
            inversion: .encoder(model.encoder), generator: model.decoder, recoder: model.recoder,
            features: model.discriminator.effectiveBody, seesPairs: false,
            residual: reconstruction == .rows ? .absolute : .codes,
            rivals: ["discriminator-head": model.discriminator.head])
        // It makes rows of rows, not of noise.
        var made = Spread(width: start.width)
        try start.columns.forEachOneHotPortion(of: data.matrix, execution: context.execution) { _, input in
            let codes = try model.encoder.outputs(input, execution: context.execution)
            made.add(try model.decoder.outputs(codes, execution: context.execution))
        }
        return try FittedGenerativeModel.finish(
            fitted, columns: start.columns, data: data, made: made, score: score, context: context)
    }
}
