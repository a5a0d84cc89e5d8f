import ArgumentParser
import Foundation
import Outlier
import OutlierConfig

/// The configuration and what the command line changes of it.
struct ConfigurationOptions: ParsableArguments {
    @Argument(help: "The configuration, a YAML or JSON file.", completion: .file(extensions: ["yaml", "yml", "json"]))
    var configuration: String

    @Option(name: .long, help: "Use this detector, with its defaults, in place of the configuration's.")
    var detector: String?

    @Option(
        help: "Begin with this model, fitted before on another table, instead of anew; see “fine-tune” in the schema.",
        completion: .file(extensions: ["outlier"]))
    var from: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Change one value: --set detector.trees=50, --set data.source=other.csv.", valueName: "path=value"))
    var set: [String] = []

    @OptionGroup var plugins: PluginArguments

    func validate() throws {
        try Self.expectFile(configuration)
        if from == "-" { throw ValidationError("--from must be a file, but -, standard input, was given.") }
    }

    /// - Throws: `ValidationError` where the configuration is to come from standard input.
    static func expectFile(_ configuration: String) throws {
        if configuration == "-" {
            // Its paths are relative to where it lies.
            throw ValidationError("the configuration must be a file, but -, standard input, was given.")
        }
    }

    /// The configuration with all changes made.
    func load(extra: [ConfigurationOverride] = []) throws -> RunConfiguration {
        let overrides = try UsageError.wrapping {
            (detector.map { [ConfigurationOverride(path: ["detector"], value: .string($0))] } ?? [])
                + (from.map { [ConfigurationOverride(path: ["fine-tune", "from"], value: .string($0))] } ?? [])
                + extra + (try set.map { try ConfigurationOverride($0) })
        }
        return try ConfigurationFile.load(
            configuration, overrides: overrides, registry: plugins.registry()
        ) { named, registry in
            try PluginConfiguration.load(named, into: &registry)
            guard let detector else { return }
            try UsageError.wrapping { _ = try registry.describe(.detector, detector) }
        }
    }
}
