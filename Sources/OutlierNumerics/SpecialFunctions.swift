#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Functions of statistics that the C library lacks.
package enum SpecialFunctions {
    /// Iₓ(a, b), the regularized incomplete beta function, by its continued fraction (Lentz's method).
    ///
    /// - Parameters: `a` and `b` above 0, `x` in 0...1.
    package static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        let logFactor = logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x)
        let factor = exp(logFactor)
        // The fraction converges fast on this side of the mean only.
        if x < (a + 1) / (a + b + 2) { return factor * betaFraction(x, a, b) / a }
        return 1 - factor * betaFraction(1 - x, b, a) / b
    }

    /// The probability that a binomial number of `n` draws, each `p`, is `m` or more.
    package static func binomialTail(atLeast m: Int, of n: Int, _ p: Double) -> Double {
        if m <= 0 { return 1 }
        if m > n { return 0 }
        return incompleteBeta(p, Double(m), Double(n - m + 1))
    }

    /// The regularized lower incomplete gamma function P(a, x): its series below a + 1, its continued fraction above
    /// (Lentz).
    package static func lowerGamma(_ a: Double, _ x: Double) -> Double {
        let front = exp(a * log(x) - x - logGamma(a))
        if x < a + 1 {
            var term = 1 / a
            var sum = term
            var denominator = a
            for _ in 0..<100_000 {
                denominator += 1
                term *= x / denominator
                sum += term
                if term < sum * 1e-17 { break }
            }
            return min(1, front * sum)
        }
        let tiny = 1e-300
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / b
        var fraction = d
        for index in 1..<100_000 {
            let numerator = -Double(index) * (Double(index) - a)
            b += 2
            d = numerator * d + b
            if abs(d) < tiny { d = tiny }
            c = b + numerator / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            let factor = d * c
            fraction *= factor
            if abs(factor - 1) < 1e-16 { break }
        }
        return max(0, 1 - front * fraction)
    }

    private static func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        func away(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / away(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1...100_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / away(1 + even * d)
            c = away(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / away(1 + odd * d)
            c = away(1 + odd / c)
            let change = d * c
            result *= change
            if abs(change - 1) < 1e-15 { break }
        }
        return result
    }

    /// log Γ(x) for x above 0. The C library's `lgamma` writes to a global variable.
    package static func logGamma(_ x: Double) -> Double {
        var sign: Int32 = 0
        return lgamma_r(x, &sign)
    }

    /// ψ of a whole number of at least 1.
    package static func digamma(_ number: Int) -> Double {
        if number < 20 { return (1..<max(1, number)).reduce(-0.577_215_664_901_532_9) { $0 + 1 / Double($1) } }
        let x = Double(number)
        let inverse = 1 / (x * x)
        return log(x) - 0.5 / x - inverse * (1.0 / 12 - inverse * (1.0 / 120 - inverse * (1.0 / 252 - inverse / 240)))
    }
}
