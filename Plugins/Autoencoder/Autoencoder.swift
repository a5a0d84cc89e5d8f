@_exported public import Neural
public import OutlierCore

/// An autoencoder: a network that squeezes a row through a narrow layer and learns to give it back. What it cannot give
/// back is unlike the rows it was trained on (Hinton & Salakhutdinov, “Reducing the dimensionality of data with neural
/// networks”, 2006).
///
/// The encoder has the widths `hidden`, the last of which is the code; the decoder mirrors it and ends with as many
/// outputs as there are columns. The score is ``CombinedScore``, whose R is the row's mean reconstruction error over the
/// columns, at least 0, and whose D is its code's distance to those of the normal rows; `score: {lambda: 0}` is the
/// reconstruction error alone. ``FittedAutoencoder/contributions(of:execution:)`` are the errors of the columns.
///
/// Columns are standardised inside (`standardize`), so that no scaler is needed before it; with one it does no harm.
/// Category columns are taken as they are: the encoder learns a vector for each word, the decoder gives each word a
/// probability, and the column's error is −ln of that of the row's word. A word that the fit never saw counts as one word
/// more.
///
/// Variants, which can be combined:
/// - denoising (`noise`, `masking`; Vincent et al. 2010): the encoder sees corrupted rows, the loss compares with the
///   clean ones;
/// - sparse (`sparsity`): the mean absolute activation of the code is added to the loss;
/// - contractive (`contraction`; Rifai et al. 2011): the squared Frobenius norm of the code's Jacobian is added to the
///   loss; for an encoder of one layer, as in the paper;
/// - tied (`tied`): the decoder's weights are the encoder's, transposed.
///
/// `pretraining` teaches the encoder a task without labels first, ``SelfSupervision``. A fit can begin with a model of
/// another table (``FineTunable``): its parts are called `encoder-1`, `encoder-2`…, `decoder-1`… and `output`.
///
/// Training: O(n · epochs · weights), in single precision; scoring: O(weights) a row. The same seed gives the same model
/// on any number of threads. A training writes checkpoints where the fit's context asks for them.
///
/// PyOD's `AutoEncoder` has `hidden: [64, 32], activation: relu, code-activation: relu, loss: mse,
/// batch-normalization: true, dropout: 0.2, epochs: 10, batch-size: 32,
/// weight-decay: 1e-5, initialization: he-uniform, drop-partial-batch: true, validation-share: 0, score: {lambda: 0}`; it
/// scores by the root of the summed squares, which gives the same order.
///
/// - Throws: ``OutlierError/Code/numericalFailure`` where the training diverges, naming the step and what to try.
public struct Autoencoder: FineTunable, LabelLearning {
    public static let name = "autoencoder"
    public static let aliases = ["ae"]
    public static let summary = "How badly a neural network that learnt to reproduce the table reproduces a row."
    public static let reference: String? =
        "G. E. Hinton, R. R. Salakhutdinov: Reducing the dimensionality of data with neural networks, 2006"
    public static let parameters: [Parameter<Autoencoder>] = [
        .integers(
            "hidden", \.hidden, in: .between(1, 65_536),
            "Widths of the encoder's layers, the last is the code; empty to choose them by the number of columns."),
        .choice("activation", \.activation, "The function behind each hidden layer but the code."),
        .choice(
            "code-activation", \.codeActivation,
            "The function behind the code; one that is bounded keeps far rows near to others in latent space."),
        .choice("loss", \.loss, "How a row and its reconstruction are compared: mse, mae or huber."),
        .number("huber-delta", \.huberDelta, in: .above(0), "Where the Huber loss becomes linear."),
        .boolean("batch-normalization", \.batchNormalization, "Whether hidden layers are normalised over the batch."),
        .number(
            "dropout", \.dropout, in: .between(0, 0.99), "Share of the hidden numbers that a step leaves out."),
        .number(
            "noise", \.noise, in: .atLeast(0),
            "Denoising: deviation of the normal noise on what the encoder sees, in deviations of the column."),
        .number(
            "masking", \.masking, in: .between(0, 0.99),
            "Denoising: share of the values that the encoder does not see."),
        .number("sparsity", \.sparsity, in: .atLeast(0), "Weight of the code's mean absolute activation in the loss."),
        .number(
            "contraction", \.contraction, in: .atLeast(0),
            "Weight of the squared norm of the code's Jacobian in the loss; for an encoder of one layer."),
        .boolean("tied", \.tied, "Whether the decoder's weights are the encoder's, transposed."),
        .choice("initialization", \.initialization, "How weights begin."),
        .integer("epochs", \.epochs, in: .between(1, 1_000_000), "Passes over the table."),
        .integer(
            "batch-size", \.batchSize, in: .between(1, 1_048_576),
            "Rows of a step; a smaller table is one batch."),
        .number("learning-rate", \.learningRate, in: .above(0), "Step size of Adam."),
        .boolean("cosine", \.cosine, "Whether the learning rate falls to 0 along half a cosine."),
        .number("weight-decay", \.weightDecay, in: .atLeast(0), "Factor of the L2 penalty on weights."),
        .number(
            "gradient-norm", \.gradientNorm, in: .above(0), null: "unbounded",
            "Bound for the Euclidean norm of a step's gradient."),
        .boolean(
            "drop-partial-batch", \.dropsPartialBatch, "Whether the last, smaller batch of an epoch is left out."),
        .number(
            "validation-share", \.validationShare, in: .between(0, 0.9),
            "Share of the rows that is measured and not trained on; the best epoch's weights are kept."),
        .integer(
            "patience", \.patience, in: .atLeast(1), null: "never",
            "Epochs without improvement after which the training ends."),
        .boolean("standardize", \.standardize, "Whether columns are brought to the mean 0 and the variance 1 inside."),
        .section("pretraining", \.pretraining, "What the encoder learns first."),
        .section("score", \.score, "How the score is put together."),
    ]

