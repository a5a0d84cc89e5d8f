internal import OutlierCore

/// The chi-squared distribution.
struct ChiSquared {
    /// At least 1.
    let degrees: Double

    init(degrees: Int) { self.degrees = Double(max(1, degrees)) }

    /// P(X ≤ x).
    func cumulative(_ x: Double) -> Double {
        if x <= 0 { return 0 }
        return x == .infinity ? 1 : SpecialFunctions.lowerGamma(degrees / 2, x / 2)
    }

    /// The x with P(X ≤ x) = `probability`, by bisection.
    func quantile(_ probability: Double) -> Double {
        if probability <= 0 { return 0 }
        if probability >= 1 { return .infinity }
        var low = 0.0
        var high = degrees + 10
        while cumulative(high) < probability { high *= 2 }
        for _ in 0..<200 {
            let middle = low + (high - low) / 2
            if middle <= low || middle >= high { break }
            if cumulative(middle) < probability { low = middle } else { high = middle }
        }
        return low + (high - low) / 2
    }
}

extension ChiSquared {
    /// What the covariance of the share `kept` of normal rows that lie nearest their center must be multiplied by to
    /// estimate the covariance of all (Croux & Haesbroeck, 1999).
    static func consistencyFactor(dimensions: Int, kept: Double) -> Double {
        if kept >= 1 { return 1 }
        let radius = ChiSquared(degrees: dimensions).quantile(kept)
        let factor = kept / ChiSquared(degrees: dimensions + 2).cumulative(radius)
        return factor.isFinite && factor > 0 ? factor : 1
    }
}
