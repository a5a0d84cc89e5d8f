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

    /// What a column is made of.
    public enum Origin: Hashable, Sendable, Codable {
        /// One column, by its place in the table that is preprocessed, as many rows before as `lag` says.
        case column(Int, lag: Int = 0)
    }

    public var name: String
    public var kind: Kind
    /// The column of the table that this one is made of alone; `nil` where that is not known, or where it is made of several.
    ///
    /// What preprocesses a table numbers its columns (``FittedPipeline/prepared(_:execution:)``), and whoever makes one column of
    /// one other passes the origin on, as ``derived(_:kind:)`` does. A column that is made by its name alone has none, so that
    /// no explanation blames a column of the table for what is a mixture of all.
    public var origin: Origin?

    public init(_ name: String, kind: Kind = .number, origin: Origin? = nil) {
        self.name = name
        self.kind = kind
        self.origin = origin
    }

    /// A column that is made of this one and no other.
    public func derived(_ name: String, kind: Kind = .number) -> Column { Column(name, kind: kind, origin: origin) }

    /// The words of a category; `nil` for every other kind.
    public var levels: [String]? {
        if case .category(let levels) = kind { levels } else { nil }
    }
}
