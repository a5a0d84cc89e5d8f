import ArgumentParser
import Foundation
import Outlier
import OutlierData

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measures a table of scores against the truth.",
        discussion: """
            The table has a column “score”, may have a column “label” of decisions (1 for an anomaly), and has a column \
            of the truth.
            """)

    @Argument(help: "The table of scores, or - for standard input.", completion: .file())
    var scores: String

    @Option(help: "The column that says which rows are anomalies.")
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
        var measures = try Summary.measures(chosen, evaluation)
        if evaluation.predictions == nil {
            // Nothing was decided, so what measures decisions is left out rather than said to be undefined.
            measures.removeAll { $0.reason?.contains("needs decisions") == true }
        }
        let summary = Summary(identifierName: "row", measures: measures, rows: [])
        var entries = summary.metricsJSON.entries ?? []
        if !notes.isEmpty { entries.append(Value.Entry("notes", .array(notes.map(Value.string)))) }
        StandardOutput.write(json ? Value.object(entries).json(indentation: 2) + "\n" : summary.text)
    }

    /// What is measured, and what a reader of the metrics must know of the rows.
    private func evaluation() throws -> (Evaluation, notes: [String]) {
        var options = ReadOptions(label: label, anomalyWords: anomaly)
        options.only = ["score", "label"].filter { $0 != label }
        options.expecting = [Column("score"), Column("label")]
        let table = try Table(contentsOf: scores, options: options)
        let data = table.dataset
        guard let score = data.columns.firstIndex(where: { $0.name == "score" }) else {
            throw OutlierError(.columnMismatch, "there is no column “score”", location: .init(file: scores))
        }
        let decisions = data.columns.firstIndex { $0.name == "label" }
        // Rows without a score were not scored.
        let measurable = Measurable(
            scores: data.matrix.column(score), predictions: decisions.map { data.matrix.column($0).map { $0 != 0 } },
            labels: data.labels, known: nil)
        guard let truth = measurable.truth, !truth.isEmpty else {
            throw OutlierError(
                .undefinedMetric, "no scored row has a label in the column “\(label)”",
                suggestion: "Name the column of the truth: --label COLUMN.", location: .init(file: scores))
        }
        let unscored = data.matrix.column(score).count { $0.isNaN }
        let notes =
            (unscored > 0 ? ["\(unscored) rows have no score and are left out"] : []) + measurable.notes
        return (
            try Evaluation(scores: measurable.scores, predictions: measurable.predictions, truth: truth), notes
        )
    }
}
