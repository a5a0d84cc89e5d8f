/// A value of a configuration or of a model's metadata: what JSON can say.
public enum Value: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([Value])
    /// Entries in the order in which they were written.
    case object([Entry])

    /// One key of an object and its value.
    public struct Entry: Hashable, Sendable {
        public var key: String
        public var value: Value

        public init(_ key: String, _ value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// The value of `key`, where this is an object that has it.
    public subscript(key: String) -> Value? {
        if case .object(let entries) = self { entries.first { $0.key == key }?.value } else { nil }
    }

    /// What kind of value this is, as a person would say it.
    public var typeName: String {
        switch self {
        case .null: "nothing"
        case .boolean: "true or false"
        case .integer: "a whole number"
        case .number: "a number"
        case .string: "text"
        case .array: "a list"
        case .object: "a mapping"
        }
    }

    /// The number this stands for, where it is one. `inf` and `nan` are not numbers here.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The whole number this stands for, where it is one.
    public var int: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The elements of a list; of anything else, itself alone.
    public var elements: [Value] { array ?? [self] }

    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var bool: Bool? { if case .boolean(let value) = self { value } else { nil } }
    public var array: [Value]? { if case .array(let value) = self { value } else { nil } }
    public var entries: [Entry]? { if case .object(let value) = self { value } else { nil } }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(arrayLiteral elements: Value...) { self = .array(elements) }
    public init(nilLiteral: ()) { self = .null }
    public init(dictionaryLiteral elements: (String, Value)...) {
        self = .object(elements.map { Entry($0.0, $0.1) })
    }
}

extension Value: CustomStringConvertible {
    /// The value as JSON on one line.
    public var description: String { json() }
}
