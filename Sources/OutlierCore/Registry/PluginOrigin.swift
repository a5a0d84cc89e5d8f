/// Where a component that was loaded at run time comes from: what its models remember, so that who lacks the plug-in is
/// told which one to bring.
public struct PluginOrigin: Sendable, Hashable {
    /// The plug-in's name.
    public var plugin: String
    /// The plug-in's own version.
    public var version: String
    /// The whole path of the file.
    public var file: String

    public init(plugin: String, version: String, file: String) {
        self.plugin = plugin
        self.version = version
        self.file = file
    }

    /// The name under which a model's archive holds its origin.
    private static let key = "plugin"

    /// Notes in a model's archive where the model comes from. Only the file's name is kept, not its folder.
    public func encode(to archive: inout ModelArchive) {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        archive.store(
            ["name": .string(plugin), "version": .string(version), "file": .string(name)], as: PluginOrigin.key)
    }

    /// What ``encode(to:)`` noted, where it did.
    public init?(from archive: ModelArchive) {
        guard let value = try? archive.value(PluginOrigin.key), let name = value["name"]?.string,
            let version = value["version"]?.string, let file = value["file"]?.string
        else { return nil }
        self.init(plugin: name, version: version, file: file)
    }
}

extension OutlierError {
    /// The error for a model whose component is not there, which says what plug-in to bring.
    func naming(_ origin: PluginOrigin?, component: String, kind: ComponentKind) -> OutlierError {
        guard code == .unknownName, let origin else { return self }
        return OutlierError(
            .unknownName,
            "the model needs the \(kind.rawValue) “\(component)” of the plug-in “\(origin.plugin)” \(origin.version), which is not loaded",
            suggestion:
                "Load it from the file “\(origin.file)”: --plugin PATH/\(origin.file), or “plugins: [PATH/\(origin.file)]”."
        )
    }
}
