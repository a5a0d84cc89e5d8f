internal import Foundation
internal import OutlierCore
internal import OutlierYAML

extension Manifest {
    /// Reads the manifest at `path`. Relative paths in it are taken from its folder.
    ///
    /// - Throws: ``OutlierError`` with file, line and column where it does not say what it must, or says what it must not.
    init(contentsOf path: String) throws {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        guard let data = FileManager.default.contents(atPath: url.path) else {
            let exists = FileManager.default.fileExists(atPath: url.path)
            throw OutlierError(
                .invalidPlugin, exists ? "the manifest “\(path)” cannot be read" : "there is no manifest “\(path)”")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw OutlierError(.invalidPlugin, "the manifest “\(path)” is not UTF-8 text")
        }
        try self.init(text, path: url.path, shownAs: path)
    }

    /// Reads the text of a manifest whose file would be at `path`.
    init(_ text: String, path: String) throws { try self.init(text, path: path, shownAs: path) }

    private init(_ text: String, path: String, shownAs shown: String) throws {
        located = try LocatedValue(yaml: text, file: shown)
        self.path = path
        let root = ManifestNode(value: located.value, path: [])
        do {
            try read(root)
        } catch let error as OutlierError {
            throw attributed(error)
        }
    }

    private mutating func read(_ root: ManifestNode) throws {
        let mapping = try root.mapping(
            "a manifest",
            keys: [
                "plugin", "version", "summary", "library", "sha256", "setup", "detectors", "preprocessors", "metrics",
            ])
        let name = try mapping.required("plugin").text("the plug-in's name")
        self.name = name
        if let node = mapping["version"] {
            // 1.0 is a number to YAML.
            version = node.value.double == nil ? try node.text("the version") : node.value.description
        } else {
            version = "0"
        }
        _ = try mapping["summary"]?.text("the summary")
        try readLibrary(mapping)
        setup = try mapping["setup"]?.text("the symbol of the setup")
        for (key, kind) in [
            ("detectors", ComponentKind.detector), ("preprocessors", .preprocessor), ("metrics", .metric),
        ] {
            guard let node = mapping[key] else { continue }
            for (name, node) in try node.named(key) {
                components.append(try ManifestComponent(kind: kind, name: name, node: node))
            }
        }
        guard !components.isEmpty else {
            throw root.failure(
                "a manifest without a detector, preprocessor or metric offers nothing",
                "Add “detectors: {NAME: {score: …}}”.")
        }
    }

    private mutating func readLibrary(_ mapping: ManifestMapping) throws {
        let node = try mapping.required("library")
        let digest = mapping["sha256"]
        if node.value.string == nil {
            let choice = try node.mapping("the library", keys: ["file", "system"])
            switch (choice["file"], choice["system"]) {
            case (let file?, nil): library = .file(resolved(try file.text("the library's file")))
            case (nil, let system?):
                library = .system(try system.text("the library's name"))
                if let digest {
                    throw digest.failure(
                        "a library that the system's loader finds cannot be pinned: only it knows the file",
                        "Give the library's path, “library: /usr/lib/…”, or leave sha256 out.")
                }
            default:
                throw node.failure(
                    "a library is either a file or one of the system's",
                    "Write “library: PATH” or “library: {system: libNAME.so.N}”.")
            }
        } else {
            library = .file(resolved(try node.text("the library")))
        }
        self.digest = try digest.map { node in
            let text = try node.text("sha256").lowercased()
            guard text.count == 64, text.allSatisfy(\.isHexDigit) else {
                throw node.failure("sha256 must be 64 hexadecimal digits", "Print them: sha256sum FILE.")
            }
            return text
        }
    }

    private func resolved(_ file: String) -> String {
        if file.hasPrefix("/") { return URL(fileURLWithPath: file).standardizedFileURL.path }
        return URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(file)
            .standardizedFileURL.path
    }
}
