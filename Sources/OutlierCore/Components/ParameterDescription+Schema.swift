extension ParameterDescription {
    /// The parameter as JSON Schema (draft 2020-12) says it. Components are references to `#/$defs/detector` and the
    /// like.
    public var schema: Value {
        .object(
            [Value.Entry("description", .string(summary))] + (kind.schema.entries ?? [])
                + (defaultValue == .null ? [] : [Value.Entry("default", defaultValue)]))
    }

    /// The parameter that ``schema`` describes: how a plug-in says what can be set.
    ///
    /// Understood are `type` (`boolean`, `integer`, `number`, `string`, `array`; or a list of one of them and `null`),
    /// `enum` of words, `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `items`, `minItems`, `oneOf` of
    /// `null` (or `const` and one word) and another schema, `anyOf` of a list and its elements, which is what a list means
    /// anyway, `description`, and `default`, which may be left out only where `null` may be given.
    ///
    /// - Throws: ``OutlierError/Code/invalidPlugin`` where the schema says anything else, or where the default is not of
    ///   the kind that it describes.
    public init(name: String, schema: Value) throws {
        guard !name.isEmpty else { throw OutlierError(.invalidPlugin, "a parameter has no name") }
        do {
            guard let entries = schema.entries else {
                throw OutlierError(.invalidPlugin, "its schema must be a mapping, but \(schema.typeName) was given")
            }
            let known = [
                "type", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "items", "minItems",
                "oneOf", "anyOf", "description", "default",
            ]
            for entry in entries where !known.contains(entry.key) {
                throw OutlierError(
                    .invalidPlugin, "its schema has the unknown key “\(entry.key)”",
                    suggestion: Suggestion.didYouMean(entry.key, among: known)
                        ?? "Known keys: \(known.joined(separator: ", ")).")
            }
            let kind = try Kind(schema: schema)
            var takesNull = false
            if case .optional = kind { takesNull = true }
            let mayBeLeftOut = takesNull || kind == .any
            guard let value = schema["default"] ?? (mayBeLeftOut ? Value?.some(.null) : nil) else {
                throw OutlierError(.invalidPlugin, "it has no default")
            }
            self.init(name: name, summary: schema["description"]?.string ?? "", kind: kind, defaultValue: value)
            do {
                try kind.check(value, parameter: name)
            } catch let error as OutlierError {
                throw OutlierError(.invalidPlugin, "its default does not fit: \(error.message)")
            }
        } catch var error as OutlierError {
            error.message = "the parameter “\(name)”: \(error.message)"
            throw error
        }
    }
}

extension ParameterDescription.Kind {
    var schema: Value {
        switch self {
        case .boolean: ["type": "boolean"]
        case .string: ["type": "string"]
        case .word: ["type": ["string", "number", "boolean"]]
        case .integer(let range): range.schema("integer")
        case .number(let range): range.schema("number")
        case .choice(let choices): ["enum": .array(choices.map(Value.string))]
        case .list(let element, let minimum):
            Self.list(["type": "array", "items": element.schema, "minItems": .integer(minimum)], of: element, minimum)
        case .optional(let kind, _): ["oneOf": [["type": "null"], kind.schema]]
        case .orWord(let kind, let word): ["oneOf": [["const": .string(word)], kind.schema]]
        case .component(let kind): ["$ref": .string("#/$defs/\(kind.rawValue)")]
        case .section(let parameters):
            [
                "type": "object", "additionalProperties": false,
                "properties": .object(parameters.map { Value.Entry($0.name, $0.schema) }),
            ]
        case .sectionOrText(let parameters): ["oneOf": [["type": "string"], Self.section(parameters).schema]]
        case .dictionary(let element): ["type": "object", "additionalProperties": element.schema]
        case .any: .object([])
        }
    }

    /// One value stands for a list of it, where one is enough.
    private static func list(_ list: Value, of element: Self, _ minimum: Int) -> Value {
        minimum <= 1 ? ["anyOf": [list, element.schema]] : list
    }

