import Foundation

/// The generalized Pareto distribution that is most likely to have given some excesses, by Grimshaw's trick.
///
/// With x = γ/σ the likelihood is a function of x alone, with γ(x) = mean log(1 + x·y); its extrema are the roots of
/// u(x)·v(x) = 1, u(x) = mean 1/(1 + x·y), v(x) = 1 + γ(x), one of which is 0, the exponential distribution. The others lie
/// in (−1/max, 0) and (0, 2 (mean − min)/min²]; all are found between changes of sign on a fine grid, and the most likely wins.
///
/// Paper: S. D. Grimshaw: *Computing Maximum Likelihood Estimates for the Generalized Pareto Distribution*, 1993.
struct GeneralizedParetoFit {
    /// γ: 0 for an exponential tail, above 0 for a heavy one, below 0 for one that ends.
    let shape: Double
    /// σ, above 0.
    let scale: Double

    /// - Parameter excesses: above 0, at least one.
    init(_ excesses: [Double]) {
        let count = Double(excesses.count)
        let largest = excesses.max() ?? 1
        // In units of the largest excess, so that no unit of the scores matters.
        let values = excesses.map { $0 / largest }
        let mean = values.reduce(0, +) / count
        var best = (shape: 0.0, scale: mean, likelihood: -count * (log(mean) + 1))
        // Below the shape −1 the likelihood has no maximum: a tail that ends so abruptly is taken for a uniform one, up to the
        // largest excess.
        if best.likelihood < 0 { best = (-1, 1, 0) }
        for root in Self.roots(values, mean: mean) {
            let shape = Self.shape(root, values)
            let scale = shape / root
            guard shape > -1, scale > 0, scale.isFinite else { continue }
            let likelihood = -count * (log(scale) + shape + 1)
            if likelihood > best.likelihood { best = (shape, scale, likelihood) }
        }
        shape = best.shape
        scale = best.scale * largest
    }

    /// The excess above which lies the share `probability`, 0...1, of all excesses.
    func excess(exceededBy probability: Double) -> Double {
        abs(shape) < 1e-9 ? -scale * log(probability) : scale / shape * (pow(probability, -shape) - 1)
    }

    private static func shape(_ x: Double, _ values: [Double]) -> Double {
        values.reduce(0) { $0 + log1p(x * $1) } / Double(values.count)
    }

    /// u·v − 1.
    private static func slope(_ x: Double, _ values: [Double]) -> Double {
        var u = 0.0
        var v = 0.0
        for value in values {
            u += 1 / (1 + x * value)
            v += log1p(x * value)
        }
        let count = Double(values.count)
        return u / count * (1 + v / count) - 1
    }

    private static func roots(_ values: [Double], mean: Double) -> [Double] {
        let least = values.min() ?? 1
        let upper = min(1e6, max(10, 2 * (mean - least) / (least * least)))
        // The largest value is 1. Close to both ends and to 0 the grid is finer.
        let steps = 60
        let below = (1...steps).map { -1 + 1e-9 + pow(Double($0) / Double(steps), 3) * (1 - 1e-4) }
        let above = (0...steps).map { 1e-4 * pow(upper / 1e-4, Double($0) / Double(steps)) }
        var found: [Double] = []
        for grid in [below, above] {
            var previous = (x: grid[0], slope: slope(grid[0], values))
            for x in grid.dropFirst() {
                let current = (x: x, slope: slope(x, values))
                if (previous.slope < 0) != (current.slope < 0) {
                    found.append(bisect(previous.x, current.x, isNegativeAtLow: previous.slope < 0, values))
                }
                previous = current
            }
        }
        return found
    }

    private static func bisect(
        _ low: Double, _ high: Double, isNegativeAtLow: Bool, _ values: [Double]
    ) -> Double {
        var low = low
        var high = high
        for _ in 0..<60 {
            let middle = low + (high - low) / 2
            if (slope(middle, values) < 0) == isNegativeAtLow { low = middle } else { high = middle }
            if high - low < 1e-12 * max(1e-3, abs(low)) { break }
        }
        return low + (high - low) / 2
    }
}
