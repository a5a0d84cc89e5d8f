/// One parameter of a component: how it is called, what it may hold, and how it is read and set.
///
/// Made by the functions below, one for each type: `.integer("trees", \.trees, in: .atLeast(1), "Number of trees.")`.
/// The default is what the component's `init()` gives.
public struct Parameter<Root>: Sendable {
    /// What is told of the parameter: its name, what it may hold, its default.
    public private(set) var description: ParameterDescription
    /// The value that a component has.
    public let read: @Sendable (Root) -> Value
    let write: @Sendable (inout Root, Value, Registry) throws -> Void
    let nested: @Sendable (Root) throws -> Void

    /// Sets the parameter.
    ///
    /// - Parameter registry: makes the components that the value names.
    /// - Throws: ``OutlierError/Code/invalidParameter`` where the value is of another type or out of range.
    public func set(_ value: Value, on root: inout Root, registry: Registry) throws {
        try description.kind.check(value, parameter: description.name)
        do {
            try write(&root, value, registry)
        } catch let error as OutlierError {
            throw error.prefixed(by: [description.name])
        }
    }

    /// - Throws: ``OutlierError/Code/invalidParameter`` where the value that `root` has is out of range.
    public func validate(_ root: Root) throws {
        if !description.kind.holdsComponents {
            try description.kind.check(read(root), parameter: description.name)
        }
        try nested(root)
    }

    /// The same parameter, of which it is known where good values are to be looked for. A search over a component that
    /// says so of any parameter changes only those of which it is said.
    public func searched(_ range: SearchRange) -> Parameter {
        var copy = self
        copy.description.search = range
        return copy
    }

    /// The same parameter, as one of a component of which `Root` is a part and which takes its parameters for its own.
    public func of<Whole>(_ path: any WritableKeyPath<Whole, Root> & Sendable) -> Parameter<Whole> {
        let parameter = self
        var lifted = Parameter<Whole>(
            description.name, description.summary, description.kind, defaultValue: description.defaultValue,
            read: { parameter.read($0[keyPath: path]) },
            nested: { try parameter.nested($0[keyPath: path]) },
            write: { whole, value, registry in try parameter.write(&whole[keyPath: path], value, registry) })
        lifted.description = description
        return lifted
    }

    init(
        _ name: String, _ summary: String, _ kind: ParameterDescription.Kind, defaultValue: Value,
        read: @escaping @Sendable (Root) -> Value,
        nested: @escaping @Sendable (Root) throws -> Void = { _ in },
        write: @escaping @Sendable (inout Root, Value, Registry) throws -> Void
    ) {
        description = ParameterDescription(name: name, summary: summary, kind: kind, defaultValue: defaultValue)
        self.read = read
        self.write = write
        self.nested = nested
    }
}

extension ParameterDescription.Kind {
    var holdsComponents: Bool {
        switch self {
        case .component, .section, .sectionOrText: true
        case .list(let element, _): element.holdsComponents
        case .optional(let kind, _), .orWord(let kind, _): kind.holdsComponents
        default: false
        }
    }

