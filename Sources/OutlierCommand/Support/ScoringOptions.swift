import ArgumentParser
import Outlier
import OutlierConfig
import OutlierData

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

    /// A table that was scored.
    struct Scoring {
        var model: FittedPipeline
        var table: Table
        /// `NaN` for rows that are not scored.
        var scores: [Double]
        /// Why rows are not scored; `nil` where the pipeline scores every row.
        var exclusions: [Int: String]?
        var execution: Execution
        var identifierName: String
    }

    /// Loads the model, reads the table and scores it.
    func load(interruption: Interruption) throws -> Scoring {
        let registry = try plugins.registry()
        let pipeline = try FittedPipeline(contentsOf: model, registry: registry)
        let execution = Execution(threads: threads, cancellation: interruption.cancellation)
        let table = try Table(
            data, for: pipeline, identifier: identifier, format: format, query: query, execution: execution)
        let scores = try table.attributing { try pipeline.scores(of: table.rows, execution: execution) }
        try interruption.cancellation.check()
        return Scoring(
            model: pipeline, table: table, scores: scores,
            exclusions: pipeline.canExclude ? try pipeline.exclusions(in: table.rows, execution: execution) : nil,
            execution: execution,
            identifierName: table.identifiers == nil ? "row" : table.identifierName ?? "row")
    }
}
