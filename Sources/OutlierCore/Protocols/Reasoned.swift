/// A fitted model that was chosen, or put together of several, and says why it is as it is.
public protocol Reasoned: FittedDetector {
    /// What was looked at, what came of it, and why: for programs.
    var reasons: Value { get }
    /// The same for people: some lines, the last without an end of line.
    var reasonsText: String { get }
}

extension Reasoned {
    public var reasoned: (any Reasoned)? { self }
}
