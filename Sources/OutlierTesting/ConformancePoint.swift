/// One promise, and what was found of it.
public struct ConformancePoint: Sendable, Hashable {
    /// The promise, in words.
    public var name: String
    /// A sentence for each way in which it is broken.
    public var failures: [String]

    public init(name: String, failures: [String]) {
        self.name = name
        self.failures = failures
    }

    public var isKept: Bool { failures.isEmpty }
}
