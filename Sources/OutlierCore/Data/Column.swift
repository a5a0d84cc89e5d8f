/// What a column of a ``Dataset`` holds, and its name.
public struct Column: Hashable, Sendable, Codable {
    /// The kinds of column. Every kind is stored as numbers in the matrix.
    public enum Kind: Hashable, Sendable, Codable {
        /// Any number.
        case number
        /// 0 for false, 1 for true.
        case boolean
        /// Seconds since 1970-01-01T00:00:00Z.
        case date
        /// The index of a word in `levels`. A word that was not there when the levels were learnt has the index
        /// `levels.count`.
        case category(levels: [String])

        /// The kind as a person would say it.
        public var name: String {
            switch self {
            case .number: "number"
            case .boolean: "boolean"
            case .date: "date"
            case .category: "category"
            }
        }
    }

    public var name: String
    public var kind: Kind

    public init(_ name: String, kind: Kind = .number) {
        self.name = name
        self.kind = kind
    }

    /// The words of a category; `nil` for every other kind.
    public var levels: [String]? {
        if case .category(let levels) = kind { levels } else { nil }
    }
}
