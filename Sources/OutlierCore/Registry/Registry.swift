/// The components that can be had by name. A value: a copy that gets more components leaves the original as it was.
public struct Registry: Sendable {
    /// How a component of one kind is made from a recipe, and its model from an archive.
    struct Entry<Made, Loaded>: Sendable {
        let description: ComponentDescription
        let make: @Sendable (Value, Registry) throws -> Made
        let load: @Sendable (ModelArchive, Registry) throws -> Loaded
    }

    /// The entries of one kind and the names under which they are found.
    struct Shelf<Made, Loaded>: Sendable {
        var entries: [String: Entry<Made, Loaded>] = [:]
        var nameOfAlias: [String: String] = [:]
    }

    private var detectors = Shelf<any Detector, any FittedDetector>()
    private var preprocessors = Shelf<any Preprocessor, any FittedPreprocessor>()
    private var thresholds = Shelf<any Threshold, any FittedThreshold>()
    private var metrics = Shelf<any Metric, Void>()

    /// A registry with nothing in it.
    public init() {}

    // MARK: Registering

    /// - Throws: ``OutlierError/Code/duplicateName`` where the name or an alias is taken.
    public mutating func register<D: Detector>(_ type: D.Type, plugin: String) throws {
        try register(
            ComponentDescription(type, kind: .detector, plugin: plugin, capabilities: Capability.of(type)),
            detector: { try D(parameters: $0, registry: $1) },
            load: { try D.Fitted(from: $0, registry: $1) })
    }

    /// - Throws: ``OutlierError/Code/duplicateName`` where the name or an alias is taken.
    public mutating func register<P: Preprocessor>(_ type: P.Type, plugin: String) throws {
        let description = ComponentDescription(
            type, kind: .preprocessor, plugin: plugin, capabilities: Capability.of(type))
        try Registry.add(
            Entry(
                description: description, make: { try P(parameters: $0, registry: $1) },
                load: { try P.Fitted(from: $0, registry: $1) }), to: &preprocessors)
    }

    /// - Throws: ``OutlierError/Code/duplicateName`` where the name or an alias is taken.
    public mutating func register<T: Threshold>(_ type: T.Type, plugin: String) throws {
        try Registry.add(
            Entry(
                description: ComponentDescription(
                    type, kind: .threshold, plugin: plugin, capabilities: Capability.of(type)),
                make: { try T(parameters: $0, registry: $1) }, load: { try T.Fitted(from: $0, registry: $1) }),
            to: &thresholds)
    }

    /// - Throws: ``OutlierError/Code/duplicateName`` where the name or an alias is taken.
    public mutating func register<M: Metric>(_ type: M.Type, plugin: String) throws {
        try Registry.add(
            Entry(
                description: ComponentDescription(type, kind: .metric, plugin: plugin),
                make: { try M(parameters: $0, registry: $1) }, load: { _, _ in () }),
            to: &metrics)
    }

    /// Registers a detector whose name and parameters are known at run time only.
    public mutating func register(
        _ description: ComponentDescription,
        detector make: @escaping @Sendable (Value, Registry) throws -> any Detector,
        load: @escaping @Sendable (ModelArchive, Registry) throws -> any FittedDetector
    ) throws {
        try Registry.add(Entry(description: description, make: make, load: load), to: &detectors)
    }

    /// Registers a preprocessor whose name and parameters are known at run time only.
    public mutating func register(
        _ description: ComponentDescription,
        preprocessor make: @escaping @Sendable (Value, Registry) throws -> any Preprocessor,
        load: @escaping @Sendable (ModelArchive, Registry) throws -> any FittedPreprocessor
    ) throws {
        try Registry.add(Entry(description: description, make: make, load: load), to: &preprocessors)
    }

    /// Registers a metric whose name and parameters are known at run time only.
    public mutating func register(
        _ description: ComponentDescription,
        metric make: @escaping @Sendable (Value, Registry) throws -> any Metric
    ) throws {
        try Registry.add(Entry(description: description, make: make, load: { _, _ in () }), to: &metrics)
    }

    /// Registers every component of a family.
    public mutating func register(_ plugin: any Plugin.Type) throws {
        var copy = self
        try plugin.register(in: &copy)
        self = copy
    }

    // MARK: Looking up

    /// The detector that `recipe` describes.
    ///
    /// - Throws: ``OutlierError/Code/unknownName``, ``OutlierError/Code/unknownParameter`` or
    ///   ``OutlierError/Code/invalidParameter``, with the nearest name where one is near.
    public func detector(_ recipe: Recipe) throws -> any Detector {
        try Registry.made(recipe, in: detectors, kind: .detector, registry: self)
    }

    /// The detector called `name`, with the given parameters and defaults for the others.
    public func detector(_ name: String, parameters: Value = .object([])) throws -> any Detector {
        try detector(Recipe(name: name, parameters: parameters))
    }

    /// The preprocessor that `recipe` describes.
    ///
    /// - Throws: ``OutlierError/Code/unknownName``, ``OutlierError/Code/unknownParameter`` or
    ///   ``OutlierError/Code/invalidParameter``, with the nearest name where one is near.
    public func preprocessor(_ recipe: Recipe) throws -> any Preprocessor {
        try Registry.made(recipe, in: preprocessors, kind: .preprocessor, registry: self)
    }

    /// The preprocessor called `name`, with the given parameters and defaults for the others.
    public func preprocessor(_ name: String, parameters: Value = .object([])) throws -> any Preprocessor {
        try preprocessor(Recipe(name: name, parameters: parameters))
    }

