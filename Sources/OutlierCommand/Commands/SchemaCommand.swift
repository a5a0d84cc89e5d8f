import ArgumentParser
import Outlier
import OutlierConfig

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Prints the JSON Schema of configurations, for editors.")

    func run() throws {
        StandardOutput.write(JSONSchema.configuration(registry: CommandContext.registry).json(indentation: 2) + "\n")
    }
}
