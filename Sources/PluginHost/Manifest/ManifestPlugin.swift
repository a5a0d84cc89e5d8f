internal import OutlierCore

/// A plug-in that is a manifest: which functions of which library are called with what.
enum ManifestPlugin {
    /// - Parameter path: an absolute path.
    static func load(path: String) throws -> LoadedPlugin {
        throw OutlierError(.invalidPlugin, "manifests cannot be loaded yet")
    }
}
