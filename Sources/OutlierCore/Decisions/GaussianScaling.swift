#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Scores as probabilities by Gaussian scaling: max(0, erf((s − μ) / (σ √2))), with the mean and the population standard
/// deviation of the training scores (Kriegel et al., “Interpreting and Unifying Outlier Scores”, 2011, and PyOD).
struct GaussianScaling: Sendable {
    let mean: Double
    let deviation: Double

    init(mean: Double, deviation: Double) {
        self.mean = mean
        self.deviation = deviation
    }

    init(_ scores: [Double]) {
        // An infinite score has no place in a mean.
        let finite = scores.filter(\.isFinite)
        guard !finite.isEmpty else {
            self.init(mean: 0, deviation: 0)
            return
        }
        let mean = finite.enumerated().reduce(0) { $0 + ($1.element - $0) / Double($1.offset + 1) }
        let variance = finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / Double(finite.count) }
        self.init(mean: mean, deviation: variance.squareRoot())
    }

    func probability(_ score: Double) -> Double {
        // Constant training scores: what is above them is an anomaly, what is not is none.
        guard deviation > 0, deviation.isFinite else { return score > mean ? 1 : 0 }
        return max(0, erf((score - mean) / (deviation * 2.0.squareRoot())))
    }
}
