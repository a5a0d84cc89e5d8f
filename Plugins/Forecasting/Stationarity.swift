internal import OutlierCore

/// How often a series has to be differenced.
enum Stationarity {
    /// The critical value of the KPSS test for a level at 5 %.
    private static let critical = 0.463

    /// By repeated tests for a level (Kwiatkowski, Phillips, Schmidt & Shin, 1992), at most 2.
    static func differences(_ values: [Double]) -> Int {
        var current = values.filter { !$0.isNaN }
        for order in 0..<2 {
            guard current.count >= 12, statistic(current) > critical else { return order }
            current = zip(current.dropFirst(), current).map { $0 - $1 }
        }
        return 2
    }

    /// The statistic with Bartlett's weights over ⌊4 (n/100)^¼⌋ lags, as in the R package forecast.
    static func statistic(_ values: [Double]) -> Double {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let residuals = values.map { $0 - mean }
        var sum = 0.0
        var squares = 0.0
        for residual in residuals {
            sum += residual
            squares += sum * sum
        }
        var variance = residuals.reduce(0) { $0 + $1 * $1 } / count
        let lags = min(values.count - 1, Int(4 * (count / 100).squareRoot().squareRoot()))
        for lag in 1..<max(1, lags + 1) {
            let product = zip(residuals.dropFirst(lag), residuals).reduce(0) { $0 + $1.0 * $1.1 } / count
            variance += 2 * (1 - Double(lag) / Double(lags + 1)) * product
        }
        return variance > 0 ? squares / (count * count * variance) : 0
    }

    /// Whether a season is strong enough to be differenced: the share of the variance of the detrended series that its
    /// seasonal means explain is above 0.64 (Wang, Smith & Hyndman, 2006, with the bound of R's forecast).
    static func isSeasonal(_ values: [Double], period: Int) -> Bool {
        guard period > 1, values.count >= 3 * period else { return false }
        // A centred mean over one period takes the trend away.
        let half = period / 2
        var detrended: [(season: Int, value: Double)] = []
        for point in half..<values.count - half {
            let window = values[point - half...point + half]
            let ends = period.isMultiple(of: 2) ? (window.first ?? 0) / 2 + (window.last ?? 0) / 2 : 0
            let trend = (window.reduce(0, +) - ends) / Double(period)
            let value = values[point] - trend
            if !value.isNaN { detrended.append((point % period, value)) }
        }
        var sums = [Double](repeating: 0, count: period)
        var counts = sums
        for (season, value) in detrended {
            sums[season] += value
            counts[season] += 1
        }
        let mean = detrended.reduce(0) { $0 + $1.value } / Double(max(1, detrended.count))
        var total = 0.0
        var rest = 0.0
        for (season, value) in detrended {
            total += (value - mean) * (value - mean)
            let own = value - sums[season] / max(1, counts[season])
            rest += own * own
        }
        return total > 0 && 1 - rest / total > 0.64
    }
}