    public var hidden: [Int] = []
    public var activation = AutoencoderActivation.tanh
    public var codeActivation = AutoencoderActivation.identity
    public var loss = ReconstructionLoss.meanAbsoluteError
    public var huberDelta = 1.0
    public var batchNormalization = false
    public var dropout = 0.0
    public var noise = 0.0
    public var masking = 0.0
    public var sparsity = 0.0
    public var contraction = 0.0
    public var tied = false
    public var initialization = WeightInitialization.automatic
    public var epochs = 60
    public var batchSize = 32
    public var learningRate = 1e-3
    public var cosine = false
    public var weightDecay = 0.0
    public var gradientNorm: Double?
    public var dropsPartialBatch = false
    public var validationShare = 0.0
    public var patience: Int?
    public var standardize = true
    public var pretraining = SelfSupervision()
    public var score = CombinedScore()

    public init() {}

    /// The settings that are changed most; the others are properties.
    public init(hidden: [Int] = [], epochs: Int = 60, batchSize: Int = 32, learningRate: Double = 1e-3) {
        self.hidden = hidden
        self.epochs = epochs
        self.batchSize = batchSize
        self.learningRate = learningRate
    }

    public var labelUse: LabelUse { score.labelUse }

    public func validateTogether() throws {
        try score.requireDistance()
        func failure(_ parameter: String, _ message: String, _ suggestion: String) -> OutlierError {
            OutlierError(.invalidParameter, message, suggestion: suggestion, path: [parameter])
        }
        if contraction > 0 {
            guard hidden.count == 1, !batchNormalization else {
                throw failure(
                    "contraction", "“contraction” is defined for an encoder of one layer without batch normalisation",
                    "Write “hidden” with one width, for instance hidden: [8].")
            }
            guard ContractivePenalty.isDefined(for: codeActivation.function) else {
                throw failure(
                    "contraction",
                    "“contraction” cannot be computed for the code's activation “\(codeActivation.rawValue)”",
                    "Use sigmoid, tanh, elu, softplus, relu, leaky-relu or identity.")
            }
        }
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedAutoencoder {
        try trainAndScore(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedAutoencoder, scores: [Double]) {
        let columns = try columns(of: data, context)
        return try train(
            AutoencoderTraining(self, columns: columns, rowCount: data.rowCount, seed: context.seed),
            pretrains: true, columns: columns, options: options, data, context)
    }

    private func columns(of data: Dataset, _ context: FitContext) throws -> NetworkColumns {
        let columns = try NetworkColumns(
            of: data, scale: standardize ? .standard : .unchanged, execution: context.execution)
        // Both look at weights that begin or end at columns as they are.
        if tied { try columns.requireNumbers("tied") }
        if contraction > 0 { try columns.requireNumbers("contraction") }
        return columns
    }

    /// - Parameter beginning: what the result depends on besides the parameters.
    private func train(
        _ training: AutoencoderTraining, beginning: String = "", pretrains: Bool, columns: NetworkColumns,
        options: TrainingOptions, _ data: Dataset, _ context: FitContext
    ) throws -> (model: FittedAutoencoder, scores: [Double]) {
        var training = training
        var context = context
        let rows = columns.scaling.table(of: data.matrix)
        if pretrains, pretraining.task != .none {
            try training.pretrain(pretraining, on: rows, context: context.part(1, covering: 0...0.3))
            context = context.part(-1, covering: 0.3...1)
        }
        let report = try Trainer(options).train(
            &training, on: rows, settings: recipe.parameters.json() + beginning, context: context)
        let networks = AutoencoderNetworks(
            columns: columns, encoder: training.encoder, decoder: training.decoder,
            loss: loss.function(delta: huberDelta))
        let (scorer, scores) = try CombinedScorer.fit(
            score,
            reconstruction: score.lambda == 1 ? networks.noErrors(data) : networks.errors(data, context.execution),
            latents: score.lambda == 0 ? networks.noCodes(data) : networks.codes(data, context.execution),
            labels: data.labels, context: context)
        let model = FittedAutoencoder(
            networks: networks, scorer: scorer, widths: training.widths,
            trainingLosses: report.history.map { $0[0] })
        return (model, scores)
    }

    /// Goes on from `model`: columns that it had keep their scale and weights, others begin anew.
    public func fineTune(
        _ model: FittedAutoencoder, on data: Dataset, settings: FineTuning, context: FitContext
    ) throws -> (model: FittedAutoencoder, scores: [Double]) {
        guard hidden.isEmpty || hidden == model.widths else {
            throw OutlierError(
                .invalidParameter, "“hidden” is \(hidden), but the model to begin with has \(model.widths)",
                suggestion: "Leave “hidden” out: the first model's widths are used.", path: ["hidden"])
        }
        let transfer = try ColumnTransfer(
            columns(of: data, context), from: model.networks.columns, settings: settings,
            networks: [(nil, model.networks.encoder), (nil, model.networks.decoder)])
        var tuned = self
        tuned.hidden = model.widths
        tuned.learningRate *= settings.learningRate
        var options = options
        options.epochs = settings.epochs(usual: epochs)
        var training = AutoencoderTraining(
            tuned, columns: transfer.columns, rowCount: data.rowCount, seed: context.seed)
        training.begin(with: model.networks, transfer)
        return try tuned.train(
            training, beginning: " from \(model.networks.fingerprint) \(settings.recipe.parameters.json())",
            pretrains: false, columns: transfer.columns, options: options, data, context)
    }

    private var options: TrainingOptions {
        var options = TrainingOptions(epochs: epochs, batchSize: batchSize)
        options.dropsPartialBatch = dropsPartialBatch
        options.validationShare = validationShare
        options.patience = patience
        options.schedule = cosine ? .cosine() : .constant
        return options
    }
}
