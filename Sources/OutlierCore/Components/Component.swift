/// Anything that a pipeline is made of and that has a name: a detector, a preprocessor, a metric or a threshold.
///
/// A component is a value that holds its parameters. Everything that is told about it (its JSON Schema, the errors for
/// bad values, `outlier describe`) is derived from ``parameters`` and from `init()`, whose values are the defaults.
public protocol Component: Sendable {
    /// The name in configurations, in kebab-case: `isolation-forest`.
    static var name: String { get }
    /// Other names under which the component is found.
    static var aliases: [String] { get }
    /// What it does, in one sentence.
    static var summary: String { get }
    /// The paper or book that it follows: authors, title, year.
    static var reference: String? { get }
    /// What can be set.
    static var parameters: [Parameter<Self>] { get }
    /// The component with its default parameters.
    init()
    /// The name and the parameters of this value, from which the registry can make it again.
    var recipe: Recipe { get }
    /// Fills in components that were not given and that only a registry can name: the base of an ensemble, for one.
    /// Called when the registry makes the component; does nothing unless implemented.
    mutating func fillIn(from registry: Registry) throws
    /// Checks what no single parameter's range can say, for instance that one is below another.
    ///
    /// - Throws: ``OutlierError/Code/invalidParameter``.
    func validateTogether() throws
    /// What the component does with labels, given its parameters. One that is made of others says what they do.
    var labelUse: LabelUse { get }
    /// What labels are needed for, where the name of the component does not say it: “for the probability “isotonic””.
    var labelPurpose: String? { get }
    /// The parts that cannot be fitted without labels: the component itself, or those of its parts that it is made of.
    var partsRequiringLabels: [any Component] { get }
}

extension Component {
    public static var aliases: [String] { [] }
    public static var reference: String? { nil }
    public static var parameters: [Parameter<Self>] { [] }
    public var recipe: Recipe {
        Recipe(
            name: Self.name,
            parameters: .object(Self.parameters.map { Value.Entry($0.description.name, $0.read(self)) }))
    }
    public mutating func fillIn(from registry: Registry) throws {}
    public func validateTogether() throws {}
    public var labelUse: LabelUse { .ignored }
    public var labelPurpose: String? { nil }
    public var partsRequiringLabels: [any Component] { labelUse == .required ? [self] : [] }

    /// Checks every parameter against its range.
    ///
    /// - Throws: ``OutlierError/Code/invalidParameter`` for the first that does not hold.
    public func validate() throws {
        for parameter in Self.parameters {
            do {
                try parameter.validate(self)
            } catch var error as OutlierError {
                error.component = error.component ?? recipe.name
                throw error
            }
        }
        try validateTogether()
    }
}

extension Component {
    /// The component with the given parameters, and defaults for those that are left out.
    ///
    /// - Parameters:
    ///   - parameters: an object, parameter → value.
    ///   - registry: makes the components that the values name.
    /// - Throws: ``OutlierError/Code/unknownParameter`` or ``OutlierError/Code/invalidParameter``, with the path to
    ///   the value.
    public init(parameters: Value, registry: Registry) throws {
        do {
            guard let entries = parameters.entries else {
                throw OutlierError(
                    .invalidConfiguration, "the parameters must be a mapping, but \(parameters.typeName) was given")
            }
            self.init()
            let known = Self.parameters
            for entry in entries {
                guard let parameter = known.first(where: { $0.description.name == entry.key }) else {
                    throw OutlierError.unknownParameter(
                        entry.key, of: Self.name, known: known.map(\.description.name))
                }
                try parameter.set(entry.value, on: &self, registry: registry)
            }
            try fillIn(from: registry)
            try validateTogether()
        } catch var error as OutlierError {
            error.component = error.component ?? Self.name
            throw error
        }
    }
}

/// A component by name: what a configuration says of it, and what a saved model remembers of it.
public struct Recipe: Hashable, Sendable {
    public var name: String
    /// An object: parameter → value. Parameters that are left out have their defaults.
    public var parameters: Value

    public init(name: String, parameters: Value = .object([])) {
        self.name = name
        self.parameters = parameters
    }

    /// The recipe as configurations write it: `name`, or `{name: {parameter: value}}`.
    public var value: Value {
        if case .object(let entries) = parameters, entries.isEmpty { return .string(name) }
        return .object([Value.Entry(name, parameters)])
    }

    /// - Throws: ``OutlierError/Code/invalidConfiguration`` where `value` is neither a name nor a mapping of one name
    ///   to its parameters.
    public init(_ value: Value) throws {
        switch value {
        case .string(let name): self.init(name: name)
        case .object(let entries) where entries.count == 1:
            switch entries[0].value {
            case .object: self.init(name: entries[0].key, parameters: entries[0].value)
            case .null: self.init(name: entries[0].key)
            default:
                throw OutlierError(
                    .invalidConfiguration,
                    "the parameters of “\(entries[0].key)” must be a mapping, but \(entries[0].value.typeName) was given",
                    suggestion: "Write {\(entries[0].key): {parameter: value}}.", path: [entries[0].key])
            }
        case .object(let entries) where entries.first?.value == .null:
            // “knn:” and its parameters below, but not further in.
            let name = entries[0].key
            throw OutlierError(
                .invalidConfiguration,
                "a component must be a name or {name: {parameter: value}}, but a mapping of \(entries.count) keys was given",
                suggestion: "Indent the parameters further than the name “\(name)”, or write "
                    + "{\(name): {\(entries[1].key): \(entries[1].value)}}.")
        default:
            throw OutlierError(
                .invalidConfiguration,
                "a component must be a name or {name: {parameter: value}}, but \(value.typeName) was given")
        }
    }
}
