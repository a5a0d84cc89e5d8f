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
            "properties": .object(parameters.map { Value.Entry($0.name, $0.schema) }),
        ]
    }
}