    init(schema: Value) throws {
        if let alternatives = schema["anyOf"]?.array {
            guard alternatives.count == 2, case .list(let element, let minimum) = try Self(schema: alternatives[0]),
                try Self(schema: alternatives[1]) == element
            else {
                throw OutlierError(
                    .invalidPlugin, "“anyOf” must have two schemas, a list and one of its elements")
            }
            self = .list(of: element, minimumCount: minimum)
            return
        }
        if let alternatives = schema["oneOf"]?.array {
            if alternatives.count == 2, let word = alternatives[0]["const"]?.string {
                self = .orWord(try Self(schema: alternatives[1]), word: word)
                return
            }
            let others = alternatives.filter { $0["type"] != "null" }
            guard alternatives.count == 2, others.count == 1 else {
                throw OutlierError(
                    .invalidPlugin,
                    "“oneOf” must have two schemas, of which one is {type: null}, or the first {const: WORD}")
            }
            self = .optional(try Self(schema: others[0]), null: "none")
            return
        }
        if let words = schema["enum"] {
            guard let choices = words.array?.compactMap(\.string), !choices.isEmpty,
                choices.count == words.array?.count, Set(choices).count == choices.count
            else { throw OutlierError(.invalidPlugin, "“enum” must be a list of different words") }
            self = .choice(choices)
            return
        }
        switch schema["type"] {
        case nil: self = .any
        case ["string", "number"]?, ["string", "number", "boolean"]?: self = .word
        case .array(let types)?:
            guard types.count == 2, types.contains("null"), let other = types.first(where: { $0 != "null" }) else {
                throw OutlierError(.invalidPlugin, "“type” must be a word, or a list of one word and “null”")
            }
            let rest = (schema.entries ?? []).filter { $0.key != "type" }
            self = .optional(try Self(schema: .object(rest + [Value.Entry("type", other)])), null: "none")
        case "boolean"?: self = .boolean
        case "string"?: self = .string
        case "integer"?: self = .integer(try NumberRange(schema: schema))
        case "number"?: self = .number(try NumberRange(schema: schema))
        case "array"?:
            let minimum = schema["minItems"] ?? 0
            guard let count = minimum.int, count >= 0 else {
                throw OutlierError(.invalidPlugin, "“minItems” must be a whole number of at least 0")
            }
            self = .list(of: try schema["items"].map { try Self(schema: $0) } ?? .any, minimumCount: count)
        case let type?:
            let known = ["boolean", "integer", "number", "string", "array"]
            throw OutlierError(
                .invalidPlugin, "the type \(type) is unknown",
                suggestion: type.string.flatMap { Suggestion.didYouMean($0, among: known) }
                    ?? "Known types: \(known.joined(separator: ", ")).")
        }
    }
}

extension NumberRange {
    func schema(_ type: String) -> Value {
        func bound(_ value: Double) -> Value { Int(exactly: value).map(Value.integer) ?? .number(value) }
        var entries = [Value.Entry("type", .string(type))]
        if let lower {
            entries.append(Value.Entry(excludesLower ? "exclusiveMinimum" : "minimum", bound(lower)))
        }
        if let upper {
            entries.append(Value.Entry(excludesUpper ? "exclusiveMaximum" : "maximum", bound(upper)))
        }
        return .object(entries)
    }

    init(schema: Value) throws {
        func bound(_ key: String) throws -> Double? {
            guard let value = schema[key] else { return nil }
            guard let number = value.double, number.isFinite else {
                throw OutlierError(.invalidPlugin, "“\(key)” must be a number, but \(value.typeName) was given")
            }
            return number
        }
        let minimum = try bound("minimum")
        let above = try bound("exclusiveMinimum")
        let maximum = try bound("maximum")
        let below = try bound("exclusiveMaximum")
        guard minimum == nil || above == nil, maximum == nil || below == nil else {
            throw OutlierError(.invalidPlugin, "a bound is given twice, once exclusive and once not")
        }
        self.init(
            lower: above ?? minimum, upper: below ?? maximum, excludesLower: above != nil, excludesUpper: below != nil)
        if let lower, let upper, lower > upper {
            throw OutlierError(.invalidPlugin, "no number lies between the bounds \(lower) and \(upper)")
        }
    }
}
