import ArgumentParser
import Outlier

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists what can be named in a configuration.")

    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case detectors
        case preprocessors
        case thresholds
        case metrics

        var component: ComponentKind {
            switch self {
            case .detectors: .detector
            case .preprocessors: .preprocessor
            case .thresholds: .threshold
            case .metrics: .metric
            }
        }
    }

    @Argument(help: "What to list: detectors, preprocessors, thresholds or metrics.")
    var kind: Kind?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var plugins: PluginArguments

    func run() throws {
        let registry = try plugins.registry()
        let kinds = kind.map { [$0] } ?? Kind.allCases
        if json {
            let all = kinds.map { kind in
                Value.Entry(
                    kind.rawValue, .array(registry.descriptions(of: kind.component).map(DescribeCommand.json)))
            }
            StandardOutput.write(Value.object(all).json(indentation: 2) + "\n")
            return
        }
        for (index, kind) in kinds.enumerated() {
            var table = TextTable([kind.rawValue, ""])
            for description in registry.descriptions(of: kind.component) {
                let aliases = description.aliases.isEmpty ? "" : " (\(description.aliases.joined(separator: ", ")))"
                table.rows.append([description.name + aliases, description.summary])
            }
            StandardOutput.write((index > 0 ? "\n" : "") + table.text)
        }
    }
}
