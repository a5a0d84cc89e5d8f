/// What there is to know of a parameter: its name, its type and range, its default.
public struct ParameterDescription: Sendable, Hashable {
    /// What a parameter may hold.
    public indirect enum Kind: Sendable, Hashable {
        case boolean
        case integer(NumberRange)
        case number(NumberRange)
        case string
        /// Text, or a number, true or false, which are kept as text.
        case word
        case choice([String])
        /// Also takes one value, which stands for a list of it.
        case list(of: Kind, minimumCount: Int)
        /// Also takes `null`, which means what the text says.
        case optional(Kind, null: String)
        /// Also takes one word, `auto` for instance.
        case orWord(Kind, word: String)
        /// A component of the given kind, by name.
        case component(ComponentKind)
        /// A mapping with parameters of its own.
        case section([ParameterDescription])
        /// A mapping with parameters of its own, or text, which stands for the first of them.
        case sectionOrText([ParameterDescription])
        /// A mapping of names that the user chooses, each to a value of the given kind.
        case dictionary(of: Kind)
        /// Any JSON.
        case any
    }

    public var name: String
    public var summary: String
    public var kind: Kind
    public var defaultValue: Value
    /// Where a search looks for good values; `nil` where nobody has said.
    public var search: SearchRange?

    public init(name: String, summary: String, kind: Kind, defaultValue: Value) {
        self.name = name
        self.summary = summary
        self.kind = kind
        self.defaultValue = defaultValue
    }
}

/// The kinds of component that a registry holds.
public enum ComponentKind: String, Sendable, Hashable, CaseIterable {
    case detector
    case preprocessor
    case threshold
    case metric

    public var plural: String { rawValue + "s" }
}

/// The numbers that a parameter may have.
public struct NumberRange: Sendable, Hashable {
    public var lower: Double?
    public var upper: Double?
    public var excludesLower: Bool
    public var excludesUpper: Bool

    public init(lower: Double? = nil, upper: Double? = nil, excludesLower: Bool = false, excludesUpper: Bool = false) {
        self.lower = lower
        self.upper = upper
        self.excludesLower = excludesLower
        self.excludesUpper = excludesUpper
    }

    /// Every finite number.
    public static let all = NumberRange()
    /// Numbers above 0.
    public static let positive = NumberRange(lower: 0, excludesLower: true)

    /// `lower` and finite numbers above it.
    public static func atLeast(_ lower: Double) -> NumberRange { NumberRange(lower: lower) }
    /// Finite numbers above `lower`, which is none of them.
    public static func above(_ lower: Double) -> NumberRange { NumberRange(lower: lower, excludesLower: true) }
    /// Numbers from `lower` to `upper`, both included.
    public static func between(_ lower: Double, _ upper: Double) -> NumberRange {
        NumberRange(lower: lower, upper: upper)
    }
    /// Numbers above `lower` and at most `upper`.
    public static func above(_ lower: Double, upTo upper: Double) -> NumberRange {
        NumberRange(lower: lower, upper: upper, excludesLower: true)
    }
    /// Numbers above `lower` and below `upper`.
    public static func strictlyBetween(_ lower: Double, _ upper: Double) -> NumberRange {
        NumberRange(lower: lower, upper: upper, excludesLower: true, excludesUpper: true)
    }

    /// Whether a parameter of this range may have `value`; never where that is not finite.
    public func contains(_ value: Double) -> Bool {
        guard value.isFinite else { return false }
        if let lower, value < lower || (excludesLower && value == lower) { return false }
        if let upper, value > upper || (excludesUpper && value == upper) { return false }
        return true
    }

    /// The range in words: “at least 1”, “above 0 and at most 0.5”.
    public var words: String {
        func text(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? String(value) }
        var parts: [String] = []
        if let lower { parts.append((excludesLower ? "above " : "at least ") + text(lower)) }
        if let upper { parts.append((excludesUpper ? "below " : "at most ") + text(upper)) }
        return parts.isEmpty ? "finite" : parts.joined(separator: " and ")
    }
}

extension ParameterDescription.Kind {
    /// What may be given, in words.
    public var words: String {
        switch self {
        case .boolean: "true or false"
        case .integer(let range): range == .all ? "a whole number" : "a whole number, \(range.words)"
        case .number(let range): range == .all ? "a number" : "a number \(range.words)"
        case .string: "text"
        case .word: "text, a number, true or false"
        case .choice(let choices): "one of " + choices.joined(separator: ", ")
        case .list(let element, let minimum):
            minimum > 0 ? "a list of at least \(minimum): \(element.words)" : "a list: \(element.words)"
        case .optional(let kind, let null): "\(kind.words), or null (\(null))"
        case .orWord(let kind, let word): "\(kind.words), or “\(word)”"
        case .component(let kind): "a \(kind.rawValue)"
        case .section(let parameters): "a mapping with " + parameters.map(\.name).joined(separator: ", ")
        case .sectionOrText(let parameters):
            "text, or a mapping with " + parameters.map(\.name).joined(separator: ", ")
        case .dictionary(let element): "a mapping of names, each to \(element.words)"
        case .any: "any value"
        }
    }
}
