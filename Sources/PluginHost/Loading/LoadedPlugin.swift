public import OutlierCore

/// A plug-in that was opened: what it is called and what it offers.
public struct LoadedPlugin: Sendable {
    public let origin: PluginOrigin
    /// At least one.
    public let components: [any ForeignComponent]

    /// - Throws: ``OutlierError/Code/invalidPlugin`` where there is no component.
    public init(origin: PluginOrigin, components: [any ForeignComponent]) throws {
        guard !components.isEmpty else {
            throw OutlierError(.invalidPlugin, "the plug-in “\(origin.plugin)” offers nothing")
        }
        self.origin = origin
        self.components = components
    }
}
