/// All there is to tell about a registered component.
public struct ComponentDescription: Sendable, Hashable {
    public var kind: ComponentKind
    public var name: String
    public var aliases: [String]
    public var summary: String
    public var reference: String?
    /// The plug-in that registered it.
    public var plugin: String
    public var parameters: [ParameterDescription]
    public var capabilities: [Capability]
    /// The file that it was loaded from, where it was loaded at run time.
    public var origin: PluginOrigin?

    public init(
        kind: ComponentKind, name: String, aliases: [String] = [], summary: String, reference: String? = nil,
        plugin: String, parameters: [ParameterDescription] = [], capabilities: [Capability] = [],
        origin: PluginOrigin? = nil
    ) {
        self.kind = kind
        self.name = name
        self.aliases = aliases
        self.summary = summary
        self.reference = reference
        self.plugin = plugin
        self.parameters = parameters
        self.capabilities = capabilities
        self.origin = origin
    }

    init<C: Component>(_ type: C.Type, kind: ComponentKind, plugin: String, capabilities: [Capability] = []) {
        self.init(
            kind: kind, name: C.name, aliases: C.aliases, summary: C.summary, reference: C.reference, plugin: plugin,
            parameters: C.parameters.map(\.description), capabilities: capabilities)
    }
}
