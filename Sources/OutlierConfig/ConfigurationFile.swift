public import Foundation
public import OutlierCore
internal import OutlierYAML

/// Reads configuration files.
public enum ConfigurationFile {
    /// The configuration in the YAML or JSON file at `path`, changed by `overrides`.
    ///
    /// Relative paths in the file are taken from the file's folder; relative paths in overrides from the current one.
    /// - Parameter registry: has the components that the file names.
    /// - Throws: ``OutlierError`` with file, line and column.
    public static func load(
        _ path: String, overrides: [ConfigurationOverride] = [], registry: Registry
    ) throws -> RunConfiguration {
        let text: String
        do {
            text = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
        } catch {
            let exists = FileManager.default.fileExists(atPath: path)
            throw OutlierError(
                exists ? .malformedFile : .inputOutput,
                exists ? "cannot read the configuration “\(path)” as UTF-8 text" : "there is no configuration “\(path)”"
            )
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        return try parse(text, file: path, folder: folder, overrides: overrides, registry: registry)
    }

    /// The configuration in `text`, whose relative paths are taken from `folder`.
    public static func parse(
        _ text: String, file: String? = nil, folder: URL, overrides: [ConfigurationOverride] = [], registry: Registry
    ) throws -> RunConfiguration {
        let located = try LocatedValue(yaml: text, file: file)
        var value = located.value
        guard value == .null || value.entries != nil else {
            throw located.locating(
                OutlierError(
                    .invalidConfiguration, "a configuration must be a mapping, but \(value.typeName) was given"))
        }
        if value == .null { value = .object([]) }
        resolvePaths(in: &value, from: folder)
        // Without the overrides first: what is wrong in the file is reported with its place in the file.
        let overridden = Set(overrides.map(\.path))
        for override in overrides {
            var override = override
            if pathKeys.contains(override.path), let path = override.value.string {
                let here = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
                override = ConfigurationOverride(path: override.path, value: .string(resolved(path, from: here)))
            }
            try override.apply(to: &value)
        }
        do {
            return try RunConfiguration(parameters: value, registry: registry)
        } catch var error as OutlierError {
            if error.component == RunConfiguration.name { error.component = nil }
            if overridden.contains(where: { error.path.starts(with: $0.prefix(1)) && isOverride(error.path, $0) }) {
                error.location = nil
                error.message = "\(error.path.joined(separator: ".")): \(error.message)"
                throw error
            }
            throw located.locating(error)
        }
    }

    /// Whether the path of an error is the one that an override set, which may have left out component names.
    private static func isOverride(_ errorPath: [String], _ override: [String]) -> Bool {
        var rest = override[...]
        for key in errorPath where key == rest.first { rest = rest.dropFirst() }
        return rest.isEmpty
    }

    /// Where a configuration holds paths.
    private static let pathKeys: Set<[String]> = [
        ["data", "source"], ["output", "scores"], ["output", "model"], ["output", "metrics"],
        ["fine-tune", "from"],
    ]

    private static func resolvePaths(in value: inout Value, from folder: URL) {
        guard case .object(var sections) = value else { return }
        for (index, section) in sections.enumerated() {
            guard case .object(var entries) = section.value else { continue }
            for (position, entry) in entries.enumerated() {
                if pathKeys.contains([section.key, entry.key]), case .string(let path) = entry.value {
                    entries[position].value = .string(resolved(path, from: folder))
                }
            }
            sections[index].value = .object(entries)
        }
        value = .object(sections)
    }

    private static func resolved(_ path: String, from folder: URL) -> String {
        if path == "-" || path.hasPrefix("/") { return path }
        if path.hasPrefix("~") { return NSString(string: path).expandingTildeInPath }
        return folder.appendingPathComponent(path).standardizedFileURL.path
    }
}
