import ArgumentParser
import Outlier
import OutlierConfig

struct DescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", abstract: "Tells all there is to know of a component.")

    @Argument(help: "The component's name.")
    var name: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var plugins: PluginArguments

    func run() throws {
        let registry = try plugins.registry()
        let found = ComponentKind.allCases.compactMap { try? registry.describe($0, name) }
        guard !found.isEmpty else {
            let names = ComponentKind.allCases.flatMap { registry.names(of: $0) }
            throw UsageError(
                cause: OutlierError(
                    .unknownName, "there is nothing called “\(name)”",
                    suggestion: Suggestion.didYouMean(name, among: names) ?? "“outlier list” shows every name."))
        }
        if json {
            let value = found.count == 1 ? Self.json(found[0]) : .array(found.map(Self.json))
            StandardOutput.write(value.json(indentation: 2) + "\n")
        } else {
            StandardOutput.write(found.map(Self.text).joined(separator: "\n"))
        }
    }

    private static func text(_ description: ComponentDescription) -> String {
        var text = "\(description.name), a \(description.kind.rawValue) of the plug-in \(description.plugin)\n"
        text += "\(description.summary)\n"
        if let reference = description.reference { text += "Reference: \(reference)\n" }
        if !description.aliases.isEmpty { text += "Also called: \(description.aliases.joined(separator: ", "))\n" }
        if !description.capabilities.isEmpty {
            text += "Capabilities: \(description.capabilities.map(\.rawValue).joined(separator: ", "))\n"
        }
        if description.parameters.isEmpty { return text + "No parameters.\n" }
        var table = TextTable(["parameter", "default", "takes", ""])
        for parameter in description.parameters {
            table.rows.append([
                parameter.name, parameter.defaultValue.description, parameter.kind.words, parameter.summary,
            ])
        }
        return text + "\n" + table.text
    }

    static func json(_ description: ComponentDescription) -> Value {
        [
            "name": .string(description.name),
            "kind": .string(description.kind.rawValue),
            "summary": .string(description.summary),
            "reference": description.reference.map(Value.string) ?? .null,
            "plugin": .string(description.plugin),
            "aliases": .array(description.aliases.map(Value.string)),
            "capabilities": .array(description.capabilities.map { .string($0.rawValue) }),
            "parameters": JSONSchema.parameters(of: description),
        ]
    }
}
