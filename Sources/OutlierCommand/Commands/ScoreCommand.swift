import ArgumentParser
import Outlier
import OutlierConfig
import OutlierData

struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score", abstract: "Scores the rows of a table with a saved model.",
        discussion: """
            The table is read as the one of the fit was: the same label, identifier and ignored columns, where it has \
            them, and the same words for missing values.
            """)

    @Argument(help: "The model.", completion: .file(extensions: ["outlier"]))
    var model: String

    @Argument(help: "The table, or - for standard input.", completion: .file())
    var data: String

    @Option(help: "Where to write the scores; standard output if left out.")
    var output = "-"

    @Option(help: "The column that names the rows.")
    var identifier: String?

    @Option(help: "What the table is written in; taken from the file's extension if left out.")
    var format: DataFormat?

    @Option(help: "The SQL query that gives the rows of a SQLite database.")
    var query: String?

    @Option(help: "How many threads may work at once.")
    var threads: Int?

    @OptionGroup var plugins: PluginArguments

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1, but \(threads) was given.") }
    }

    func run() throws {
        let registry = try plugins.registry()
        let pipeline = try FittedPipeline(contentsOf: model, registry: registry)
        var reading = try DataConfiguration(parameters: pipeline.notes["data"] ?? .object([]), registry: registry)
        reading.source = data
        reading.format = format
        reading.query = query
        if let identifier { reading.identifier = identifier }
        let interruption = Interruption()
        let execution = Execution(threads: threads, cancellation: interruption.cancellation)
        let table = try reading.read(expecting: pipeline.columns, execution: execution)
        let scores = try pipeline.scores(of: table.dataset, execution: execution)
        try interruption.cancellation.check()
        let result = try ScoreTable(
            table, scores: scores, labels: pipeline.threshold?.labels(for: scores), includingTruth: true,
            reasons: pipeline.canExclude ? pipeline.exclusions(in: table.dataset, execution: execution) : nil)
        try OutputFolder.prepare(for: output)
        try ScoreWriter(path: output).write(result)
    }
}
