/// How similar a series is to itself some steps later.
package enum Autocorrelation {
    /// The sample autocorrelations of lags 0...`longest`, or of as many as the series has. Missing values count as the mean.
    /// All 0 but the first for a constant series.
    package static func values(of series: [Double], longest: Int) -> [Double] {
        let present = series.filter { !$0.isNaN }
        guard !present.isEmpty else { return [] }
        // A sum in units of the largest value neither overflows nor vanishes.
        let largest = present.reduce(0) { max($0, abs($1)) }
        guard largest > 0, largest.isFinite else { return [1] }
        let mean = present.reduce(0) { $0 + $1 / largest } / Double(present.count)
        let deviations = series.map { $0.isNaN ? 0 : $0 / largest - mean }
        let variance = deviations.reduce(0) { $0 + $1 * $1 }
        guard variance > 0 else { return [1] }
        let lags = min(longest, series.count - 1)
        return deviations.withUnsafeBufferPointer { values in
            (0...max(0, lags)).map { lag in
                var sums = SIMD8<Double>.zero
                var index = 0
                let count = values.count - lag
                while index + 8 <= count {
                    var first = SIMD8<Double>()
                    var second = SIMD8<Double>()
                    for lane in 0..<8 {
                        first[lane] = values[index + lane]
                        second[lane] = values[index + lag + lane]
                    }
                    sums += first * second
                    index += 8
                }
                var sum = sums.sum()
                while index < count {
                    sum += values[index] * values[index + lag]
                    index += 1
                }
                return sum / variance
            }
        }
    }
}