    /// The threshold that `recipe` describes.
    ///
    /// - Throws: ``OutlierError/Code/unknownName``, ``OutlierError/Code/unknownParameter`` or
    ///   ``OutlierError/Code/invalidParameter``, with the nearest name where one is near.
    public func threshold(_ recipe: Recipe) throws -> any Threshold {
        try Registry.made(recipe, in: thresholds, kind: .threshold, registry: self)
    }

    /// The threshold called `name`, with the given parameters and defaults for the others.
    public func threshold(_ name: String, parameters: Value = .object([])) throws -> any Threshold {
        try threshold(Recipe(name: name, parameters: parameters))
    }

    /// The metric that `recipe` describes.
    ///
    /// - Throws: ``OutlierError/Code/unknownName``, ``OutlierError/Code/unknownParameter`` or
    ///   ``OutlierError/Code/invalidParameter``, with the nearest name where one is near.
    public func metric(_ recipe: Recipe) throws -> any Metric {
        try Registry.made(recipe, in: metrics, kind: .metric, registry: self)
    }

    /// The metric called `name`, with the given parameters and defaults for the others.
    public func metric(_ name: String, parameters: Value = .object([])) throws -> any Metric {
        try metric(Recipe(name: name, parameters: parameters))
    }

    // MARK: Loading

    /// The model that a detector called `name` wrote to `archive`, for detectors that are made of others.
    public func loadDetector(_ name: String, from archive: ModelArchive) throws -> any FittedDetector {
        do {
            return try Registry.entry(name, in: detectors, kind: .detector).load(archive, self)
        } catch let error as OutlierError {
            let isMissing = detectors.entries[name] == nil && detectors.nameOfAlias[name] == nil
            throw isMissing ? error.naming(PluginOrigin(from: archive), component: name, kind: .detector) : error
        }
    }

    /// The fitted preprocessor called `name` that `archive` holds.
    public func loadPreprocessor(_ name: String, from archive: ModelArchive) throws -> any FittedPreprocessor {
        do {
            return try Registry.entry(name, in: preprocessors, kind: .preprocessor).load(archive, self)
        } catch let error as OutlierError {
            let isMissing = preprocessors.entries[name] == nil && preprocessors.nameOfAlias[name] == nil
            throw isMissing ? error.naming(PluginOrigin(from: archive), component: name, kind: .preprocessor) : error
        }
    }

    /// The fitted threshold called `name` that `archive` holds.
    public func loadThreshold(_ name: String, from archive: ModelArchive) throws -> any FittedThreshold {
        try Registry.entry(name, in: thresholds, kind: .threshold).load(archive, self)
    }

    // MARK: Listing

    /// The names of one kind, sorted, without aliases.
    public func names(of kind: ComponentKind) -> [String] {
        switch kind {
        case .detector: detectors.entries.keys.sorted()
        case .preprocessor: preprocessors.entries.keys.sorted()
        case .threshold: thresholds.entries.keys.sorted()
        case .metric: metrics.entries.keys.sorted()
        }
    }

    /// What there is to know of the component called `name`, which may be an alias.
    ///
    /// - Throws: ``OutlierError/Code/unknownName``.
    public func describe(_ kind: ComponentKind, _ name: String) throws -> ComponentDescription {
        switch kind {
        case .detector: try Registry.entry(name, in: detectors, kind: kind).description
        case .preprocessor: try Registry.entry(name, in: preprocessors, kind: kind).description
        case .threshold: try Registry.entry(name, in: thresholds, kind: kind).description
        case .metric: try Registry.entry(name, in: metrics, kind: kind).description
        }
    }

    /// What there is to know of every component of one kind, sorted by name.
    public func descriptions(of kind: ComponentKind) -> [ComponentDescription] {
        let all =
            switch kind {
            case .detector: detectors.entries.values.map(\.description)
            case .preprocessor: preprocessors.entries.values.map(\.description)
            case .threshold: thresholds.entries.values.map(\.description)
            case .metric: metrics.entries.values.map(\.description)
            }
        return all.sorted { $0.name < $1.name }
    }

    // MARK: How it is done

    private static func add<Made, Loaded>(_ entry: Entry<Made, Loaded>, to shelf: inout Shelf<Made, Loaded>) throws {
        let description = entry.description
        for name in [description.name] + description.aliases {
            let owner = shelf.entries[name] ?? shelf.nameOfAlias[name].flatMap { shelf.entries[$0] }
            if let owner {
                throw OutlierError(
                    .duplicateName,
                    "the \(description.kind.rawValue) name “\(name)” is claimed by the plug-in “\(description.plugin)”, but “\(owner.description.plugin)” has registered it",
                    suggestion: "Give one of the two another name.")
            }
        }
        shelf.entries[description.name] = entry
        for alias in description.aliases { shelf.nameOfAlias[alias] = description.name }
    }

    private static func entry<Made, Loaded>(
        _ name: String, in shelf: Shelf<Made, Loaded>, kind: ComponentKind
    ) throws -> Entry<Made, Loaded> {
        if let entry = shelf.entries[name] { return entry }
        if let target = shelf.nameOfAlias[name], let entry = shelf.entries[target] { return entry }
        let known = shelf.entries.keys.sorted() + shelf.nameOfAlias.keys.sorted()
        throw OutlierError(
            .unknownName, "there is no \(kind.rawValue) called “\(name)”",
            suggestion: Suggestion.didYouMean(name, among: known)
                ?? "Known \(kind.plural): \(shelf.entries.keys.sorted().joined(separator: ", ")).")
    }

    private static func made<Made, Loaded>(
        _ recipe: Recipe, in shelf: Shelf<Made, Loaded>, kind: ComponentKind, registry: Registry
    ) throws -> Made {
        do {
            return try entry(recipe.name, in: shelf, kind: kind).make(recipe.parameters, registry)
        } catch let error as OutlierError {
            throw error.prefixed(by: [recipe.name])
        }
    }
}
