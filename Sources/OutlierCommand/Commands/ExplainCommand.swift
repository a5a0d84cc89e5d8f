import ArgumentParser
import Outlier
import OutlierWorkflow

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Says which columns make the most anomalous rows of a table so.",
        discussion: """
            For each row the columns that speak most for an anomaly, with the row's value and what is usual in the training \
            rows: where 9 of 10 values lie, or the most frequent words. Share is the part of all that speaks for an \
            anomaly. Detectors that can say it themselves (“explainable” in “outlier describe”) do, each in a unit of its \
            own; of any other, the Shapley values of its score are sampled, in units of the score, and “±” is their standard \
            error. Columns that do not speak for an anomaly are in the JSON alone.
            """)

    enum Method: String, CaseIterable, ExpressibleByArgument {
        case native
        case shapley
    }

    @OptionGroup var options: ScoringOptions

    @Option(parsing: .unconditional, help: "How many of the rows with the highest scores to explain.")
    var top = 20

    @Option(parsing: .unconditional, help: "How many columns to show for each row at most; 0 for all.")
    var features = 5

    @Option(help: "native or shapley; the detector's own where it has one, if left out.")
    var method: Method?

    @Option(
        parsing: .unconditional,
        help:
            "How many orders of the columns “shapley” samples for each row; 100 if left out, fewer of 200 columns or more."
    )
    var samples: Int?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...1_000_000).contains(top) else {
            throw ValidationError("--top must be at least 1, but \(top) was given.")
        }
        if features < 0 { throw ValidationError("--features must be at least 0, but \(features) was given.") }
        if let samples, !(2...100_000).contains(samples) {
            throw ValidationError("--samples must be between 2 and 100000, but \(samples) was given.")
        }
    }

    func run() throws {
        let interruption = Interruption()
        let execution = options.execution(interruption)
        let scoring = try options.load(execution: execution)
        let explanations = try scoring.explanations(
            ofHighest: top, method: method.flatMap { RowExplanation.Method(rawValue: $0.rawValue) }, samples: samples,
            execution: execution)
        let found = explanations.map { explanation in
            Found(
                name: scoring.name(of: explanation.row), decision: scoring.decisions.values?[explanation.row],
                explanation: explanation,
                features: features == 0 ? explanation.features : Array(explanation.features.prefix(features)))
        }
        if json {
            StandardOutput.write(
                Value.array(found.map { $0.json(scoring.identifierName) }).json(indentation: 2) + "\n")
        } else {
            let unit = found.first.map { "\ncontributions are in \($0.unit.words)\n" } ?? ""
            StandardOutput.write(found.map { $0.text(scoring.identifierName) }.joined(separator: "\n") + unit)
        }
    }

    /// A row and the columns to show.
    private struct Found {
        var name: String
        var decision: Decision?
        var explanation: RowExplanation
        var features: [RowExplanation.Feature]

        /// What contributions are measured in: a word for programs, and words for people.
        var unit: (name: String, words: String) {
            switch explanation.method {
            case .native: ("detector", "the detector's own unit, not the score's")
            case .shapley: ("score", "units of the score")
            }
        }

        func text(_ identifierName: String) -> String {
            var header = ["column", "value", "usual", "share", "contribution"]
            if explanation.method == .shapley { header.append("±") }
            var table = TextTable(header)
            for feature in features where feature.contribution > 0 {
                var cells = [
                    feature.column.name, feature.valueText, feature.usualText, ValueText.percent(feature.share),
                    ValueText.number(feature.contribution, digits: 3),
                ]
                if let error = feature.standardError { cells.append(ValueText.number(error, digits: 2)) }
                table.rows.append(cells)
            }
            let decision = decision.map { $0.isAnomaly ? ", anomaly" : ", normal" } ?? ""
            let shown = table.rows.isEmpty ? "no column speaks for an anomaly" : table.text
            let lines = shown.split(separator: "\n").map { "  \($0)\n" }.joined()
            return "\(identifierName) \(name), score \(Format.score(explanation.score))\(decision)\n\(lines)"
        }

        func json(_ identifierName: String) -> Value {
            [
                "row": .string(name),
                "score": .number(explanation.score),
                "decision": decision.map { .boolean($0.isAnomaly) } ?? .null,
                "method": .string(explanation.method.rawValue),
                "unit": .string(unit.name),
                "features": .array(
                    features.map { feature in
                        [
                            "column": .string(feature.column.name),
                            "value": Self.value(feature),
                            "usual": Self.usual(feature.usual),
                            "contribution": .number(feature.contribution),
                            "share": .number(feature.share),
                            "standardError": feature.standardError.map(Value.number) ?? .null,
                        ]
                    }),
            ]
        }

        private static func value(_ feature: RowExplanation.Feature) -> Value {
            if feature.value.isNaN { return .null }
            return feature.column.kind == .number ? .number(feature.value) : .string(feature.valueText)
        }

        private static func usual(_ usual: UsualValues) -> Value {
            switch usual {
            case .unknown: .null
            case .range(let range, let median):
                ["from": .number(range.lowerBound), "to": .number(range.upperBound), "median": .number(median)]
            case .words(let words):
                ["words": .array(words.map { ["word": .string($0.word), "share": .number($0.share)] })]
            }
        }
    }
}
