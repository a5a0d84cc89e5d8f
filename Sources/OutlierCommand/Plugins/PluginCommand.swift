import ArgumentParser

struct PluginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "Helps to write plug-ins.",
        subcommands: [PluginCheckCommand.self, PluginNewCommand.self, PluginHeaderCommand.self])

    /// Without a verb, what verbs there are. The parser would forget that it is a part of `outlier`.
    func run() throws { StandardOutput.write(OutlierCommand.helpMessage(for: Self.self) + "\n") }
}

struct PluginHeaderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "header",
        abstract: "Prints outlier_plugin.h, which plug-ins in C and other languages are written to.")

    func run() throws { StandardOutput.write(PluginHeader.text) }
}

/// The header, which is a part of the program so that it always fits it.
enum PluginHeader {
    static var text: String { String(decoding: PackageResources.outlier_plugin_h, as: UTF8.self) }
}
