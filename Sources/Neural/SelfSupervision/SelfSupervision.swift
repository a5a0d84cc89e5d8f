public import OutlierCore

/// A task without labels that an encoder learns before the detector's own training: the section `pretraining` of the
/// neural detectors.
///
///     detector: {autoencoder: {pretraining: {task: masked, epochs: 20}}}
///
/// - `masked`: some values of a row are replaced by those of other rows, and the encoder's code must allow to predict
///   what they were (Yoon et al., “VIME”, 2020; Devlin et al. for words, 2019).
/// - `contrastive`: the codes of a row and of the same row with some values replaced must be nearer to each other than to
///   the codes of other rows (Bahri et al., “SCARF: Self-Supervised Contrastive Learning using Random Feature
///   Corruption”, 2022), by the InfoNCE loss on normalised codes behind a head of two layers.
///
/// Replacements are drawn column by column from the other rows of the batch.
public struct SelfSupervision: Component, Hashable {
    public enum Task: String, Sendable, CaseIterable {
        case none
        case masked
        case contrastive
    }

    public static let name = "pretraining"
    public static let summary = "What the encoder learns before the detector's own training."
    public static let parameters: [Parameter<SelfSupervision>] = [
        .choice("task", \.task, "Predict masked values, tell a row from others, or nothing."),
        .integer("epochs", \.epochs, in: .between(1, 1_000_000), "Passes over the table."),
        .integer("batch-size", \.batchSize, in: .between(1, 65_536), "Rows of a step."),
        .number("learning-rate", \.learningRate, in: .above(0, upTo: 10), "Step size of Adam."),
        .number(
            "corruption", \.corruption, in: .strictlyBetween(0, 1), null: "0.3 for masked, 0.6 for contrastive",
            "Share of the values that are replaced."),
        .number("temperature", \.temperature, in: .positive, "What the contrastive task divides similarities by."),
    ]

    public var task: Task
    public var epochs: Int
    public var batchSize: Int
    public var learningRate: Double
    public var corruption: Double?
    public var temperature: Double

    public init() { self.init(task: .none) }

    public init(
        task: Task, epochs: Int = 20, batchSize: Int = 128, learningRate: Double = 1e-3, corruption: Double? = nil,
        temperature: Double = 1
    ) {
        self.task = task
        self.epochs = epochs
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.corruption = corruption
        self.temperature = temperature
    }

    /// Trains `encoder` on the task; what the task needs besides it is forgotten.
    ///
    /// - Parameter layout: which columns are categories; none where it is `nil`.
    /// - Returns: the mean loss of each epoch; empty where there is no task.
    /// - Throws: ``OutlierError/Code/numericalFailure`` where the training diverges, `CancellationError`.
    package func pretrain(
        _ encoder: inout Network, on table: some RowTable, layout: RowLayout? = nil, settings: String = "",
        context: FitContext
    ) throws -> [Double] {
        let trainer = Trainer(TrainingOptions(epochs: epochs, batchSize: batchSize), stage: "pretraining")
        let identity = "\(recipe.parameters.json()) \(settings)"
        let capacity = min(batchSize, table.rowCount)
        let rule = Optimizer.Rule.adam()
        var random = RandomSource(seed: context.seed, stream: UInt64.max - 2)
        switch task {
        case .none: return []
        case .masked:
            var model = MaskedPrediction(
                encoder, layout: layout ?? RowLayout(width: table.width), share: Float(corruption ?? 0.3), rule: rule,
                learningRate: learningRate,
                capacity: capacity, random: &random)
            let report = try trainer.train(&model, on: table, settings: identity, context: context)
            encoder = model.encoder
            return report.history.map { $0[0] }
        case .contrastive:
            var model = ContrastiveTask(
                encoder, share: Float(corruption ?? 0.6), temperature: Float(temperature), rule: rule,
                learningRate: learningRate, capacity: capacity, random: &random)
            let report = try trainer.train(&model, on: table, settings: identity, context: context)
            encoder = model.encoder
            return report.history.map { $0[0] }
        }
    }
}
