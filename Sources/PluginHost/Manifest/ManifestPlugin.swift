internal import Foundation
internal import OutlierCore

/// A plug-in that is a manifest: which functions of which library are called with what.
enum ManifestPlugin {
    /// Opens the library of the manifest at `path` and finds every function that the manifest names.
    ///
    /// - Throws: ``OutlierError`` that names the plug-in and the cause, with the place in the manifest: what is wrong with
    ///   the manifest, a library that is missing, is none or is for another machine, a digest that differs, a symbol
    ///   that is not there.
    static func load(path: String) throws -> LoadedPlugin {
        let manifest = try Manifest(contentsOf: path)
        return try manifest.attributing {
            let host = ManifestHost(manifest: manifest, library: try open(manifest))
            return try LoadedPlugin(
                origin: host.origin, components: manifest.components.map { try BoundComponent($0, host: host) })
        }
    }

    private static func open(_ manifest: Manifest) throws -> SharedLibrary {
        do {
            let library: SharedLibrary
            switch manifest.library {
            case .system(let name): library = try SharedLibrary(systemName: name)
            case .file(let path):
                try LibraryFile.check(path)
                if let expected = manifest.digest {
                    let digest = try SHA256.hexadecimal(ofFile: path)
                    guard digest == expected else {
                        throw OutlierError(
                            .invalidPlugin,
                            "“\(path)” is not the library that the manifest pins, so it is not opened: its SHA-256 is \(digest)",
                            suggestion:
                                "Find out why it changed. If you trust it, put the new digest into the manifest.",
                            path: ["sha256"])
                    }
                }
                library = try SharedLibrary(path: path)
            }
            if let setup = manifest.setup {
                _ = try function(setup, arguments: [], result: .void, in: library, path: ["setup"]).call()
            }
            return library
        } catch var error as OutlierError {
            if error.path.isEmpty { error.path = ["library"] }
            throw error
        }
    }

    /// A function of the library, or an error that leads to `path`.
    static func function(
        _ symbol: String, arguments: [ForeignType], result: ForeignType, in library: SharedLibrary, path: [String]
    ) throws -> ForeignFunction {
        do {
            guard try !library.isVariable(symbol) else {
                throw OutlierError(.invalidPlugin, "“\(symbol)” of “\(library.path)” is a variable, not a function")
            }
            return try ForeignFunction(symbol, in: library, arguments: arguments, result: result)
        } catch var error as OutlierError {
            error.code = .invalidPlugin
            error.path = path
            throw error
        }
    }
}

/// What every component of a plug-in shares.
final class ManifestHost: @unchecked Sendable {
    let manifest: Manifest
    let library: SharedLibrary
    /// Held during calls of functions that are not thread-safe.
    let lock = NSRecursiveLock()

    init(manifest: Manifest, library: SharedLibrary) {
        self.manifest = manifest
        self.library = library
    }

    var origin: PluginOrigin {
        PluginOrigin(plugin: manifest.name, version: manifest.version, file: manifest.path)
    }
}