    /// - Throws: ``OutlierError/Code/invalidParameter`` where `value` is not of this kind or out of its range.
    func check(_ value: Value, parameter: String) throws {
        func failure(_ given: String) -> OutlierError {
            OutlierError(
                .invalidParameter, "the parameter “\(parameter)” must be \(words), but \(given) was given",
                path: [parameter])
        }
        switch (self, value) {
        case (.any, _), (.component, _), (.section, .object), (.sectionOrText, .object), (.sectionOrText, .string),
            (.boolean, .boolean), (.string, .string),
            (.optional, .null), (.word, .string), (.word, .integer), (.word, .number), (.word, .boolean):
            break
        case (.optional(let kind, _), _):
            do { try kind.check(value, parameter: parameter) } catch { throw failure(value.description) }
        case (.orWord(_, let word), .string(let text)) where text == word: break
        case (.orWord(let kind, _), _):
            do { try kind.check(value, parameter: parameter) } catch { throw failure(value.shown) }
        case (.integer(let range), _):
            guard let number = value.int, range.contains(Double(number)) else { throw failure(value.shown) }
        case (.number(let range), _):
            guard let number = value.double, range.contains(number) else { throw failure(value.shown) }
        case (.choice(let choices), .string(let choice)):
            guard choices.contains(choice) else {
                var error = failure("“\(choice)”")
                error.suggestion = Suggestion.didYouMean(choice, among: choices)
                throw error
            }
        case (.list(let element, let minimumCount), .array(let values)):
            guard values.count >= minimumCount else { throw failure("a list of \(values.count)") }
            for (index, value) in values.enumerated() {
                do {
                    try element.check(value, parameter: parameter)
                } catch var error as OutlierError {
                    error.path.append(String(index))
                    throw error
                }
            }
        case (.list(let element, let minimumCount), _) where value != .null:
            // One value stands for a list of it.
            guard minimumCount <= 1 else { throw failure(value.shown) }
            do { try element.check(value, parameter: parameter) } catch { throw failure(value.shown) }
        case (.dictionary(let element), .object(let entries)):
            for entry in entries {
                do {
                    try element.check(entry.value, parameter: entry.key)
                } catch let error as OutlierError {
                    throw error.prefixed(by: [parameter])
                }
            }
        case (.section(let parameters), .string(let text)):
            var error = failure(value.shown)
            if let first = parameters.first, (try? first.kind.check(value, parameter: first.name)) != nil {
                error.suggestion = "Write \(parameter): {\(first.name): \(text)}."
            }
            throw error
        default: throw failure(value.shown)
        }
    }
}

extension Value {
    /// The value in an error message. JSON cannot say `nan`, but an error must.
    fileprivate var shown: String {
        switch self {
        case .number(let value): "\(value)"
        case .string(let text): "the text “\(text)”"
        case .object, .array: typeName
        default: description
        }
    }
}

// MARK: - One function for each type

