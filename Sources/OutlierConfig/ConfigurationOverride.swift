public import OutlierCore
internal import OutlierYAML

/// One change to a configuration from the command line: `detector.trees=50`.
///
/// A path is made of keys and of positions in lists. The name of a component may be left out: `detector.trees` is the
/// parameter `trees` of whatever detector the configuration names.
public struct ConfigurationOverride: Sendable {
    public let path: [String]
    public let value: Value
    /// Deeper than any configuration is nested.
    private static let longestPath = LocatedValue.maximumDepth

    public init(path: [String], value: Value) {
        self.path = path
        self.value = value
    }

    /// Reads `PATH=VALUE`; the value is YAML.
    ///
    /// - Throws: ``OutlierError/Code/invalidConfiguration``.
    public init(_ text: String) throws {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw OutlierError(
                .invalidConfiguration, "“\(text)” is not of the form PATH=VALUE",
                suggestion: "Write for instance --set detector.trees=50.")
        }
        path = text[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let written = String(text[text.index(after: equals)...])
        // A lone hyphen begins a list in YAML, but nobody means an empty one here.
        value = try written == "-" ? .string("-") : LocatedValue(yaml: written, file: "--set \(text)").value
        guard path.count <= ConfigurationOverride.longestPath else {
            throw OutlierError(
                .invalidConfiguration,
                "the path that begins with “\(path.prefix(3).joined(separator: "."))” has \(path.count) parts; "
                    + "\(ConfigurationOverride.longestPath) are the most there can be")
        }
        if path.contains("") {
            throw OutlierError(.invalidConfiguration, "the path in “\(text)” has an empty part")
        }
    }

    /// Makes the change.
    public func apply(to root: inout Value) throws {
        root = try changed(root, path[...], inComponent: false)
    }

    /// The keys under which components stand, at the top and inside components.
    private static let componentKeys: Set<String> = ["detector", "threshold", "base"]
    private static let componentListKeys: Set<String> = ["preprocess", "metrics", "members", "detectors"]

    private func changed(_ value: Value, _ path: ArraySlice<String>, inComponent: Bool) throws -> Value {
        guard let key = path.first else { return self.value }
        let rest = path.dropFirst()
        if inComponent, let recipe = try? Recipe(value) {
            // `detector.isolation-forest.trees` and `detector.trees` mean the same.
            let inner = key == recipe.name && !rest.isEmpty ? rest : path
            let parameters = try changed(recipe.parameters, inner, inComponent: false)
            return .object([Value.Entry(recipe.name, parameters)])
        }
        if case .array(var elements) = value {
            guard let index = Int(key), elements.indices.contains(index) else {
                throw OutlierError(
                    .invalidConfiguration,
                    "“\(key)” in “\(self.path.joined(separator: "."))” must be a position from 0 to \(elements.count - 1)"
                )
            }
            elements[index] = try changed(elements[index], rest, inComponent: inComponent)
            return .array(elements)
        }
        var entries: [Value.Entry]
        switch value {
        case .object(let existing): entries = existing
        case .null: entries = []
        default:
            throw OutlierError(
                .invalidConfiguration,
                "“\(self.path.joined(separator: "."))” leads into \(value.typeName), which has no “\(key)”")
        }
        let isComponent = Self.componentKeys.contains(key)
        if let position = entries.firstIndex(where: { $0.key == key }) {
            // One component stands for a list of it.
            var elements = entries[position].value.elements
            if Self.componentListKeys.contains(key), entries[position].value != .null,
                let index = rest.first.flatMap({ Int($0) }), elements.indices.contains(index)
            {
                elements[index] = try changed(elements[index], rest.dropFirst(), inComponent: true)
                entries[position].value = .array(elements)
            } else {
                entries[position].value = try changed(entries[position].value, rest, inComponent: isComponent)
            }
        } else {
            entries.append(Value.Entry(key, try changed(.null, rest, inComponent: false)))
        }
        return .object(entries)
    }
}
