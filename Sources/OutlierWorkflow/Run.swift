import Foundation
public import Outlier
public import OutlierConfig
public import OutlierData

/// One run of a configuration: its table is read, its pipeline is fitted, and the rows of the fit are scored and decided on.
///
///     let run = try Run(ConfigurationFile.load("run.yaml", registry: .standard))
///     for measure in try run.measurement().measures(run.configuration.metrics) { print(measure.name, measure.value) }
///     try run.model.save(to: "model.outlier")
public struct Run: Sendable {
    public let configuration: RunConfiguration
    public let table: Table
    public let model: FittedPipeline
    /// The scores of the training rows, by the detector's own rule for them.
    public let scores: Scores
    /// What the pipeline says of the rows besides their scores.
    public let decisions: Decisions
    /// What the fit knew of the rows; `nil` if it saw no labels.
    public let knownLabels: [Label]?
    /// How long the fit took.
    public let seconds: Double
    /// What the training left behind to go on from; to be removed once the results are written.
    public let checkpoints: Checkpoints?

    /// Reads the table of `configuration` and fits its pipeline, beginning with another model if the configuration says so.
    ///
    /// - Parameters:
    ///   - table: the table, if it was read before.
    ///   - checkpoints: where the fit keeps what it has done; `nil` for nowhere.
    ///   - execution: threads and cancellation; what the configuration says if `nil`.
    ///   - observer: is told the progress, from whichever thread works.
    /// - Throws: ``OutlierError``; ``InterruptedFit`` if the fit was cancelled and can go on, `CancellationError` if it was
    ///   cancelled and cannot.
    public init(
        _ configuration: RunConfiguration, table: Table? = nil, checkpoints: Checkpoints? = nil,
        execution: Execution? = nil, observer: (@Sendable (FitProgress) -> Void)? = nil
    ) throws {
        let pipeline = try configuration.pipeline()
        let execution = execution ?? configuration.execution()
        let table = try table ?? configuration.data.read(execution: execution)
        let context = FitContext(
            seed: UInt64(configuration.seed), execution: execution, checkpoints: checkpoints, observer: observer)
        let beginning = Date()
        let fit = try InterruptedFit.telling(checkpoints) {
            try UnusableWeights.explaining(configuration.registry) {
                guard let first = configuration.fineTuning.from else {
                    return try table.attributing { try pipeline.fitAndScore(table.rows, context: context) }
                }
                let start = try FittedPipeline(contentsOf: first, registry: configuration.registry)
                return try table.attributing {
                    try pipeline.fitAndScore(
                        table.rows, startingFrom: start, settings: configuration.fineTuning, context: context)
                }
            }
        }
        seconds = Date().timeIntervalSince(beginning)
        try execution.checkCancellation()
        self.configuration = configuration
        self.table = table
        model = fit.model
        scores = fit.scores
        self.checkpoints = checkpoints
        decisions = fit.decisions
        knownLabels = fit.knownLabels
    }

    /// The rows by which the scores are measured: those that are scored, without those whose labels the fit knew, if others
    /// are left.
    public func measurement() throws -> Measurement {
        try Measurement(
            scores: scores, decisions: decisions, truth: table.truth,
            seen: knownLabels.map { $0.map { $0 != .unlabeled } }, index: table.rows.index)
    }

    /// The model, if it says why it is as it is.
    public var reasoned: (any Reasoned)? { model.reasoned }

    /// What a reader of the metrics must know.
    public func notes() throws -> [String] {
        var notes = table.notes + dateNotes
        if !scores.exclusions.isEmpty {
            notes.append("\(scores.exclusions.count) of \(scores.count) rows not scored; the metrics leave them out")
        }
        if table.truth == nil && configuration.namesMetrics {
            notes.append("no metrics: the configuration names no label column ({data: {label: COLUMN}})")
        }
        notes += try measurement().notes
        if let rejections = decisions.rejections {
            notes.append("\(rejections.count { $0 }) of \(rejections.count) decisions are too unsure to be taken")
        }
        return notes
    }

    /// The scores with all that is known of the rows, to be written.
    public func scoreTable() throws -> ScoreTable {
        try ScoreTable(
            table, scores: scores, decisions: decisions, includingTruth: true, includingReasons: model.canExclude)
    }
}

extension Run {
    /// Dates are numbers to a detector, which nobody may have meant.
    private var dateNotes: [String] {
        let dates = table.rows.columns.filter {
            $0.kind == .date && configuration.data.columnKinds[$0.name] == nil
        }
        guard let first = dates.first, !configuration.preprocessors.contains(where: { $0.recipe.name == "date-parts" })
        else { return [] }
        let names =
            dates.prefix(3).map { "“\($0.name)”" }.joined(separator: ", ") + (dates.count > 3 ? " and others" : "")
        let holds = dates.count == 1 ? "holds dates, which count" : "hold dates, which count"
        return [
            "\(names) \(holds) as seconds since 1970; to take them apart, add the preprocessor “date-parts”; if they only "
                + "name or order the rows, set data: {identifier: \(first.name)} or data: {ignore: [\(first.name)]}"
        ]
    }
}
