/// What was decided of a row by its score. What somebody knows of a row is a ``Label``; what decisions are measured by is
/// the ``Truth``.
public enum Decision: UInt8, Sendable, Hashable, Codable, CaseIterable {
    /// The row has no score, so nothing was decided.
    case undecided
    case normal
    case anomaly

    public init(isAnomaly: Bool) { self = isAnomaly ? .anomaly : .normal }

    /// Whether the row was called an anomaly.
    public var isAnomaly: Bool { self == .anomaly }
}
