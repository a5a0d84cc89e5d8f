import ArgumentParser
import Foundation
import Outlier
import OutlierConfig
import PluginHost

/// The plug-ins that the command line and the environment name.
struct PluginArguments: ParsableArguments {
    /// Folders whose plug-ins are loaded, separated by colons.
    static let pathVariable = "OUTLIER_PLUGIN_PATH"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Load the components of a shared library or manifest; may be given several times.", valueName: "file"),
        completion: .file(extensions: ["so", "dylib", "yaml", "yml"]))
    var plugin: [String] = []

    @Flag(help: "Run the plug-ins of --plugin and of the environment in processes of their own.")
    var isolatePlugins = false

    /// The command's registry with the components of all these plug-ins.
    func registry() throws -> Registry {
        var registry = CommandContext.registry
        let options = PluginOptions(isolated: isolatePlugins)
        for file in try plugin + filesOfFolders() {
            try PluginLoader.load(file, options: options, into: &registry)
        }
        return registry
    }

    private func filesOfFolders() throws -> [String] {
        let variable = ProcessInfo.processInfo.environment[Self.pathVariable] ?? ""
        return try variable.split(separator: ":").flatMap { folder in
            // A relative folder would be another one in every place where the command is called.
            guard folder.hasPrefix("/") else {
                throw OutlierError(
                    .invalidConfiguration, "\(Self.pathVariable) must name absolute folders, but it names “\(folder)”")
            }
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: String(folder)) else {
                throw OutlierError(
                    .inputOutput, "\(Self.pathVariable) names the folder “\(folder)”, which cannot be read")
            }
            let endings = [".so", ".dylib", ".yaml", ".yml"]
            return names.filter { name in endings.contains { name.hasSuffix($0) } }.sorted().map { "\(folder)/\($0)" }
        }
    }
}

extension PluginConfiguration {
    /// Loads the plug-ins of a configuration.
    static func load(_ plugins: [PluginConfiguration], into registry: inout Registry) throws {
        for (index, plugin) in plugins.enumerated() {
            let options = PluginOptions(
                isolated: plugin.isolated, timeLimit: plugin.timeLimit, memoryLimit: plugin.memoryLimit << 20)
            do {
                try PluginLoader.load(plugin.file, options: options, into: &registry)
            } catch let error as OutlierError {
                throw error.prefixed(by: ["plugins", String(index)])
            }
        }
    }
}
