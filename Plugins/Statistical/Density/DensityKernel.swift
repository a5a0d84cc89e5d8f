internal import OutlierCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The shape of the bump that each training row contributes to a density, by the distance u in bandwidths.
public enum DensityKernel: String, CaseIterable, Sendable {
    /// exp(−u²/2).
    case gaussian
    /// 1 for u < 1.
    case tophat
    /// 1 − u² for u < 1.
    case epanechnikov
    /// exp(−u).
    case exponential
    /// 1 − u for u < 1.
    case linear
    /// cos(πu/2) for u < 1.
    case cosine

    /// The logarithm of the integral of the bump over a space of `dimensions`, for the bandwidth 1.
    func logIntegral(dimensions: Int) -> Double {
        let d = Double(dimensions)
        switch self {
        case .gaussian: return d / 2 * log(2 * Double.pi)
        case .tophat: return logBallVolume(d)
        case .epanechnikov: return logBallVolume(d) + log(2 / (d + 2))
        case .exponential: return logSphereArea(d) + SpecialFunctions.logGamma(d)
        case .linear: return logBallVolume(d) - log(d + 1)
        case .cosine: return logSphereArea(d) + log(DensityKernel.cosineMoment(d))
        }
    }

    /// ∫₀¹ r^(d−1) cos(πr/2) dr, by the series of the cosine.
    private static func cosineMoment(_ d: Double) -> Double {
        let square = Double.pi * Double.pi / 4
        var coefficient = 1.0
        var sum = 0.0
        for index in 0..<30 {
            let k = Double(index)
            sum += coefficient / (d + 2 * k)
            coefficient *= -square / ((2 * k + 1) * (2 * k + 2))
        }
        return sum
    }
}

/// log of the volume of the unit ball in `d` dimensions.
private func logBallVolume(_ d: Double) -> Double { d / 2 * log(Double.pi) - SpecialFunctions.logGamma(d / 2 + 1) }

/// log of the area of the unit sphere in `d` dimensions.
private func logSphereArea(_ d: Double) -> Double { log(d) + logBallVolume(d) }
