import ArgumentParser
import Outlier
import OutlierData
import OutlierReport

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Scores a table with a saved model and writes a page for people.",
        discussion: """
            One HTML file without scripts that loads nothing: the spread of the scores, the quality where the table has \
            labels, the most anomalous rows with the reasons, a map of the table, its columns and the pipeline. “outlier \
            run” writes the page of the training rows where the configuration has {output: {report: FILE}}.
            """)

    @OptionGroup var options: ScoringOptions

    @Option(help: "Where to write the page, or - for standard output.", completion: .file(extensions: ["html"]))
    var output = "report.html"

    @Option(parsing: .unconditional, help: "How many of the most anomalous rows to explain.")
    var top = 20

    @Flag(help: "Print a summary as JSON.")
    var json = false

    func validate() throws {
        guard (0...1000).contains(top) else {
            throw ValidationError("--top must be between 0 and 1000, but \(top) was given.")
        }
        if json && output == "-" { throw ValidationError("--json and --output - both want standard output.") }
    }

    func run() throws {
        var files = FilePlan(options)
        try files.writesArgument(output, as: "the report")
        let interruption = Interruption()
        let scoring = try options.load(interruption: interruption)
        var report = try Report(
            model: scoring.model, data: scoring.table.rows, scores: scoring.scores,
            truth: scoring.table.truth, identifiers: scoring.table.identifiers,
            source: ReportWriter.name(of: options.data))
        if let labels = scoring.table.truth {
            let metrics: [any Metric] = [ROCAUC(), AveragePrecision(), PrecisionAtN(), Precision(), Recall(), F1()]
            let measurable = Measurable(
                scores: scoring.scores, decisions: report.decisions.values, truth: labels, known: nil,
                index: scoring.table.rows.index)
            report.notes += measurable.notes
            var measures = try measurable.measures(metrics)
            measures.removeAll(where: \.needsDecisions)
            report.measures = ReportWriter.measures(measures)
        }
        report.exclusions = scoring.exclusions ?? [:]
        report.commands = [ReportWriter.commandLine]
        report.versions = ReportWriter.versions
        report.explainedRowCount = top
        try ReportWriter.write(report, to: output, execution: scoring.execution)
        if json {
            let value: Value = [
                "rows": .integer(scoring.scores.count),
                "notScored": .integer(scoring.scores.count { $0.isNaN }),
                "anomalies": report.decisions.anomalyCount.map(Value.integer) ?? .null,
                "written": .array([.string(output)]),
            ]
            StandardOutput.write(value.json(indentation: 2) + "\n")
        }
        if output != "-" { StandardError.write("wrote \(OutputFolder.shown(output))\n") }
    }
}
