public import OutlierCore

/// One entry of `plugins`: a file that components are loaded from, and how it is run.
///
///     plugins: [libmine.so, {file: other.yaml, isolated: true}]
public struct PluginConfiguration: Component {
    public static let name = "plugin"
    public static let summary = "A shared library or a manifest that components are loaded from."
    public static var parameters: [Parameter<PluginConfiguration>] {
        [
            .string("file", \.file, "The shared library or manifest, relative to the configuration."),
            .boolean(
                "isolated", \.isolated,
                "Whether it runs in a process of its own, so that a crash in it is an error and not the end."),
            .number("time-limit", \.timeLimit, in: .positive, "How many seconds one call may take, if isolated."),
            .integer(
                "memory-limit", \.memoryLimit, in: .between(16, 1_073_741_824),
                "How many MiB it may allocate, if isolated."),
        ]
    }

    public var file = ""
    public var isolated = false
    public var timeLimit = 600.0
    /// In MiB.
    public var memoryLimit = 4096

    public init() {}

    public func validateTogether() throws {
        if file.isEmpty {
            throw OutlierError(
                .invalidConfiguration, "the plug-in names no file", suggestion: "Write {file: libmine.so}.",
                path: ["file"])
        }
    }
}

/// Loads the plug-ins that a configuration names, in their order.
public typealias PluginLoading = ([PluginConfiguration], inout Registry) throws -> Void
