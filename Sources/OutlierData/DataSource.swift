/// Where a table comes from.
public struct DataSource: Hashable, Sendable {
    /// A file's path, or `-` for standard input.
    public var path: String

    public init(_ path: String) { self.path = path }

    public static let standardInput = DataSource("-")

    public var isStandardInput: Bool { path == "-" }

    /// The source as a person would call it.
    public var description: String { isStandardInput ? "standard input" : path }
}

extension DataSource: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral value: String) { self.init(value) }
}
