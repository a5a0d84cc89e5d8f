internal import Foundation
public import OutlierCore

/// Loads plug-ins at run time: shared libraries with the table of functions of `outlier_plugin.h`, and manifests.
///
/// A library that is not isolated runs its code in this process as soon as it is opened: load only what you trust. Nothing
/// is searched for: the file that is named is the one that is loaded.
public enum PluginLoader {
    /// Loads the plug-in at `path` and registers everything that it offers. A file that `registry` has components of is
    /// not loaded again.
    ///
    /// - Parameter path: an absolute path, or one relative to the current directory.
    /// - Returns: what it offers.
    /// - Throws: ``OutlierError`` with the file: ``OutlierError/Code/inputOutput``,
    ///   ``OutlierError/Code/invalidPlugin``, or ``OutlierError/Code/duplicateName`` where a name is taken.
    @discardableResult
    public static func load(
        _ path: String, options: PluginOptions = PluginOptions(), into registry: inout Registry
    ) throws -> [ComponentDescription] {
        let file = absolute(path)
        let present = ComponentKind.allCases.flatMap { registry.descriptions(of: $0) }
            .filter { $0.origin?.file == file }
        guard present.isEmpty else { return present }
        return try naming(path) {
            let plugin = try open(file, options: options)
            // All or nothing.
            var copy = registry
            for component in plugin.components { try copy.register(component) }
            registry = copy
            return plugin.components.map(\.description)
        }
    }

    /// Opens the plug-in at `path` without registering it.
    public static func open(_ path: String, options: PluginOptions = PluginOptions()) throws -> LoadedPlugin {
        let file = absolute(path)
        return try naming(path) {
            let kind = try PluginFile.kind(of: file)
            if options.isolated { return try IsolatedPlugin.load(path: file, options: options) }
            switch kind {
            case .sharedLibrary: return try FunctionTablePlugin.load(path: file)
            case .manifest: return try ManifestPlugin.load(path: file)
            }
        }
    }

    /// The file's one name: symbolic links may lead to the same file by several.
    private static func absolute(_ path: String) -> String {
        let url = URL(fileURLWithPath: path)
        return url.resolvingSymlinksInPath().path
    }

    private static func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch var error as OutlierError {
            error.location = error.location ?? OutlierError.Location(file: path)
            throw error
        }
    }
}