extension Parameter where Root: Component {
    /// A whole number.
    ///
    /// - Parameters:
    ///   - name: the key in configurations, in kebab-case; the same for the functions below.
    ///   - path: the property that holds the value. What it is in the component's `init()` is the default.
    ///   - range: what the number must lie in. A value that is out of it is refused when it is set, and before a fit.
    ///   - summary: what it does, in one sentence, for `outlier describe` and the JSON Schema.
    public static func integer(
        _ name: String, _ path: any WritableKeyPath<Root, Int> & Sendable, in range: NumberRange = .all,
        _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .integer(range), defaultValue: .integer(Root()[keyPath: path]),
            read: { .integer($0[keyPath: path]) },
            write: { root, value, _ in if let int = value.int { root[keyPath: path] = int } })
    }

    /// A whole number, or `null`.
    ///
    /// - Parameter null: what `null` means, for instance “all columns”.
    public static func integer(
        _ name: String, _ path: any WritableKeyPath<Root, Int?> & Sendable, in range: NumberRange = .all, null: String,
        _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .optional(.integer(range), null: null),
            defaultValue: Root()[keyPath: path].map(Value.integer) ?? .null,
            read: { $0[keyPath: path].map(Value.integer) ?? .null },
            write: { root, value, _ in root[keyPath: path] = value.int })
    }

    /// A whole number, or one word.
    ///
    /// - Parameter word: what is written for `nil`, for instance “auto”.
    public static func integer(
        _ name: String, _ path: any WritableKeyPath<Root, Int?> & Sendable, in range: NumberRange = .all, word: String,
        _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .orWord(.integer(range), word: word),
            defaultValue: Root()[keyPath: path].map(Value.integer) ?? .string(word),
            read: { $0[keyPath: path].map(Value.integer) ?? .string(word) },
            write: { root, value, _ in root[keyPath: path] = value.int })
    }

    /// A finite number. A whole number that is given is one too.
    public static func number(
        _ name: String, _ path: any WritableKeyPath<Root, Double> & Sendable, in range: NumberRange = .all,
        _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .number(range), defaultValue: .number(Root()[keyPath: path]),
            read: { .number($0[keyPath: path]) },
            write: { root, value, _ in if let double = value.double { root[keyPath: path] = double } })
    }

    /// A finite number, or `null`.
    ///
    /// - Parameter null: what `null` means, for instance “chosen from the data”.
    public static func number(
        _ name: String, _ path: any WritableKeyPath<Root, Double?> & Sendable, in range: NumberRange = .all,
        null: String,
        _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .optional(.number(range), null: null),
            defaultValue: Root()[keyPath: path].map(Value.number) ?? .null,
            read: { $0[keyPath: path].map(Value.number) ?? .null },
            write: { root, value, _ in root[keyPath: path] = value.double })
    }

    /// A finite number, or one word.
    ///
    /// - Parameter word: what is written for `nil`, for instance “auto”.
    public static func number(
        _ name: String, _ path: any WritableKeyPath<Root, Double?> & Sendable, in range: NumberRange = .all,
        word: String,
        _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .orWord(.number(range), word: word),
            defaultValue: Root()[keyPath: path].map(Value.number) ?? .string(word),
            read: { $0[keyPath: path].map(Value.number) ?? .string(word) },
            write: { root, value, _ in root[keyPath: path] = value.double })
    }

    /// `true` or `false`.
    public static func boolean(
        _ name: String, _ path: any WritableKeyPath<Root, Bool> & Sendable, _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .boolean, defaultValue: .boolean(Root()[keyPath: path]),
            read: { .boolean($0[keyPath: path]) },
            write: { root, value, _ in if let bool = value.bool { root[keyPath: path] = bool } })
    }

    /// Any text.
    public static func string(
        _ name: String, _ path: any WritableKeyPath<Root, String> & Sendable, _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .string, defaultValue: .string(Root()[keyPath: path]),
            read: { .string($0[keyPath: path]) },
            write: { root, value, _ in if let string = value.string { root[keyPath: path] = string } })
    }

    /// One of some words: an enumeration whose raw values are the words.
    public static func choice<Choice>(
        _ name: String, _ path: any WritableKeyPath<Root, Choice> & Sendable, _ summary: String
    ) -> Parameter where Choice: RawRepresentable<String> & CaseIterable & Sendable {
        Parameter(
            name, summary, .choice(Choice.allCases.map(\.rawValue)),
            defaultValue: .string(Root()[keyPath: path].rawValue),
            read: { .string($0[keyPath: path].rawValue) },
            write: { root, value, _ in
                if let choice = value.string.flatMap(Choice.init(rawValue:)) { root[keyPath: path] = choice }
            })
    }

    /// A list of whole numbers.
    ///
    /// - Parameters:
    ///   - range: what each of them must lie in.
    ///   - minimumCount: how many there must be at least.
    public static func integers(
        _ name: String, _ path: any WritableKeyPath<Root, [Int]> & Sendable, in range: NumberRange = .all,
        minimumCount: Int = 0, _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .list(of: .integer(range), minimumCount: minimumCount),
            defaultValue: .array(Root()[keyPath: path].map(Value.integer)),
            read: { .array($0[keyPath: path].map(Value.integer)) },
            write: { root, value, _ in root[keyPath: path] = value.elements.compactMap(\.int) })
    }

    /// A list of finite numbers.
    ///
    /// - Parameters:
    ///   - range: what each of them must lie in.
    ///   - minimumCount: how many there must be at least.
    public static func numbers(
        _ name: String, _ path: any WritableKeyPath<Root, [Double]> & Sendable, in range: NumberRange = .all,
        minimumCount: Int = 0, _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .list(of: .number(range), minimumCount: minimumCount),
            defaultValue: .array(Root()[keyPath: path].map(Value.number)),
            read: { .array($0[keyPath: path].map(Value.number)) },
            write: { root, value, _ in root[keyPath: path] = value.elements.compactMap(\.double) })
    }

    /// A list of texts, at least `minimumCount`.
    public static func strings(
        _ name: String, _ path: any WritableKeyPath<Root, [String]> & Sendable, minimumCount: Int = 0, _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .list(of: .string, minimumCount: minimumCount),
            defaultValue: .array(Root()[keyPath: path].map(Value.string)),
            read: { .array($0[keyPath: path].map(Value.string)) },
            write: { root, value, _ in root[keyPath: path] = value.elements.compactMap(\.string) })
    }

    /// Texts, among which there may be numbers, true and false.
    public static func words(
        _ name: String, _ path: any WritableKeyPath<Root, [String]> & Sendable, _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .list(of: .word, minimumCount: 0),
            defaultValue: .array(Root()[keyPath: path].map(Value.string)),
            read: { .array($0[keyPath: path].map(Value.string)) },
            write: { root, value, _ in
                root[keyPath: path] = value.elements.map { $0.string ?? $0.description }
            })
    }

    /// A detector, by name.
    public static func detector(
        _ name: String, _ path: any WritableKeyPath<Root, (any Detector)?> & Sendable, _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .component(.detector), defaultValue: Root()[keyPath: path]?.recipe.value ?? .null,
            read: { $0[keyPath: path]?.recipe.value ?? .null },
            nested: { try $0[keyPath: path]?.validate() },
            write: { root, value, registry in root[keyPath: path] = try registry.detector(Recipe(value)) })
    }

    /// A detector, by name, or `null`.
    ///
    /// - Parameter null: what `null` means, for instance “lof”.
    public static func detector(
        _ name: String, _ path: any WritableKeyPath<Root, (any Detector)?> & Sendable, null: String, _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .optional(.component(.detector), null: null),
            defaultValue: Root()[keyPath: path]?.recipe.value ?? .null,
            read: { $0[keyPath: path]?.recipe.value ?? .null },
            nested: { try $0[keyPath: path]?.validate() },
            write: { root, value, registry in
                root[keyPath: path] = value == .null ? nil : try registry.detector(Recipe(value))
            })
    }

    /// Detectors, by name.
    public static func detectors(
        _ name: String, _ path: any WritableKeyPath<Root, [any Detector]> & Sendable, minimumCount: Int = 0,
        _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .list(of: .component(.detector), minimumCount: minimumCount),
            defaultValue: .array(Root()[keyPath: path].map(\.recipe.value)),
            read: { .array($0[keyPath: path].map(\.recipe.value)) },
            nested: { for detector in $0[keyPath: path] { try detector.validate() } },
            write: { root, value, registry in
                root[keyPath: path] = try each(value) { try registry.detector(Recipe($0)) }
            })
    }

    /// Preprocessors, by name, in the order in which they work.
    public static func preprocessors(
        _ name: String, _ path: any WritableKeyPath<Root, [any Preprocessor]> & Sendable, _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .list(of: .component(.preprocessor), minimumCount: 0),
            defaultValue: .array(Root()[keyPath: path].map(\.recipe.value)),
            read: { .array($0[keyPath: path].map(\.recipe.value)) },
            nested: { for preprocessor in $0[keyPath: path] { try preprocessor.validate() } },
            write: { root, value, registry in
                root[keyPath: path] = try each(value) { try registry.preprocessor(Recipe($0)) }
            })
    }

    /// A threshold, by name, or `null` for none.
    public static func threshold(
        _ name: String, _ path: any WritableKeyPath<Root, (any Threshold)?> & Sendable, _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .optional(.component(.threshold), null: "none"),
            defaultValue: Root()[keyPath: path]?.recipe.value ?? .null,
            read: { $0[keyPath: path]?.recipe.value ?? .null },
            nested: { try $0[keyPath: path]?.validate() },
            write: { root, value, registry in
                root[keyPath: path] = value == .null ? nil : try registry.threshold(Recipe(value))
            })
    }

    /// Metrics, by name.
    public static func metrics(
        _ name: String, _ path: any WritableKeyPath<Root, [any Metric]> & Sendable, _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .list(of: .component(.metric), minimumCount: 0),
            defaultValue: .array(Root()[keyPath: path].map(\.recipe.value)),
            read: { .array($0[keyPath: path].map(\.recipe.value)) },
            nested: { for metric in $0[keyPath: path] { try metric.validate() } },
            write: { root, value, registry in
                root[keyPath: path] = try each(value) { try registry.metric(Recipe($0)) }
            })
    }

    /// A mapping with parameters of its own.
    public static func section<Section: Component>(
        _ name: String, _ path: any WritableKeyPath<Root, Section> & Sendable, _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .section(Section.parameters.map(\.description)),
            defaultValue: Root()[keyPath: path].recipe.parameters,
            read: { $0[keyPath: path].recipe.parameters },
            nested: { try $0[keyPath: path].validate() },
            write: { root, value, registry in
                root[keyPath: path] = try Section(parameters: value, registry: registry)
            })
    }

    /// A list of mappings with parameters of their own; text stands for a mapping whose first parameter it is.
    public static func sections<Section: Component>(
        _ name: String, _ path: any WritableKeyPath<Root, [Section]> & Sendable, _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .list(of: .sectionOrText(Section.parameters.map(\.description)), minimumCount: 0),
            defaultValue: .array(Root()[keyPath: path].map(\.recipe.parameters)),
            read: { .array($0[keyPath: path].map(\.recipe.parameters)) },
            nested: { for section in $0[keyPath: path] { try section.validate() } },
            write: { root, value, registry in
                root[keyPath: path] = try each(value) { value in
                    guard let first = Section.parameters.first?.description.name, let text = value.string else {
                        return try Section(parameters: value, registry: registry)
                    }
                    return try Section(parameters: [first: .string(text)], registry: registry)
                }
            })
    }

    /// A mapping of names that the user chooses, each to one of some words.
    public static func choices<Choice>(
        _ name: String, _ path: any WritableKeyPath<Root, [String: Choice]> & Sendable, _ summary: String
    ) -> Parameter where Choice: RawRepresentable<String> & CaseIterable & Sendable {
        @Sendable func value(_ choices: [String: Choice]) -> Value {
            .object(choices.sorted { $0.key < $1.key }.map { Value.Entry($0.key, .string($0.value.rawValue)) })
        }
        return Parameter(
            name, summary, .dictionary(of: .choice(Choice.allCases.map(\.rawValue))),
            defaultValue: value(Root()[keyPath: path]),
            read: { value($0[keyPath: path]) },
            write: { root, value, _ in
                var choices: [String: Choice] = [:]
                for entry in value.entries ?? [] {
                    choices[entry.key] = entry.value.string.flatMap(Choice.init(rawValue:))
                }
                root[keyPath: path] = choices
            })
    }

    /// A mapping of names that the user chooses, each to a text.
    public static func texts(
        _ name: String, _ path: any WritableKeyPath<Root, [String: String]> & Sendable, _ summary: String
    ) -> Parameter {
        @Sendable func value(_ texts: [String: String]) -> Value {
            .object(texts.sorted { $0.key < $1.key }.map { Value.Entry($0.key, .string($0.value)) })
        }
        return Parameter(
            name, summary, .dictionary(of: .string), defaultValue: value(Root()[keyPath: path]),
            read: { value($0[keyPath: path]) },
            write: { root, value, _ in
                var texts: [String: String] = [:]
                for entry in value.entries ?? [] { texts[entry.key] = entry.value.string }
                root[keyPath: path] = texts
            })
    }

    /// Text, or `null`.
    ///
    /// - Parameter null: what `null` means.
    public static func string(
        _ name: String, _ path: any WritableKeyPath<Root, String?> & Sendable, null: String, _ summary: String
    ) -> Parameter {
        Parameter(
            name, summary, .optional(.string, null: null),
            defaultValue: Root()[keyPath: path].map(Value.string) ?? .null,
            read: { $0[keyPath: path].map(Value.string) ?? .null },
            write: { root, value, _ in root[keyPath: path] = value.string })
    }

    /// One of some words, or `null`.
    ///
    /// - Parameter null: what `null` means.
    public static func choice<Choice>(
        _ name: String, _ path: any WritableKeyPath<Root, Choice?> & Sendable, null: String, _ summary: String
    ) -> Parameter where Choice: RawRepresentable<String> & CaseIterable & Sendable {
        Parameter(
            name, summary, .optional(.choice(Choice.allCases.map(\.rawValue)), null: null),
            defaultValue: Root()[keyPath: path].map { .string($0.rawValue) } ?? .null,
            read: { $0[keyPath: path].map { .string($0.rawValue) } ?? .null },
            write: { root, value, _ in root[keyPath: path] = value.string.flatMap(Choice.init(rawValue:)) })
    }

    private static func each<Element>(_ value: Value, _ make: (Value) throws -> Element) throws -> [Element] {
        guard let values = value.array else { return [try make(value)] }
        return try values.enumerated().map { index, value in
            do {
                return try make(value)
            } catch let error as OutlierError {
                throw error.prefixed(by: [String(index)])
            }
        }
    }
}
