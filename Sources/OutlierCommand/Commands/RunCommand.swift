import ArgumentParser
import Outlier
import OutlierConfig
import OutlierData

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
        let fitting = try Fitting.run(configuration, interruption: interruption, resumes: resume)
        let table = fitting.table
        let measures = try fitting.evaluation.measures(configuration.metrics)
        let summary = Summary(
            identifierName: configuration.data.identifier ?? "row", measures: measures,
            rows: Summary.highest(
                top, scores: fitting.scores, decisions: fitting.decisions.values, truth: table.truth,
                identifiers: table.identifiers))

        try interruption.cancellation.check()
        let written = try write(
            fitting, summary: summary,
            execution: Execution(threads: configuration.threads, cancellation: interruption.cancellation))
        fitting.checkpoints?.removeWritten()
        if json {
            let reasons: [Value.Entry] = fitting.reasoned.map { [Value.Entry("reasons", $0.reasons)] } ?? []
            let entries: [Value.Entry] =
                [
                    Value.Entry("rows", .integer(table.rows.rowCount)),
                    Value.Entry("columns", .integer(table.rows.columnCount)),
                    Value.Entry("pipeline", fitting.model.recipe.parameters),
                    Value.Entry("seed", .integer(configuration.seed)),
                    Value.Entry("fitSeconds", .number(fitting.seconds)),
                    Value.Entry("notScored", .integer(fitting.exclusions?.count ?? 0)),
                    Value.Entry("notes", .array(fitting.notes.map(Value.string))),
                    Value.Entry("cutoff", fitting.model.threshold?.cutoff.map(Value.number) ?? .null),
                ] + reasons + summary.json + [Value.Entry("written", .array(written.map(Value.string)))]
            StandardOutput.write(Value.object(entries).json(indentation: 2) + "\n")
        } else {
            let text = fitting.headline + fitting.reasonsText + "\n" + summary.text
            // Whoever reads an output from a pipe wants nothing else in it.
            if isStreaming { StandardError.write(text) } else { StandardOutput.write(text) }
        }
        let named = written.filter { $0 != "-" }
        if !named.isEmpty {
            StandardError.write("wrote \(named.map(OutputFolder.shown).joined(separator: ", "))\n")
        }
    }

    /// Writes all that the configuration names, and returns the paths.
    ///
    /// - Throws: ``InterruptedOutputs`` where the run is interrupted after a part of it is written.
    private func write(_ fitting: Fitting, summary: Summary, execution: Execution) throws -> [String] {
        let output = fitting.configuration.output
        let outputs: [(path: String?, write: (String) throws -> Void)] = [
            (output.scores, { try writeScores(fitting, to: $0) }),
            (output.model, { try fitting.model.save(to: $0) }),
            (output.metrics, { try writeMetrics(summary, to: $0) }),
            (output.report, { try ReportWriter.write(fitting.report(summary.measures), to: $0, execution: execution) }),
        ]
        var written: [String] = []
        // Files first: whoever reads a stream and goes away ends the process, and must not take the files with it.
        for isStream in [false, true] {
            for case (let path?, let write) in outputs where (path == "-") == isStream {
                do {
                    try execution.checkCancellation()
                    try OutputFolder.prepare(for: path)
                    try write(path)
                } catch is CancellationError where !written.isEmpty {
                    throw InterruptedOutputs(written: written)
                }
                written.append(path)
            }
        }
        return written
    }

    private func writeScores(_ fitting: Fitting, to path: String) throws {
        var table = try ScoreTable(
            fitting.table, scores: fitting.scores, includingTruth: true, reasons: fitting.exclusions)
        table.add(fitting.decisions)
        try ScoreWriter(path: path).write(table)
    }

    private func writeMetrics(_ summary: Summary, to path: String) throws {
        let text = summary.metricsJSON.json(indentation: 2) + "\n"
        guard path != "-" else { return StandardOutput.write(text) }
        let file = try AtomicFile(path: path)
        try file.write(text)
        try file.commit()
    }
}

extension OutputConfiguration {
    /// Whether something that is written goes to standard output.
    fileprivate var usesStandardOutput: Bool { [scores, metrics, report].contains("-") }
}
