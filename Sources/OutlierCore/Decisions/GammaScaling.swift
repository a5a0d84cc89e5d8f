/// Scores as probabilities by gamma scaling: max(0, (F(s) − F(μ)) / (1 − F(μ))), with F the gamma distribution of the mean μ
/// and the population standard deviation of the training scores (Kriegel et al., “Interpreting and Unifying Outlier
/// Scores”, 2011). It fits scores of distances and other scores with a long tail better than a normal distribution.
///
/// A gamma distribution is of numbers from 0 on: where a training score is below 0, the least of them is taken for 0.
struct GammaScaling: Sendable {
    /// What is subtracted from scores.
    let origin: Double
    let mean: Double
    let deviation: Double

    /// Above this shape the distribution is symmetric, and its function would take thousands of terms.
    private static let largestShape = 1e4

    init(origin: Double, mean: Double, deviation: Double) {
        self.origin = origin
        self.mean = mean
        self.deviation = deviation
    }

    init(_ scores: [Double]) {
        let least = scores.filter(\.isFinite).min() ?? 0
        let origin = min(0, least)
        let moments = GaussianScaling(scores)
        self.init(origin: origin, mean: moments.mean - origin, deviation: moments.deviation)
    }

    func probability(_ score: Double) -> Double {
        let value = score - origin
        let ratio = mean / deviation
        let shape = ratio * ratio
        // Constant scores, and scores of which hardly any spread is left: a normal distribution says the same.
        guard deviation > 0, mean > 0, shape <= GammaScaling.largestShape else {
            return GaussianScaling(mean: mean, deviation: deviation).probability(value)
        }
        // Below the mean it is 0, and the function need not be computed.
        guard value > mean else { return value.isNaN ? .nan : 0 }
        if value == .infinity { return 1 }
        let atMean = SpecialFunctions.lowerGamma(shape, shape)
        return max(0, (SpecialFunctions.lowerGamma(shape, shape * (value / mean)) - atMean) / (1 - atMean))
    }
}
