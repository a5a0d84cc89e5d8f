/// What is known of a row before any detector has seen it.
public enum Label: UInt8, Sendable, Hashable, Codable {
    case unlabeled
    case normal
    case anomaly

    /// `true` for an anomaly, `false` for a normal row, `nil` where nothing is known.
    public var truth: Bool? {
        switch self {
        case .unlabeled: nil
        case .normal: false
        case .anomaly: true
        }
    }
}
