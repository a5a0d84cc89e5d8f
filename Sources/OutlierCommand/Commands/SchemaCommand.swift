import ArgumentParser
import Outlier
import OutlierConfig

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Prints the JSON Schema of configurations, for editors.")

    @OptionGroup var plugins: PluginArguments

    func run() throws {
        StandardOutput.write(try JSONSchema.configuration(registry: plugins.registry()).json(indentation: 2) + "\n")
    }
}
