import ArgumentParser
import Foundation
import Outlier
import OutlierConfig
import OutlierData
import OutlierLabelReview

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
        guard let detector = configuration.detector else {
            _ = try configuration.pipeline()
            return
        }
        let interruption = Interruption()
        let execution = Execution(threads: configuration.threads, cancellation: interruption.cancellation)
        let table = try configuration.data.read(execution: execution)
        let bar = ProgressBar()
        defer { bar.clear() }
        let context = FitContext(seed: UInt64(configuration.seed), execution: execution, observer: bar.observer)
        let review = try UnusableWeights.explaining(configuration.registry) {
            try LabelReview(detector, preprocessors: configuration.preprocessors, folds: folds, rounds: rounds)
                .suspects(in: labeled(table), context: context)
        }
        bar.clear()
        let listing = Listing(review: review, table: table)
        if let output {
            try OutputFolder.prepare(for: output)
            let file = try AtomicFile(path: output)
            try file.write(listing.csv)
            try file.commit()
        }
        StandardOutput.write(json ? listing.json : listing.text(top: top == 0 ? Int.max : top))
        if let output { StandardError.write("wrote \(OutputFolder.shown(output))\n") }
    }

    /// What is known of the rows: what the fit may know, or else the truth.
    private func labeled(_ table: Table) throws -> Dataset {
        try table.rows.replacing(labels: table.rows.labels ?? table.truth?.labels)
    }

    /// The suspect rows, for people and for programs.
    private struct Listing {
        let review: SuspectLabels
        let table: Table

        private var identifierName: String { table.identifierName ?? "row" }

        private func identifier(_ row: Int) -> String { table.identifiers?[row] ?? String(row + 1) }

        private func word(_ label: Label) -> String {
            switch label {
            case .anomaly: "anomaly"
            case .normal: "normal"
            case .unlabeled: "unlabeled"
            }
        }

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
                    String(rank + 1), identifier(suspect.row), word(suspect.given), Format.metric(suspect.probability),
                ])
            }
            text += "\n" + cells.text
            if count > top { text += "and \(count - top) more; --top 0 prints all, --output FILE writes them\n" }
            return text
        }

        var csv: String {
            func field(_ text: String) -> String {
                let needsQuotes = text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
                return needsQuotes ? "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : text
            }
            var lines = "\(field(identifierName)),given,probability,rank\n"
            for (rank, suspect) in review.suspects.enumerated() {
                lines +=
                    "\(field(identifier(suspect.row))),\(word(suspect.given)),\(suspect.probability),\(rank + 1)\n"
            }
            return lines
        }

        var json: String {
            let anomalies = review.suspects.count { $0.given == .anomaly }
            let rows = review.suspects.enumerated().map { rank, suspect -> Value in
                .object([
                    Value.Entry(identifierName, .string(identifier(suspect.row))),
                    Value.Entry("given", .string(word(suspect.given))),
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
