/// What is known of a row before any detector has seen it.
public enum Label: UInt8, Sendable, Hashable, Codable {
    case unlabeled
    case normal
    case anomaly
}
