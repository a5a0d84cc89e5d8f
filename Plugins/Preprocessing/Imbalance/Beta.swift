import Foundation
import OutlierCore

/// Random numbers of a beta distribution.
enum Beta {
    /// One of Beta(α, α): the share of one of two gamma numbers.
    static func symmetric(_ alpha: Double, _ random: inout RandomSource) -> Double {
        let (first, second) = (logarithmOfGamma(alpha, &random), logarithmOfGamma(alpha, &random))
        return 1 / (1 + exp(second - first))
    }

    /// The logarithm of one of Gamma(α, 1), by the method of Marsaglia & Tsang (2000). Logarithms do not vanish where a
    /// small α makes numbers that do.
    private static func logarithmOfGamma(_ alpha: Double, _ random: inout RandomSource) -> Double {
        if alpha < 1 {
            return logarithmOfGamma(alpha + 1, &random) + log(1 - random.uniform()) / alpha
        }
        let d = alpha - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = random.normal()
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            if log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * log(v) { return log(d) + log(v) }
        }
    }
}
