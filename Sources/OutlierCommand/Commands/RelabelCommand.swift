import ArgumentParser
import Foundation
import Outlier
import OutlierConfig
import OutlierData
import OutlierLabelReview
import OutlierWorkflow

struct RelabelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relabel",
        abstract: "Lists labels of the table that are probably wrong.",
        discussion: """
            The labelled rows are dealt into parts; the configuration's pipeline is fitted without each part and scores it. \
            Rows whose score speaks for the other class than their label are listed, the most suspect first, with the \
            probability that they are anomalies. Nothing is changed. “--detector boosted-trees”, which learns from the \
            labels, finds most.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(parsing: .unconditional, help: "How many parts the labelled rows are dealt into.")
    var folds = 5

    @Option(parsing: .unconditional, help: "How often this is done, each time with other parts; scores are averaged.")
    var rounds = 5

    @Option(parsing: .unconditional, help: "How many rows to print; 0 for all.")
    var top = 20

    @Option(help: "Write all suspect rows to this CSV file.", completion: .file(extensions: ["csv"]))
    var output: String?

    @Flag(help: "Print JSON, with all suspect rows.")
    var json = false

    func validate() throws {
        if folds < 2 { throw ValidationError("--folds must be at least 2, but \(folds) was given.") }
        if rounds < 1 { throw ValidationError("--rounds must be at least 1, but \(rounds) was given.") }
        if output == "-" { throw ValidationError("--output must be a file; --json prints all suspect rows.") }
        if top < 0 { throw ValidationError("--top must be at least 0, but \(top) was given.") }
    }

    func run() throws {
        let configuration = try options.load()
        var files = FilePlan(options, configuration)
        try files.writesArgument(output, as: "the suspect rows")
        let interruption = Interruption()
        let bar = ProgressBar()
        let relabelling: Relabelling
        do {
            defer { bar.clear() }
            relabelling = try Relabelling(
                configuration, folds: folds, rounds: rounds,
                execution: configuration.execution(cancellation: interruption.cancellation), observer: bar.observer)
        }
        if let output { try relabelling.write(to: output) }
        let listing = Listing(relabelling: relabelling)
        StandardOutput.write(json ? listing.json : listing.text(top: top == 0 ? Int.max : top))
        if let output { StandardError.write("wrote \(OutputFolder.shown(output))\n") }
    }

    /// The suspect rows, for people and for programs.
    private struct Listing {
        let relabelling: Relabelling

        private var review: SuspectLabels { relabelling.review }
        private var identifierName: String { relabelling.table.rowNaming }

        private func identifier(_ row: Int) -> String { relabelling.table.name(of: row) }

        func text(top: Int) -> String {
            let count = review.suspects.count
            let anomalies = review.suspects.count { $0.given == .anomaly }
            var text =
                "\(count) of \(review.judgedCount) labels \(count == 1 ? "is" : "are") suspect: "
                + (anomalies == 1 ? "1 anomaly that looks" : "\(anomalies) anomalies that look") + " normal, "
                + (count - anomalies == 1 ? "1 other row that looks" : "\(count - anomalies) other rows that look")
                + " like \(count - anomalies == 1 ? "an anomaly" : "anomalies") (\(review.folds) parts)\n"
            guard count > 0 else { return text }
            var cells = TextTable(["rank", identifierName, "given", "P(anomaly)"])
            for (rank, suspect) in review.suspects.prefix(top).enumerated() {
                cells.rows.append([
                    String(rank + 1), identifier(suspect.row), suspect.given.word, Format.metric(suspect.probability),
                ])
            }
            text += "\n" + cells.text
            if count > top { text += "and \(count - top) more; --top 0 prints all, --output FILE writes them\n" }
            return text
        }

        var json: String {
            let anomalies = review.suspects.count { $0.given == .anomaly }
            let rows = review.suspects.enumerated().map { rank, suspect -> Value in
                .object([
                    Value.Entry(identifierName, .string(identifier(suspect.row))),
                    Value.Entry("given", .string(suspect.given.word)),
                    Value.Entry("probability", .number(suspect.probability)), Value.Entry("rank", .integer(rank + 1)),
                ])
            }
            let value: Value = [
                "judged": .integer(review.judgedCount),
                "folds": .integer(review.folds),
                "anomaliesThatLookNormal": .integer(anomalies),
                "othersThatLookAnomalous": .integer(review.suspects.count - anomalies),
                "suspects": .array(rows),
            ]
            return value.json(indentation: 2) + "\n"
        }
    }
}
