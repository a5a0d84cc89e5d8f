public import OutlierCore

/// JSON Schema (draft 2020-12), derived from what the components say of their parameters.
public enum JSONSchema {
    /// The schema of configuration files, with every component of `registry`.
    public static func configuration(registry: Registry) -> Value {
        var root = object(RunConfiguration.parameters.map(\.description))
        root = .object(
            [
                Value.Entry("$schema", "https://json-schema.org/draft/2020-12/schema"),
                Value.Entry("title", "Configuration of Outlier"),
            ] + (root.entries ?? []) + [
                Value.Entry("required", ["data", "detector"]),
                Value.Entry("$defs", definitions(registry)),
            ])
        return root
    }

    /// The schema of one component's parameters.
    public static func parameters(of description: ComponentDescription) -> Value { object(description.parameters) }

    private static func definitions(_ registry: Registry) -> Value {
        .object(
            ComponentKind.allCases.map { kind in
                let choices = registry.descriptions(of: kind)
                let names = choices.flatMap { [$0.name] + $0.aliases }
                let byName: Value = ["enum": .array(names.map(Value.string))]
                let withParameters = choices.flatMap { description in
                    ([description.name] + description.aliases).map { name in
                        Value.Entry(
                            name,
                            .object(
                                [Value.Entry("description", .string(description.summary))]
                                    + (object(description.parameters).entries ?? [])))
                    }
                }
                let mapping: Value = [
                    "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
                    "properties": .object(withParameters),
                ]
                return Value.Entry(kind.rawValue, ["oneOf": [byName, mapping]])
            })
    }

    private static func object(_ parameters: [ParameterDescription]) -> Value {
        [
            "type": "object", "additionalProperties": false,
            "properties": .object(
                parameters.map { parameter in
                    let entries =
                        [Value.Entry("description", .string(parameter.summary))]
                        + (schema(parameter.kind).entries ?? [])
                        + (parameter.defaultValue == .null ? [] : [Value.Entry("default", parameter.defaultValue)])
                    return Value.Entry(parameter.name, .object(entries))
                }),
        ]
    }

    private static func schema(_ kind: ParameterDescription.Kind) -> Value {
        switch kind {
        case .boolean: ["type": "boolean"]
        case .string: ["type": "string"]
        case .word: ["type": ["string", "number"]]
        case .integer(let range): number("integer", range)
        case .number(let range): number("number", range)
        case .choice(let choices): ["enum": .array(choices.map(Value.string))]
        case .list(let element, let minimum):
            ["type": "array", "items": schema(element), "minItems": .integer(minimum)]
        case .optional(let kind, _): ["oneOf": [["type": "null"], schema(kind)]]
        case .component(let kind): ["$ref": .string("#/$defs/\(kind.rawValue)")]
        case .section(let parameters): object(parameters)
        case .dictionary(let element): ["type": "object", "additionalProperties": schema(element)]
        case .any: .object([])
        }
    }

    private static func number(_ type: String, _ range: NumberRange) -> Value {
        func bound(_ value: Double) -> Value { Int(exactly: value).map(Value.integer) ?? .number(value) }
        var entries = [Value.Entry("type", .string(type))]
        if let lower = range.lower {
            entries.append(Value.Entry(range.excludesLower ? "exclusiveMinimum" : "minimum", bound(lower)))
        }
        if let upper = range.upper {
            entries.append(Value.Entry(range.excludesUpper ? "exclusiveMaximum" : "maximum", bound(upper)))
        }
        return .object(entries)
    }
}
