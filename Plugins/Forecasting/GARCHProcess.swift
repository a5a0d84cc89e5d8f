internal import OutlierCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The distribution of what a volatility does not explain.
public enum InnovationDistribution: String, CaseIterable, Sendable {
    case normal
    /// Student's t, scaled to the variance 1, whose degrees of freedom are found.
    case t
}

/// A process whose variance depends on its past: σ²_t = ω + Σ αᵢ ε²_{t−i} + Σ βⱼ σ²_{t−j}.
struct GARCHProcess: Sendable {
    var mean: Double
    var constant: Double
    /// α₁, α₂…
    var shocks: [Double]
    /// β₁, β₂…
    var memory: [Double]
    /// Degrees of freedom of Student's t; `nil` for the normal distribution.
    var freedom: Double?
    /// What stands for ε² and σ² before a series begins.
    var before: Double
    var logLikelihood: Double

    /// Calls `body` with the error and the variance of each value, both known before it is used.
    func run(_ values: [Double], _ body: (_ index: Int, _ error: Double, _ variance: Double) -> Void) {
        // Of each, the newest first.
        var errors = [Double](repeating: before, count: shocks.count)
        var variances = [Double](repeating: before, count: memory.count)
        for (index, value) in values.enumerated() {
            var variance = constant
            for lag in shocks.indices { variance += shocks[lag] * errors[lag] }
            for lag in memory.indices { variance += memory[lag] * variances[lag] }
            let error = value - mean
            body(index, error, variance)
            for lag in stride(from: shocks.count - 1, to: 0, by: -1) { errors[lag] = errors[lag - 1] }
            for lag in stride(from: memory.count - 1, to: 0, by: -1) { variances[lag] = variances[lag - 1] }
            if !shocks.isEmpty { errors[0] = error * error }
            if !memory.isEmpty { variances[0] = variance }
        }
    }

    /// The logarithm of the density of one error.
    static func logDensity(_ error: Double, variance: Double, freedom: Double?, constant: Double) -> Double {
        let square = error * error / variance
        guard let freedom else { return -0.5 * (constant + log(variance) + square) }
        return constant - 0.5 * log(variance) - (freedom + 1) / 2 * log(1 + square / (freedom - 2))
    }

    static func densityConstant(_ freedom: Double?) -> Double {
        guard let freedom else { return log(2 * Double.pi) }
        return lgamma((freedom + 1) / 2) - lgamma(freedom / 2) - 0.5 * log(Double.pi * (freedom - 2))
    }
}

extension GARCHProcess {
    /// Finds the parameters of the greatest likelihood; `nil` where the values are constant or too few.
    static func fit(
        _ series: [[Double]], shocks: Int, memory: Int, distribution: InnovationDistribution, context: FitContext
    ) throws -> GARCHProcess? {
        let count = Double(series.reduce(0) { $0 + $1.count })
        let largest = series.joined().reduce(0) { max($0, abs($1)) }
        let parameters = shocks + memory + (distribution == .t ? 3 : 2)
        guard count > Double(parameters), largest > 0 else { return nil }
        let center = series.joined().reduce(0) { $0 + $1 / largest } / count
        let spread =
            series.joined().reduce(0) { sum, value in
                let deviation = value / largest - center
                return sum + deviation * deviation
            } / count
        let deviation = spread.squareRoot()
        guard deviation > 1e-12, deviation.isFinite else { return nil }
        let scaled = series.map { $0.map { ($0 / largest - center) / deviation } }
        let befores = scaled.map(start)

        func process(_ free: [Double]) -> GARCHProcess {
            let weights = free[2..<2 + shocks + memory].map { exp(min(30, max(-60, $0))) }
            let sum = 1 + weights.reduce(0, +)
            return GARCHProcess(
                mean: free[0], constant: exp(min(50, max(-60, free[1]))),
                shocks: weights.prefix(shocks).map { $0 / sum }, memory: weights.suffix(memory).map { $0 / sum },
                freedom: distribution == .t ? 2.05 + exp(min(6.2, free[2 + shocks + memory])) : nil, before: 1,
                logLikelihood: 0)
        }
        func likelihood(_ free: [Double]) -> Double {
            var process = process(free)
            let constant = densityConstant(process.freedom)
            var sum = 0.0
            for (values, before) in zip(scaled, befores) {
                process.before = before
                process.run(values) { _, error, variance in
                    sum += logDensity(error, variance: variance, freedom: process.freedom, constant: constant)
                }
            }
            return sum
        }
        // Of some usual volatilities, the one to begin with.
        var best: [Double] = []
        var highest = -Double.infinity
        for (alpha, beta) in [(0.05, 0.9), (0.1, 0.8), (0.05, 0.5), (0.3, 0.3)] {
            let beta = memory == 0 ? 0 : beta
            let rest = 1 - alpha - beta
            var free = [0, log(rest)]
            free += [Double](repeating: log(alpha / Double(shocks) / rest), count: shocks)
            if memory > 0 { free += [Double](repeating: log(beta / Double(memory) / rest), count: memory) }
            if distribution == .t { free.append(log(6)) }
            let value = likelihood(free)
            if value > highest { (best, highest) = (free, value) }
        }
        guard highest.isFinite else { return nil }
        let found = try QuasiNewton(from: best, context: context) { -likelihood($0) / count }
        var result = process(found.point)
        let unit = deviation * largest
        result.mean = center * largest + unit * result.mean
        result.constant *= unit * unit
        let longest = scaled.indices.max { scaled[$0].count < scaled[$1].count } ?? 0
        result.before = befores[longest] * unit * unit
        result.logLikelihood = -found.value * count - count * log(unit)
        guard result.mean.isFinite, result.constant > 0, result.constant.isFinite, result.before > 0,
            result.before.isFinite
        else { return nil }
        return result
    }

    /// The variance before a series: of its first 75 squares, the later the less.
    private static func start(_ values: [Double]) -> Double {
        var weight = 1.0
        var weights = 0.0
        var sum = 0.0
        for value in values.prefix(75) {
            sum += weight * value * value
            weights += weight
            weight *= 0.94
        }
        return weights > 0 && sum > 0 ? sum / weights : 1
    }
}
