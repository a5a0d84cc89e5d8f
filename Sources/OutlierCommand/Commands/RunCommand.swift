import ArgumentParser
import Outlier
import OutlierConfig
import OutlierData
import OutlierWorkflow

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Fits, scores, decides and evaluates, and writes what the configuration's output names.")

    @OptionGroup var options: ConfigurationOptions

    @Option(parsing: .unconditional, help: "How many of the most anomalous rows to show.")
    var top = 10

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Go on from the checkpoint of a fit that was stopped.")
    var resume = false

    func validate() throws {
        if top < 0 { throw ValidationError("--top must be at least 0, but \(top) was given.") }
    }

    func run() throws {
        let configuration = try options.load()
        var files = FilePlan(options, configuration)
        try files.writes([.scores, .model, .metrics, .report], of: configuration)
        try CheckpointPlace.plan(configuration, model: nil, in: &files)
        let isStreaming = configuration.output.usesStandardOutput
        if json && isStreaming {
            throw UsageError(
                cause: OutlierError(
                    .invalidConfiguration, "--json and an output “-” both want standard output",
                    suggestion: "Name a file for the output, or leave --json out."))
        }
        let interruption = Interruption()
        let run = try Run(configuration, interruption: interruption, resumes: resume)
        let measures = try run.measurement().measures(configuration.metrics)
        let summary = Summary(
            identifierName: run.table.rowNaming, measures: measures,
            rows: Summary.highest(top, scores: run.scores, decisions: run.decisions, table: run.table))

        try interruption.cancellation.check()
        let written = try run.writeOutputs(
            measures: measures, execution: configuration.execution(cancellation: interruption.cancellation),
            standardOutput: StandardOutput.write, completing: ReportWriter.complete)
        run.checkpoints?.removeWritten()
        if json {
            try StandardOutput.write(Self.json(run, summary, written).json(indentation: 2) + "\n")
        } else {
            let text = try run.headline() + run.reasonsText + "\n" + summary.text
            // Whoever reads an output from a pipe wants nothing else in it.
            if isStreaming { StandardError.write(text) } else { StandardOutput.write(text) }
        }
        let named = written.filter { $0 != "-" }
        if !named.isEmpty {
            StandardError.write("wrote \(named.map(OutputFolder.shown).joined(separator: ", "))\n")
        }
    }

    private static func json(_ run: Run, _ summary: Summary, _ written: [String]) throws -> Value {
        let reasons: [Value.Entry] = run.reasoned.map { [Value.Entry("reasons", $0.reasons)] } ?? []
        let entries: [Value.Entry] =
            [
                Value.Entry("rows", .integer(run.table.rows.rowCount)),
                Value.Entry("columns", .integer(run.table.rows.columnCount)),
                Value.Entry("pipeline", run.model.recipe.parameters),
                Value.Entry("seed", .integer(run.configuration.seed)),
                Value.Entry("fitSeconds", .number(run.seconds)),
                Value.Entry("notScored", .integer(run.scores.exclusions.count)),
                Value.Entry("notes", .array(try run.notes().map(Value.string))),
                Value.Entry("cutoff", run.model.threshold?.cutoff.map(Value.number) ?? .null),
            ] + reasons + summary.json
        return .object(entries + [Value.Entry("written", .array(written.map(Value.string)))])
    }
}

extension OutputConfiguration {
    /// Whether an output goes to standard output.
    fileprivate var usesStandardOutput: Bool { [scores, metrics, report].contains("-") }
}
