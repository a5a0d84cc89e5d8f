import ArgumentParser
import Outlier
import OutlierData
import OutlierWorkflow

struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score", abstract: "Scores the rows of a table with a saved model.",
        discussion: """
            The table is read as the one of the fit was: the same label, identifier and ignored columns, where it has \
            them, and the same words for missing values.
            """)

    @OptionGroup var options: ScoringOptions

    @Option(help: "Where to write the scores; standard output if left out.")
    var output = "-"

    func run() throws {
        var files = FilePlan(options)
        try files.writesArgument(output, as: "the scores", holdsScores: true)
        let interruption = Interruption()
        let scoring = try options.load(execution: options.execution(interruption))
        try OutputFolder.prepare(for: output)
        try ScoreWriter(path: output).write(scoring.scoreTable())
    }
}
