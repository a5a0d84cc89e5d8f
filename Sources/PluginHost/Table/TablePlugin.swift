internal import OutlierCore

/// A shared library that exports the table of functions of `outlier_plugin.h`.
enum TablePlugin {
    /// - Parameter path: an absolute path.
    static func load(path: String) throws -> LoadedPlugin {
        throw OutlierError(.invalidPlugin, "shared libraries cannot be loaded yet")
    }
}
