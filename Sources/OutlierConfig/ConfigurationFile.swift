public import Foundation
public import OutlierCore
internal import OutlierYAML

/// Reads configuration files.
public enum ConfigurationFile {
    /// The configuration in the YAML or JSON file at `path`, changed by `overrides`.
    ///
    /// Relative paths in the file are taken from the file's folder; relative paths in overrides from the current one.
    /// - Parameters:
    ///   - registry: has the components that the file names.
    ///   - plugins: loads the plug-ins that the file names; without it they are an error, so that reading a file runs no
    ///     code unless the caller says so. It is called once, also where there are none.
    /// - Throws: ``OutlierError`` with file, line and column.
    public static func load(
        _ path: String, overrides: [ConfigurationOverride] = [], registry: Registry, plugins: PluginLoading? = nil
    ) throws -> RunConfiguration {
        try parse(
            text(of: path), file: path, folder: folder(of: path), overrides: overrides, registry: registry,
            plugins: plugins)
    }

    /// What stands in the file at `path`, as it stands there but for paths, which become absolute.
    ///
    /// - Throws: ``OutlierError`` with file, line and column.
    public static func value(of path: String) throws -> Value {
        var value = try LocatedValue(yaml: text(of: path), file: path).value
        resolvePaths(in: &value, from: folder(of: path))
        return value
    }

    private static func folder(of path: String) -> URL { URL(fileURLWithPath: path).deletingLastPathComponent() }

    private static func text(of path: String) throws -> String {
        do {
            return try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
        } catch {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            if isFolder.boolValue {
                throw OutlierError(
                    .inputOutput, "“\(path)” is a folder, but a configuration is a file",
                    suggestion: "Name the YAML or JSON file in it.")
            }
            throw OutlierError(
                exists ? .malformedFile : .inputOutput,
                exists ? "cannot read the configuration “\(path)” as UTF-8 text" : "there is no configuration “\(path)”"
            )
        }
    }

    /// The configuration in `text`, whose relative paths are taken from `folder`.
    public static func parse(
        _ text: String, file: String? = nil, folder: URL, overrides: [ConfigurationOverride] = [], registry: Registry,
        plugins: PluginLoading? = nil
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
        resolvePlugins(in: &value, from: folder)
        // Without the overrides first: what is wrong in the file is reported with its place in the file.
        let overridden = Set(overrides.map(\.path))
        for override in overrides {
            var override = override
            if pathKeys.contains(override.path), let path = override.value.string {
                let here = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
                override = ConfigurationOverride(path: override.path, value: .string(resolved(path, from: here)))
            }
            try override.apply(to: &value)
            if override.path.first == "plugins" {
                resolvePlugins(in: &value, from: URL(fileURLWithPath: FileManager.default.currentDirectoryPath))
            }
        }
        let place: @Sendable (OutlierError) -> OutlierError = { [located] error in
            var error = error
            if error.component == RunConfiguration.name { error.component = nil }
            guard overridden.contains(where: { error.path.starts(with: $0.prefix(1)) && isOverride(error.path, $0) })
            else { return located.locating(error) }
            error.location = nil
            error.message = "\(error.path.joined(separator: ".")): \(error.message)"
            return error
        }
        do {
            // First, for the other keys may name what the plug-ins bring.
            var registry = registry
            let named = try loadPlugins(named: value["plugins"], into: &registry, by: plugins)
            var configuration = try RunConfiguration(parameters: value, registry: registry)
            configuration.plugins = named
            configuration.registry = registry
            configuration.place = place
            return configuration
        } catch let error as OutlierError {
            throw place(error)
        }
    }

    private static func loadPlugins(
        named value: Value?, into registry: inout Registry, by plugins: PluginLoading?
    ) throws -> [PluginConfiguration] {
        var only = RunConfiguration()
        if let value {
            only = try RunConfiguration(parameters: ["plugins": value], registry: registry)
        }
        if let plugins {
            try plugins(only.plugins, &registry)
        } else if !only.plugins.isEmpty {
            throw OutlierError(
                .invalidConfiguration, "the configuration names plug-ins, but this program does not load any",
                path: ["plugins"])
        }
        return only.plugins
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
        ["output", "report"], ["output", "checkpoint"], ["fine-tune", "from"],
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

    /// Makes the files of `plugins` absolute.
    private static func resolvePlugins(in value: inout Value, from folder: URL) {
        guard case .object(var sections) = value, let index = sections.firstIndex(where: { $0.key == "plugins" }),
            sections[index].value != .null
        else { return }
        let isList = sections[index].value.array != nil
        var plugins = sections[index].value.elements
        for (position, plugin) in plugins.enumerated() {
            switch plugin {
            case .string(let path): plugins[position] = .string(resolved(path, from: folder))
            case .object(var entries):
                for (number, entry) in entries.enumerated() where entry.key == "file" {
                    if let path = entry.value.string { entries[number].value = .string(resolved(path, from: folder)) }
                }
                plugins[position] = .object(entries)
            default: continue
            }
        }
        sections[index].value = isList ? .array(plugins) : plugins.first ?? .null
        value = .object(sections)
    }

    private static func resolved(_ path: String, from folder: URL) -> String {
        if path == "-" || path.hasPrefix("/") { return path }
        // Only these are a person's folder: “~x.csv” is a file's name.
        if path == "~" || path.hasPrefix("~/") { return NSString(string: path).expandingTildeInPath }
        return folder.appendingPathComponent(path).standardizedFileURL.path
    }
}
