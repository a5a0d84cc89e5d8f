extension ComponentDescription {
    /// The description as a plug-in gives it, in JSON or YAML:
    ///
    ///     {"kind": "detector", "name": "my-detector", "summary": "What a score is.",
    ///      "parameters": {"power": {"type": "number", "exclusiveMinimum": 0, "default": 2, "description": "…"}},
    ///      "capabilities": ["explainable"]}
    ///
    /// `kind` and `name` are needed; `aliases`, `reference`, `parameters` (see ``ParameterDescription/init(name:schema:)``)
    /// and `capabilities` are not. Keys that stand in `others` are somebody else's and not looked at.
    ///
    /// - Throws: ``OutlierError/Code/invalidPlugin``.
    public init(_ value: Value, origin: PluginOrigin, others: [String] = []) throws {
        guard let entries = value.entries else {
            throw OutlierError(.invalidPlugin, "a description must be a mapping, but it is \(value.typeName)")
        }
        let known = ["kind", "name", "aliases", "summary", "reference", "parameters", "capabilities"] + others
        for entry in entries where !known.contains(entry.key) {
            throw OutlierError(
                .invalidPlugin, "the description has the unknown key “\(entry.key)”",
                suggestion: Suggestion.didYouMean(entry.key, among: known)
                    ?? "Known keys: \(known.joined(separator: ", ")).")
        }
        let name = try ComponentDescription.checkedName(value["name"], what: "name")
        do {
            guard let kind = value["kind"]?.string.flatMap(ComponentKind.init(rawValue:)), kind != .threshold else {
                throw OutlierError(
                    .invalidPlugin,
                    "“kind” must be detector, preprocessor or metric, but it is \(value["kind"] ?? .null)")
            }
            func texts(_ key: String) throws -> [String] {
                guard let given = value[key] else { return [] }
                guard let array = given.array, array.allSatisfy({ $0.string != nil }) else {
                    throw OutlierError(.invalidPlugin, "“\(key)” must be a list of words")
                }
                return array.compactMap(\.string)
            }
            func text(_ key: String) throws -> String? {
                guard let given = value[key], given != .null else { return nil }
                guard let text = given.string else {
                    throw OutlierError(.invalidPlugin, "“\(key)” must be text, but it is \(given.typeName)")
                }
                return text
            }
            guard let parameters = (value["parameters"] ?? .object([])).entries else {
                throw OutlierError(.invalidPlugin, "“parameters” must be a mapping, parameter → schema")
            }
            self.init(
                kind: kind, name: name,
                aliases: try texts("aliases").map { try ComponentDescription.checkedName(.string($0), what: "alias") },
                summary: try text("summary") ?? "", reference: try text("reference"), plugin: origin.plugin,
                parameters: try parameters.map { try ParameterDescription(name: $0.key, schema: $0.value) },
                capabilities: try texts("capabilities").map { word in
                    guard let capability = Capability(rawValue: word) else {
                        let known = Capability.allCases.map(\.rawValue)
                        throw OutlierError(
                            .invalidPlugin, "there is no capability “\(word)”",
                            suggestion: Suggestion.didYouMean(word, among: known)
                                ?? "Known capabilities: \(known.joined(separator: ", ")).")
                    }
                    return capability
                }, origin: origin)
        } catch var error as OutlierError {
            error.component = error.component ?? name
            throw error
        }
    }

    /// The description as ``init(_:origin:others:)`` reads it.
    public var value: Value {
        var entries: [Value.Entry] = [
            Value.Entry("kind", .string(kind.rawValue)), Value.Entry("name", .string(name)),
            Value.Entry("summary", .string(summary)),
        ]
        if let reference { entries.append(Value.Entry("reference", .string(reference))) }
        if !aliases.isEmpty { entries.append(Value.Entry("aliases", .array(aliases.map(Value.string)))) }
        if !parameters.isEmpty {
            entries.append(
                Value.Entry("parameters", .object(parameters.map { Value.Entry($0.name, $0.schema) })))
        }
        if !capabilities.isEmpty {
            entries.append(Value.Entry("capabilities", .array(capabilities.map { .string($0.rawValue) })))
        }
        return .object(entries)
    }

    /// Names are kebab-case, as those of the components of this package are.
    private static func checkedName(_ value: Value?, what: String) throws -> String {
        let name = value?.string ?? ""
        let allowed = name.unicodeScalars.allSatisfy { scalar in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "-"
        }
        guard let first = name.unicodeScalars.first, allowed, first != "-", name.utf8.count <= 100 else {
            throw OutlierError(
                .invalidPlugin,
                "the \(what) \(value.map(\.description) ?? "is missing and") must be lower-case letters, digits and hyphens, for instance “my-detector”"
            )
        }
        return name
    }
}
