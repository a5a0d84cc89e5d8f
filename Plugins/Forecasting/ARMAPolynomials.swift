/// The polynomials of a seasonal ARMA process, multiplied out.
struct ARMAPolynomials: Sendable {
    /// φ₁, φ₂…: y_t = Σ φ_k y_{t−k} + ε_t + Σ θ_k ε_{t−k}.
    var autoregressive: [Double]
    /// θ₁, θ₂…
    var movingAverage: [Double]

    init(autoregressive: [Double], movingAverage: [Double]) {
        self.autoregressive = autoregressive
        self.movingAverage = movingAverage
    }

    init(
        autoregressive: [Double], seasonalAutoregressive: [Double], movingAverage: [Double],
        seasonalMovingAverage: [Double], period: Int
    ) {
        let first = ARMAPolynomials.product(autoregressive.map { -$0 }, seasonalAutoregressive.map { -$0 }, period)
        self.autoregressive = first.map { -$0 }
        self.movingAverage = ARMAPolynomials.product(movingAverage, seasonalMovingAverage, period)
    }

    /// (1 + Σ aᵢ Bⁱ)(1 + Σ bⱼ B^{j s}) without the leading 1.
    private static func product(_ a: [Double], _ b: [Double], _ period: Int) -> [Double] {
        var result = [Double](repeating: 0, count: a.count + b.count * period + 1)
        for (i, first) in ([1] + a).enumerated() {
            for (j, second) in ([1] + b).enumerated() { result[i + j * period] += first * second }
        }
        return Array(result.dropFirst())
    }

    /// Coefficients of a stationary process from any numbers: partial autocorrelations u / √(1 + u²) by Durbin and Levinson
    /// (J. F. Monahan: A note on enforcing stationarity in autoregressive-moving average models, 1984).
    static func stationary(_ free: ArraySlice<Double>) -> [Double] {
        var coefficients: [Double] = []
        for value in free {
            let partial = value / (1 + value * value).squareRoot()
            let old = coefficients
            for index in old.indices { coefficients[index] = old[index] - partial * old[old.count - 1 - index] }
            coefficients.append(partial)
        }
        return coefficients
    }
}
