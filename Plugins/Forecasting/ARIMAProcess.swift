internal import OutlierCore
internal import OutlierNumerics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A seasonal ARIMA process with its coefficients.
struct ARIMAProcess: Sendable {
    var orders: ARIMAOrders
    var polynomials: ARMAPolynomials
    /// The mean of the values, where these are not differenced; 0 else.
    var mean: Double
    /// The variance of the innovations.
    var variance: Double
    /// The logarithm of the likelihood of the differences that it was fitted to.
    var logLikelihood: Double

    /// Akaike's criterion with the correction for small samples, of `count` values.
    func criterion(count: Int) -> Double {
        let parameters = Double(orders.parameterCount + 1)
        let degrees = Double(count) - parameters - 1
        guard degrees > 0 else { return .infinity }
        return -2 * logLikelihood + 2 * parameters + 2 * parameters * (parameters + 1) / degrees
    }

    /// Finds the coefficients of the greatest likelihood.
    ///
    /// - Parameters:
    ///   - series: the values of each series, `NaN` for missing ones.
    ///   - orders: what is to be fitted.
    /// - Returns: `nil` where there are too few values, or they are constant.
    static func fit(_ series: [[Double]], orders: ARIMAOrders, context: FitContext) throws -> ARIMAProcess? {
        let differences = series.map { orders.differencing.apply($0) }
        let present = differences.joined().filter { !$0.isNaN }
        guard present.count > orders.parameterCount + 1, let scale = Scale(present, centers: orders.hasMean) else {
            return nil
        }
        let scaled = differences.map { $0.map { ($0 - scale.center) / scale.deviation } }
        func likelihood(_ free: [Double]) -> (logarithm: Double, variance: Double)? {
            let (polynomials, mean) = parts(free, orders)
            guard let filter = ARMAFilter(polynomials) else { return nil }
            return filter.likelihood(mean == 0 ? scaled : scaled.map { $0.map { $0 - mean } })
        }
        let count = Double(present.count)
        let best = try QuasiNewton(from: start(scaled, orders), context: context) {
            -(likelihood($0)?.logarithm ?? -.infinity) / count
        }
        guard let found = likelihood(best.point) else { return nil }
        let (polynomials, mean) = parts(best.point, orders)
        return ARIMAProcess(
            orders: orders, polynomials: polynomials, mean: orders.hasMean ? scale.center + scale.deviation * mean : 0,
            variance: found.variance * scale.deviation * scale.deviation,
            logLikelihood: found.logarithm - count * log(scale.deviation))
    }

    /// What free numbers say: the polynomials and the mean.
    private static func parts(_ free: [Double], _ orders: ARIMAOrders) -> (ARMAPolynomials, Double) {
        var rest = free[...]
        func take(_ count: Int) -> [Double] {
            defer { rest = rest.dropFirst(count) }
            return ARMAPolynomials.stationary(rest.prefix(count))
        }
        let polynomials = ARMAPolynomials(
            autoregressive: take(orders.autoregressive),
            seasonalAutoregressive: take(orders.seasonalAutoregressive),
            // The other sign: 1 + θ₁ B + … is invertible where 1 − θ₁ B − … would be stationary.
            movingAverage: take(orders.movingAverage).map { -$0 },
            seasonalMovingAverage: take(orders.seasonalMovingAverage).map { -$0 }, period: orders.period)
        return (polynomials, orders.hasMean ? rest.first ?? 0 : 0)
    }

