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

    public init(
        kind: ComponentKind, name: String, aliases: [String] = [], summary: String, reference: String? = nil,
        plugin: String, parameters: [ParameterDescription] = [], capabilities: [Capability] = []
    ) {
        self.kind = kind
        self.name = name
        self.aliases = aliases
        self.summary = summary
        self.reference = reference
        self.plugin = plugin
        self.parameters = parameters
        self.capabilities = capabilities
    }

    init<C: Component>(_ type: C.Type, kind: ComponentKind, plugin: String, capabilities: [Capability] = []) {
        self.init(
            kind: kind, name: C.name, aliases: C.aliases, summary: C.summary, reference: C.reference, plugin: plugin,
            parameters: C.parameters.map(\.description), capabilities: capabilities)
    }
}
