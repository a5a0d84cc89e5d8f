import ArgumentParser
import Foundation
import Outlier
import OutlierData
import OutlierWorkflow

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measures a table of scores against the truth.",
        discussion: """
            The table has a column “score” and a column of the truth, and may have a column “decision” (1 for an \
            anomaly): what “outlier run” and “outlier score” write. Where there is no “decision”, “label” is taken for \
            it, as tables were written before. In a table of another program, “label” may be the truth: --label label.
            """)

    @Argument(help: "The table of scores, or - for standard input.", completion: .file())
    var scores: String

    @Option(help: "The column of the truth: which rows are anomalies.")
    var label = "truth"

    @Option(help: "A word of that column that means an anomaly; may be given several times.")
    var anomaly: [String] = []

    @Option(help: "The metrics, separated by commas.")
    var metrics = "roc-auc,average-precision,precision-at-n,best-f1,precision,recall,f1,confusion"

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var plugins: PluginArguments

    func run() throws {
        let registry = try plugins.registry()
        let chosen = try UsageError.wrapping {
            try metrics.split(separator: ",").map { try registry.metric($0.trimmingCharacters(in: .whitespaces)) }
        }
        let (evaluation, notes) = try evaluation()
        for note in notes where !json { StandardError.write("\(note)\n") }
        var measures = try evaluation.measures(chosen)
        if evaluation.decisions == nil {
            // Nothing was decided, so what measures decisions is left out rather than said to be undefined.
            measures.removeAll(where: \.needsDecisions)
        }
        let summary = Summary(identifierName: "row", measures: measures, rows: [])
        var entries = summary.measures.json.entries ?? []
        if !notes.isEmpty { entries.append(Value.Entry("notes", .array(notes.map(Value.string)))) }
        StandardOutput.write(json ? Value.object(entries).json(indentation: 2) + "\n" : summary.text)
    }

    /// What is measured, and what a reader of the metrics must know of the rows.
    private func evaluation() throws -> (Evaluation, notes: [String]) {
        var options = ReadOptions(label: label, anomalyWords: anomaly)
        options.only = (["score"] + Self.decisions).filter { $0 != label }
        // By name, so that a table without it is told so.
        options.columnKinds = ["score": .number]
        options.expecting = Self.decisions.map { Column($0) }
        if Self.decisions.contains(label) { options.only? += Self.signs }
        let table = try Table(contentsOf: scores, options: options)
        try expectTruth(table)
        let data = table.rows
        guard let score = data.columns.firstIndex(where: { $0.name == "score" }) else {
            throw OutlierError(.columnMismatch, "there is no column “score”", location: .init(file: scores))
        }
        let decisions = Self.decisions.lazy.compactMap { name in
            data.columns.firstIndex { $0.name == name }
        }.first
        // Rows without a score were not scored.
        let column = data.matrix.column(score)
        let unscored = column.indices.filter { column[$0].isNaN }
        let measurement = try Measurement(
            scores: Scores(column, exclusions: Dictionary(uniqueKeysWithValues: unscored.map { ($0, "no score") })),
            decisions: Decisions(decisions.map { data.matrix.column($0).map { Decision(isAnomaly: $0 != 0) } }),
            truth: table.truth, index: table.rows.index)
        guard let evaluation = measurement.evaluation else {
            throw OutlierError(
                .undefinedMetric, "no scored row has a label in the column “\(label)”",
                suggestion: "Name the column of the truth: --label COLUMN.", location: .init(file: scores))
        }
        var notes: [String] = []
        if !unscored.isEmpty {
            let rows = Format.counted(unscored.count, "row")
            notes.append("\(rows) without a score \(unscored.count == 1 ? "is" : "are") left out")
        }
        notes += measurement.notes
        if Self.decisions.contains(label), Self.isCutoff(evaluation) {
            notes.append(
                "“\(label)” is 1 just where the score is highest: decisions look so, and by them every score is perfect"
            )
        }
        return (evaluation, notes)
    }

    /// The column of decisions, as scores are written, and as they were written before.
    private static let decisions = ["decision", "label"]
    /// Columns that stand beside decisions, and hardly beside a truth called “label”.
    private static let signs = ["truth", "p-value", "rejected"]

    /// - Throws: ``UsageError`` where the decisions of a table that was scored are taken for the truth: every score agrees with
    ///   what was decided by it.
    private func expectTruth(_ table: Table) throws {
        let names = table.rows.columns.map(\.name)
        guard Self.decisions.contains(label), names.contains(where: Self.signs.contains) else { return }
        // Beside “decision”, “label” is something else.
        if label == "label", names.contains("decision") { return }
        let hasTruth = names.contains("truth")
        throw UsageError(
            cause: OutlierError(
                .invalidConfiguration,
                "“\(label)” holds the decisions" + (hasTruth ? "; the truth is in “truth”" : ", and there is no truth"),
                suggestion: hasTruth
                    ? "Leave --label out." : "Score a table with a label column, or name the column of the truth.",
                location: .init(file: scores)))
    }

    /// Whether the truth could be a cutoff of the scores.
    private static func isCutoff(_ rows: Evaluation) -> Bool {
        let lowest = zip(rows.scores, rows.truth).lazy.filter(\.1).map(\.0).min()
        let highest = zip(rows.scores, rows.truth).lazy.filter { !$0.1 }.map(\.0).max()
        guard let lowest, let highest else { return false }
        return lowest > highest
    }
}
