import CKernels
import OutlierCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How the distance of two rows is measured.
package enum DistanceMetric: Hashable, Sendable {
    /// The root of the sum of squared differences.
    case euclidean
    /// The sum of absolute differences.
    case manhattan
    /// The largest absolute difference.
    case chebyshev
    /// The `power`-th root of the sum of absolute differences to that power, which is at least 1.
    case minkowski(power: Double)
    /// 1 less the cosine of the angle between the rows; a row of zeros is at the distance 1 from every other row and
    /// at 0 from another row of zeros.
    case cosine

    /// The same metric by its simplest name.
    var simplified: DistanceMetric {
        switch self {
        case .minkowski(power: 1): .manhattan
        case .minkowski(power: 2): .euclidean
        default: self
        }
    }

    /// What the kernels call it. Cosines are measured as distances of rows of length 1.
    var kernel: Int32 {
        switch self {
        case .euclidean, .cosine: Int32(OUTLIER_METRIC_EUCLIDEAN.rawValue)
        case .manhattan: Int32(OUTLIER_METRIC_MANHATTAN.rawValue)
        case .chebyshev: Int32(OUTLIER_METRIC_CHEBYSHEV.rawValue)
        case .minkowski: Int32(OUTLIER_METRIC_MINKOWSKI.rawValue)
        }
    }

    var power: Double {
        if case .minkowski(let power) = self { power } else { 2 }
    }

    /// The distance for what the kernels give: the sum of squares for those of Euclid and of cosines.
    func distance(raw: Double, scale: Double) -> Double {
        switch self {
        case .euclidean: raw.squareRoot() / scale
        case .manhattan, .chebyshev, .minkowski: raw / scale
        case .cosine: raw / 2
        }
    }
}
