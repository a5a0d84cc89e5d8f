#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif
/// The Kalman filter of an ARMA process in Harvey's form: exact one-step forecasts, with missing values.
///
/// All variances are in units of the variance of the innovations. While values are observed one after the other, the
/// covariance of the state converges, and a step costs O(r) then for a state of r numbers.
struct ARMAFilter {
    /// What is known of a value before it is seen.
    struct Forecast {
        /// The expected value.
        var mean: Double
        /// The variance in units of the innovations'.
        var variance: Double
    }

    private let size: Int
    private let coefficients: [Double]
    private let loadings: [Double]
    private let start: [Double]

    /// `nil` where the process is so near to a unit root that its variance can't be computed.
    init?(_ process: ARMAPolynomials) {
        let size = max(process.autoregressive.count, process.movingAverage.count + 1, 1)
        self.size = size
        coefficients =
            process.autoregressive + [Double](repeating: 0, count: size - process.autoregressive.count)
        loadings =
            [1] + process.movingAverage + [Double](repeating: 0, count: size - 1 - process.movingAverage.count)
        guard let start = ARMAFilter.stationaryCovariance(coefficients, loadings) else { return nil }
        self.start = start
    }

    /// The solution of P = T P Tᵀ + R Rᵀ by doubling: P ← P + A P Aᵀ, A ← A², which has the sum of 2ᵏ terms after k steps.
    private static func stationaryCovariance(_ coefficients: [Double], _ loadings: [Double]) -> [Double]? {
        let size = coefficients.count
        var covariance = [Double](repeating: 0, count: size * size)
        for row in 0..<size {
            for column in 0..<size { covariance[row * size + column] = loadings[row] * loadings[column] }
        }
        // Without an autoregressive part T is nilpotent: the sum is finite.
        var power = [Double](repeating: 0, count: size * size)
        for row in 0..<size {
            power[row * size] = coefficients[row]
            if row + 1 < size { power[row * size + row + 1] += 1 }
        }
        for _ in 0..<60 {
            let left = multiply(power, covariance, size)
            let added = multiplyTransposed(left, power, size)
            var largest = 0.0
            var scale = 0.0
            for index in covariance.indices {
                covariance[index] += added[index]
                largest = max(largest, abs(added[index]))
                scale = max(scale, abs(covariance[index]))
            }
            guard scale.isFinite, scale < 1e15 else { return nil }
            if largest <= 1e-15 * scale { return covariance }
            power = multiply(power, power, size)
        }
        return nil
    }

    private static func multiply(_ a: [Double], _ b: [Double], _ size: Int) -> [Double] {
        var result = [Double](repeating: 0, count: size * size)
        result.withUnsafeMutableBufferPointer { result in
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    for row in 0..<size {
                        for inner in 0..<size {
                            let factor = a[row * size + inner]
                            if factor == 0 { continue }
                            for column in 0..<size {
                                result[row * size + column] += factor * b[inner * size + column]
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    private static func multiplyTransposed(_ a: [Double], _ b: [Double], _ size: Int) -> [Double] {
        var transposed = [Double](repeating: 0, count: size * size)
        for row in 0..<size { for column in 0..<size { transposed[column * size + row] = b[row * size + column] } }
        return multiply(a, transposed, size)
    }

    /// Calls `body` with the forecast of each value before it is used. A value of `NaN` is missing.
    func run(_ values: UnsafeBufferPointer<Double>, _ body: (_ index: Int, _ forecast: Forecast) -> Void) {
        var state = [Double](repeating: 0, count: size)
        var covariance = start
        var next = covariance
        var gain = [Double](repeating: 0, count: size)
        var isSteady = false
        let size = size
        state.withUnsafeMutableBufferPointer { state in
            gain.withUnsafeMutableBufferPointer { gain in
                coefficients.withUnsafeBufferPointer { coefficients in
                    for index in values.indices {
                        let variance = covariance[0]
                        body(index, Forecast(mean: state[0], variance: variance))
                        let value = values[index]
                        if value.isNaN {
                            isSteady = false
                            let first = state[0]
                            for row in 0..<size {
                                state[row] = coefficients[row] * first + (row + 1 < size ? state[row + 1] : 0)
                            }
                            predict(covariance, into: &next)
                            swap(&covariance, &next)
                            continue
                        }
                        let error = value - state[0]
                        if !isSteady {
                            for row in 0..<size { gain[row] = covariance[row * size] / variance }
                        }
                        // After an observation the first entry of the state is known.
                        for row in 0..<size {
                            let shifted = row + 1 < size ? state[row + 1] + gain[row + 1] * error : 0
                            state[row] = coefficients[row] * value + shifted
                        }
                        if !isSteady {
                            isSteady = update(&covariance, into: &next, gain: gain)
                            swap(&covariance, &next)
                        }
                    }
                }
            }
        }
    }

    /// P ← T P Tᵀ + R Rᵀ.
    private func predict(_ covariance: [Double], into next: inout [Double]) {
        let size = size
        for row in 0..<size {
            for column in 0..<size {
                var value = coefficients[row] * coefficients[column] * covariance[0] + loadings[row] * loadings[column]
                if column + 1 < size { value += coefficients[row] * covariance[column + 1] }
                if row + 1 < size { value += coefficients[column] * covariance[(row + 1) * size] }
                if row + 1 < size, column + 1 < size { value += covariance[(row + 1) * size + column + 1] }
                next[row * size + column] = value
            }
        }
    }

    /// The covariance after an observation and a step; whether it no longer changes.
    private func update(
        _ covariance: inout [Double], into next: inout [Double], gain: UnsafeMutableBufferPointer<Double>
    ) -> Bool {
        let size = size
        var change = 0.0
        var scale = 0.0
        covariance.withUnsafeBufferPointer { covariance in
            next.withUnsafeMutableBufferPointer { next in
                loadings.withUnsafeBufferPointer { loadings in
                    for row in 0..<size {
                        let factor = row + 1 < size ? gain[row + 1] : 0
                        for column in 0..<size {
                            var value = loadings[row] * loadings[column]
                            if row + 1 < size, column + 1 < size {
                                value += covariance[(row + 1) * size + column + 1] - factor * covariance[column + 1]
                            }
                            let place = row * size + column
                            change = max(change, abs(value - covariance[place]))
                            scale = max(scale, abs(value))
                            next[place] = value
                        }
                    }
                }
            }
        }
        return change <= 1e-13 * scale
    }

    /// The logarithm of the likelihood of several series at the best variance of the innovations, and that variance; `nil`
    /// without a value.
    func likelihood(_ series: [[Double]]) -> (logarithm: Double, variance: Double)? {
        var squares = 0.0
        var logarithms = 0.0
        var count = 0.0
        // The logarithm of a product of some variances is one call for all of them.
        var product = 1.0
        for values in series {
            values.withUnsafeBufferPointer { values in
                run(values) { index, forecast in
                    let value = values[index]
                    if value.isNaN { return }
                    let error = value - forecast.mean
                    squares += error * error / forecast.variance
                    product *= forecast.variance
                    if product > 1e100 || product < 1e-100 {
                        logarithms += log(product)
                        product = 1
                    }
                    count += 1
                }
            }
        }
        logarithms += log(product)
        guard count > 0, squares.isFinite, squares > 0 else { return nil }
        let variance = squares / count
        return (-(count * (log(2 * Double.pi * variance) + 1) + logarithms) / 2, variance)
    }
}
