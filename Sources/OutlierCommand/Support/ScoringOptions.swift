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
        var reading = try DataConfiguration(parameters: pipeline.notes["data"] ?? .object([]), registry: registry)
        reading.source = data
        reading.format = format
        reading.query = query
        if let identifier { try replaceIdentifier(of: &reading, by: identifier, pipeline.columns) }
        let execution = Execution(threads: threads, cancellation: interruption.cancellation)
        var options = try reading.options(expecting: pipeline.columns)
        options.requiresIdentifier = identifier != nil
        // What the model does not know it cannot score by: it is not read, and that is said.
        if !pipeline.columns.isEmpty { options.only = pipeline.columns.map(\.name) }
        let table = try Table(contentsOf: data, options: options, execution: execution)
        let scores = try table.attributing { try pipeline.scores(of: table.rows, execution: execution) }
        try interruption.cancellation.check()
        for note in table.notes { StandardError.write("\(note)\n") }
        return Scoring(
            model: pipeline, table: table, scores: scores,
            exclusions: pipeline.canExclude ? try pipeline.exclusions(in: table.rows, execution: execution) : nil,
            execution: execution,
            identifierName: table.identifiers == nil ? "row" : table.identifierName ?? "row")
    }

    /// The column that named the rows of the fit is none to score by, whatever names the rows now.
    private func replaceIdentifier(
        of reading: inout DataConfiguration, by identifier: String, _ columns: [Column]
    ) throws {
        if columns.contains(where: { $0.name == identifier }) {
            throw OutlierError(
                .invalidConfiguration,
                "the model scores by the column “\(identifier)”, which therefore cannot name the rows",
                suggestion: "Name another column, or leave --identifier out.", location: .init(file: data))
        }
        if let former = reading.identifier, former != identifier { reading.ignore.append(former) }
        reading.ignore.removeAll { $0 == identifier }
        reading.columns[identifier] = nil
        reading.identifier = identifier
    }
}
