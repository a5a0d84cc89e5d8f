import Foundation
import Outlier
import OutlierConfig
import OutlierData

/// Reads the table of a configuration and fits its pipeline, with a progress bar and a way to be interrupted.
struct Fitting {
    let configuration: RunConfiguration
    let table: Table
    let model: FittedPipeline
    /// The scores of the training rows, by the detector's own rule for them; `NaN` for rows that are not scored.
    let scores: [Double]
    /// Why rows are not scored; `nil` where the pipeline scores every row.
    let exclusions: [Int: String]?
    /// Whether the fit saw labels.
    let learnsFromLabels: Bool
    let seconds: Double
    /// What the training left behind to go on from; to be removed once the results are written.
    let checkpoints: Checkpoints?
    /// What the pipeline says of the rows besides their scores.
    let decisions: Decisions

    /// - Parameters:
    ///   - model: where the model will be written, where the configuration does not say.
    ///   - resumes: whether to go on from the checkpoint of a fit that was stopped.
    static func run(
        _ configuration: RunConfiguration, interruption: Interruption, model path: String? = nil, resumes: Bool = false
    ) throws -> Fitting {
        let checkpoints = try CheckpointPlace.checkpoints(configuration, model: path, resumes: resumes)
        let pipeline = try configuration.pipeline()
        let execution = Execution(threads: configuration.threads, cancellation: interruption.cancellation)
        let table = try configuration.data.read(execution: execution)
        let bar = ProgressBar()
        defer { bar.clear() }
        let context = FitContext(
            seed: UInt64(configuration.seed),
            execution: execution, checkpoints: checkpoints, observer: bar.observer)
        let start = Date()
        let data = table.rows
        var (model, scores) = try CheckpointPlace.explaining(checkpoints) {
            try UnusableWeights.explaining(configuration.registry) {
                guard let first = configuration.fineTuning.from else {
                    return try table.attributing { try pipeline.fitAndScore(data, context: context) }
                }
                let start = try FittedPipeline(contentsOf: first, registry: configuration.registry)
                return try table.attributing {
                    try pipeline.fitAndScore(
                        data, startingFrom: start, settings: configuration.fineTuning, context: context)
                }
            }
        }
        let seconds = Date().timeIntervalSince(start)
        let exclusions = model.canExclude ? try model.exclusions(in: data, execution: execution) : nil
        model.notes = .object([Value.Entry("data", configuration.data.reading(table.notation))])
        try interruption.cancellation.check()
        return Fitting(
            configuration: configuration, table: table, model: model, scores: scores, exclusions: exclusions,
            learnsFromLabels: pipeline.labelUse != .ignored && data.labels != nil, seconds: seconds,
            checkpoints: checkpoints, decisions: model.decisions(for: scores))
    }

    /// “breast-cancer.csv: 397 rows × 30 columns, 40 anomalies”, and the pipeline below it.
    var headline: String {
        let source = configuration.data.source ?? ""
        let name = source == "-" ? "standard input" : URL(fileURLWithPath: source).lastPathComponent
        let truth = table.truth.map { truth in
            ", " + Format.counted(truth.anomalyCount, "labelled anomaly", plural: "labelled anomalies")
        }
        let stages =
            configuration.preprocessors.map(\.recipe.name) + [configuration.detector?.recipe.name ?? ""]
            + (configuration.threshold.map { [$0.recipe.name] } ?? [])
        let rows = Format.counted(table.rows.rowCount, "row")
        let columns = Format.counted(table.rows.columnCount, "column")
        return """
            \(name): \(rows) × \(columns)\(truth ?? "")
            \(stages.joined(separator: " → ")), fitted in \(Format.seconds(seconds)) s

            """ + notes.map { "\($0)\n" }.joined()
    }
}

extension Fitting {
    /// The rows by which the scores are measured: those that are scored, without those whose labels the fit knew, where
    /// others are left.
    var evaluation: Measurable {
        Measurable(
            scores: scores, decisions: decisions.values, truth: table.truth,
            known: learnsFromLabels ? table.rows.labels : nil)
    }

    /// The model, where it says why it is as it is.
    var reasoned: (any Reasoned)? { model.reasoned }

    /// The reasons for people, an empty line before them; nothing where the model gives none.
    var reasonsText: String { reasoned.map { "\n\($0.reasonsText)\n" } ?? "" }

    /// What a reader of the metrics must know.
    var notes: [String] {
        var notes = table.notes + dateNotes
        if let exclusions, !exclusions.isEmpty {
            notes.append("\(exclusions.count) of \(scores.count) rows not scored; the metrics leave them out")
        }
        if table.truth == nil && configuration.namesMetrics {
            notes.append("no metrics: the configuration names no label column ({data: {label: COLUMN}})")
        }
        notes += evaluation.notes
        if let rejections = decisions.rejections {
            notes.append("\(rejections.count { $0 }) of \(rejections.count) decisions are too unsure to be taken")
        }
        return notes
    }
}

extension Fitting {
    /// Dates are numbers to a detector, which nobody may have meant.
    private var dateNotes: [String] {
        let dates = table.rows.columns.filter {
            $0.kind == .date && configuration.data.columns[$0.name] == nil
        }
        guard let first = dates.first, !configuration.preprocessors.contains(where: { $0.recipe.name == "date-parts" })
        else { return [] }
        let names = dates.prefix(3).map { "“\($0.name)”" }.joined(separator: ", ") + (dates.count > 3 ? " and others" : "")
        let holds = dates.count == 1 ? "holds dates, which count" : "hold dates, which count"
        return [
            "\(names) \(holds) as seconds since 1970; to take them apart, add the preprocessor “date-parts”; if they only "
                + "name or order the rows, set data: {identifier: \(first.name)} or data: {ignore: [\(first.name)]}"
        ]
    }
}

extension DataConfiguration {
    /// What has to be known to read other tables of the same kind: all but where this one is.
    ///
    /// - Parameter notation: how the table writes numbers and dates, which other tables may not prove.
    func reading(_ notation: StatedNotation) -> Value {
        var reading = self
        if decimal == .automatic, thousands == .automatic {
            reading.decimal = notation.decimal ?? .automatic
            reading.thousands = notation.thousands ?? .automatic
        }
        if dateOrder == .automatic { reading.dateOrder = notation.dateOrder ?? .automatic }
        let place: Set = ["source", "format", "query", "array"]
        return .object((reading.recipe.parameters.entries ?? []).filter { !place.contains($0.key) })
    }
}
