internal import COutlierPlugin
internal import OutlierCore

/// A shared library that exports the table of functions of `outlier_plugin.h`.
enum FunctionTablePlugin {
    static let entrySymbol = "outlier_plugin_entry"
    /// More components than any plug-in has, longer text than any description is: what is beyond comes from memory that
    /// is not a table.
    private static let maximumCount = 1024
    private static let maximumTextLength = 1 << 20

    /// - Parameter path: an absolute path.
    static func load(path: String) throws -> LoadedPlugin {
        let library: SharedLibrary
        do {
            library = try SharedLibrary(path: path)
        } catch let error as OutlierError {
            throw OutlierError(.invalidPlugin, error.message, suggestion: error.suggestion)
        }
        guard let entry = try? library.symbol(entrySymbol) else {
            throw OutlierError(
                .invalidPlugin, "the library has no symbol “\(entrySymbol)”, so it is no plug-in by itself",
                suggestion:
                    "Export the function that outlier_plugin.h declares, or name the library's functions in a manifest."
            )
        }
        // What a library registers with its language's runtime cannot be taken back, so it stays open.
        _ = Unmanaged.passRetained(library)
        // POSIX gives functions and data one size of address (dlsym), and whoever exports this name promises the header's type;
        // it takes no argument, and of what it returns the version is checked before the rest is read.
        let function = unsafeBitCast(entry, to: outlier_plugin_entry_function.self)
        guard let table = function() else {
            throw OutlierError(.invalidPlugin, "\(entrySymbol) returned NULL, but a table was expected")
        }
        // Of a table of another version, only the version can be read.
        let version = UnsafeRawPointer(table).load(as: UInt32.self)
        guard version == OUTLIER_PLUGIN_ABI_VERSION else {
            throw OutlierError(
                .invalidPlugin,
                "the library was built for version \(version) of outlier_plugin.h, but this program has version \(OUTLIER_PLUGIN_ABI_VERSION)",
                suggestion: "Build it again with the outlier_plugin.h that “outlier plugin header” prints.")
        }
        return try plugin(table.pointee, path: path)
    }

    private static func plugin(_ table: outlier_plugin, path: String) throws -> LoadedPlugin {
        let name = try text(table.name, what: "the plug-in's name")
        let version = try text(table.version, what: "the plug-in's version")
        let size = Int(table.component_size)
        // Later versions may add functions at the end of a component.
        guard size >= MemoryLayout<outlier_component>.size, size <= 4096, size % 8 == 0 else {
            throw OutlierError(
                .invalidPlugin,
                "the plug-in says that a component has \(size) bytes, but \(MemoryLayout<outlier_component>.size) were expected",
                suggestion: "Set component_size to sizeof(outlier_component).")
        }
        let count = Int(table.component_count)
        guard count > 0, count <= maximumCount, let first = table.components else {
            throw OutlierError(
                .invalidPlugin,
                table.components == nil
                    ? "the plug-in's table of components is NULL"
                    : "the plug-in says that it has \(Int32(bitPattern: table.component_count)) components, but 1 to \(maximumCount) were expected"
            )
        }
        let origin = PluginOrigin(plugin: name, version: version, file: path)
        return try LoadedPlugin(
            origin: origin,
            components: (0..<count).map { index in
                let address = UnsafeRawPointer(first) + index * size
                do {
                    return try FunctionTableComponent(
                        address.assumingMemoryBound(to: outlier_component.self), origin: origin)
                } catch var error as OutlierError {
                    if error.component == nil { error.message = "component \(index + 1): \(error.message)" }
                    throw error
                }
            })
    }

    /// Text that a plug-in gives.
    static func text(_ pointer: UnsafePointer<CChar>?, what: String) throws -> String {
        guard let pointer else { throw OutlierError(.invalidPlugin, "\(what) is NULL") }
        var length = 0
        while pointer[length] != 0 {
            length += 1
            guard length <= maximumTextLength else {
                throw OutlierError(.invalidPlugin, "\(what) is longer than \(maximumTextLength) bytes")
            }
        }
        let bytes = UnsafeRawBufferPointer(start: pointer, count: length)
        guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty else {
            throw OutlierError(.invalidPlugin, length == 0 ? "\(what) is empty" : "\(what) is not UTF-8")
        }
        return text
    }
}
