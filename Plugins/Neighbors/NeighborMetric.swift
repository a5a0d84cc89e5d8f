internal import Distances

/// How the distance of two rows is measured.
public enum NeighborMetric: String, CaseIterable, Sendable {
    /// The root of the sum of squared differences.
    case euclidean
    /// The sum of absolute differences.
    case manhattan
    /// The largest absolute difference.
    case chebyshev
    /// The root of the sum of absolute differences to a power, which the detector's parameter `power` gives.
    case minkowski
    /// 1 less the cosine of the angle between the rows.
    case cosine

    func distance(power: Double) -> DistanceMetric {
        switch self {
        case .euclidean: .euclidean
        case .manhattan: .manhattan
        case .chebyshev: .chebyshev
        case .minkowski: .minkowski(power: power)
        case .cosine: .cosine
        }
    }
}
