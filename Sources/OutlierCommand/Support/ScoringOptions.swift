import ArgumentParser
import Outlier
import OutlierData
import OutlierWorkflow

/// A saved model, a table, and how the table is to be read.
struct ScoringOptions: ParsableArguments {
    @Argument(help: "The model.", completion: .file(extensions: ["outlier"]))
    var model: String

    @Argument(help: "The table, or - for standard input.", completion: .file())
    var data: String

    @Option(help: "The column that names the rows.")
    var identifier: String?

    @Option(help: "What the table is written in; taken from the file's extension if left out.")
    var format: DataFormat?

    @Option(help: "The SQL query that gives the rows of a SQLite database.")
    var query: String?

    @Option(parsing: .unconditional, help: "How many threads may work at once.")
    var threads: Int?

    @OptionGroup var plugins: PluginArguments

    func validate() throws {
        if model == "-" { throw ValidationError("the model must be a file, but -, standard input, was given.") }
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1, but \(threads) was given.") }
    }

    /// How to score.
    func execution(_ interruption: Interruption) -> Execution {
        Execution(threads: threads, cancellation: interruption.cancellation)
    }

    /// Loads the model, reads the table and scores it.
    func load(execution: Execution) throws -> Scoring {
        let registry = try plugins.registry()
        let model = try FittedPipeline(contentsOf: model, registry: registry)
        let table = try Table(
            data, for: model, identifier: identifier, format: format, query: query, execution: execution)
        for note in table.notes { StandardError.write("\(note)\n") }
        return try Scoring(of: table, with: model, registry: registry, execution: execution)
    }
}