    /// Where the search begins: the partial autocorrelations of the series, and moving averages by the first one.
    private static func start(_ series: [[Double]], _ orders: ARIMAOrders) -> [Double] {
        let longest = series.max { $0.count < $1.count } ?? []
        let autocorrelations = Autocorrelation.values(
            of: longest,
            longest: max(orders.autoregressive, orders.seasonalAutoregressive * orders.period, orders.period, 1))
        func partial(_ step: Int, _ count: Int) -> [Double] {
            var coefficients: [Double] = []
            var free: [Double] = []
            var error = 1.0
            for order in 1..<count + 1 {
                guard order * step < autocorrelations.count else { break }
                var value: Double = autocorrelations[order * step]
                for index in coefficients.indices {
                    let lag = (order - 1 - index) * step
                    value -= coefficients[index] * autocorrelations[lag]
                }
                let reflection: Double = min(0.95, max(-0.95, value / error))
                let old = coefficients
                for index in old.indices { coefficients[index] -= reflection * old[old.count - 1 - index] }
                coefficients.append(reflection)
                error *= 1 - reflection * reflection
                free.append(reflection / (1 - reflection * reflection).squareRoot())
            }
            return free + [Double](repeating: 0, count: count - free.count)
        }
        func averages(_ step: Int, _ count: Int, hasAutoregression: Bool) -> [Double] {
            guard count > 0 else { return [] }
            var first = 0.0
            if !hasAutoregression, step < autocorrelations.count {
                let correlation = min(0.47, max(-0.47, autocorrelations[step]))
                let theta =
                    correlation == 0 ? 0 : (1 - (1 - 4 * correlation * correlation).squareRoot()) / (2 * correlation)
                first = -theta / (1 - theta * theta).squareRoot()
            }
            return [first] + [Double](repeating: 0, count: count - 1)
        }
        return partial(1, orders.autoregressive) + partial(orders.period, orders.seasonalAutoregressive)
            + averages(1, orders.movingAverage, hasAutoregression: orders.autoregressive > 0)
            + averages(
                orders.period, orders.seasonalMovingAverage, hasAutoregression: orders.seasonalAutoregressive > 0)
            + (orders.hasMean ? [0] : [])
    }

    /// The mean and the deviation of values, found without overflow.
    private struct Scale {
        var center: Double
        var deviation: Double

        init?(_ values: [Double], centers: Bool) {
            let largest = values.reduce(0) { max($0, abs($1)) }
            guard largest > 0, largest.isFinite else { return nil }
            let count = Double(values.count)
            let mean = centers ? values.reduce(0) { $0 + $1 / largest } / count : 0
            let variance = values.reduce(0) { $0 + ($1 / largest - mean) * ($1 / largest - mean) } / count
            center = mean * largest
            deviation = variance.squareRoot() * largest
            guard deviation > 1e-12 * largest, deviation.isFinite else { return nil }
        }
    }
}

extension ARIMAProcess {
    /// The process of values that do not vary: what differs from them is far from usual, whatever its scale.
    static func constant(_ values: [Double]) -> ARIMAProcess {
        let mean = values.first ?? 0
        let deviation = values.map { abs($0 - mean) }.max() ?? 0
        let scale = max(deviation, 1e-6 * abs(mean), 1e-150)
        return ARIMAProcess(
            orders: ARIMAOrders(),
            polynomials: ARMAPolynomials(autoregressive: [], movingAverage: []), mean: mean, variance: scale * scale,
            logLikelihood: 0)
    }

    /// For each value its forecast by those before it, and the standard deviation of its error; `NaN` for the first ones,
    /// that have no difference, and where a value that is needed is missing.
    func forecasts(_ values: [Double]) -> (means: [Double], deviations: [Double]) {
        let lost = orders.differencing.lost
        var means = [Double](repeating: .nan, count: values.count)
        var deviations = means
        guard values.count > lost, let filter = ARMAFilter(polynomials) else { return (means, deviations) }
        let deviation = variance.squareRoot()
        let differences = orders.differencing.apply(values).map { $0 - mean }
        differences.withUnsafeBufferPointer { differences in
            filter.run(differences) { index, forecast in
                let point = index + lost
                // The error of a difference is that of the value.
                means[point] = lost == 0 ? forecast.mean + mean : values[point] - (differences[index] - forecast.mean)
                deviations[point] = deviation * forecast.variance.squareRoot()
            }
        }
        return (means, deviations)
    }
}
