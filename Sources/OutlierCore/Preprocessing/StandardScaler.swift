/// Gives each column the mean 0 and the standard deviation 1 (population, as scikit-learn's).
public struct StandardScaler: Preprocessor {
    public static let name = "standard-scaler"
    public static let aliases = ["z-score"]
    public static let summary =
        "Gives each column the mean 0 and the standard deviation 1; missing values stay missing."

    public init() {}

    public func train(on data: Dataset, context: FitContext) throws -> AffineScaler {
        let width = data.columnCount
        // Deviations are added up about the means of a first pass, so that large means cost no digits.
        let first = try Self.sums(of: data, about: [Double](repeating: 0, count: width), context)
        var means = (0..<width).map { first.counts[$0] > 0 ? first.sums[$0] / first.counts[$0] : 0 }
        for column in 0..<width where !means[column].isFinite {
            // The sum is too large for a number, the mean is not.
            let values = presentValues(data, column: column)
            means[column] = values.reduce(0) { $0 + $1 / Double(values.count) }
        }
        let second = try Self.sums(of: data, about: means, context)
        var scales = [Double](repeating: 0, count: width)
        for column in 0..<width where second.counts[column] > 0 {
            let correction = second.sums[column] / second.counts[column]
            means[column] += correction
            let variance = second.squares[column] / second.counts[column] - correction * correction
            var deviation = variance.squareRoot()
            if !(variance < 0x1p1000 && variance > 0x1p-900) {
                // Squares of very large or very small numbers are none.
                (means[column], deviation) = Self.extremeMoments(presentValues(data, column: column))
            }
            // What rounding leaves of a constant column is not a spread.
            scales[column] = deviation > 10 * Double.ulpOfOne * abs(means[column]) ? deviation : 0
        }
        return AffineScaler(centers: means, scales: scales)
    }

    /// The mean and the standard deviation of numbers whose squares may be too large or too small, computed of numbers
    /// that a power of two has brought to at most ½.
    private static func extremeMoments(_ values: [Double]) -> (mean: Double, deviation: Double) {
        if let first = values.first, values.allSatisfy({ $0 == first }) { return (first, 0) }
        let count = Double(values.count)
        func exponent(_ values: some Sequence<Double>) -> Int? {
            values.reduce(0) { max($0, abs($1)) }.exponentOfFinite.map { $0 + 2 }
        }
        guard let size = exponent(values) else { return (values.first ?? 0, 0) }
        let scaled = values.map { $0.timesPowerOfTwo(-size) }
        let mean = scaled.reduce(0) { $0 + $1 / count }
        let deviations = scaled.map { $0 - mean }
        // Of a narrow column that lies far from 0 the deviations are small again.
        guard let spread = exponent(deviations) else { return (mean.timesPowerOfTwo(size), 0) }
        let small = deviations.map { $0.timesPowerOfTwo(-spread) }
        let correction = small.reduce(0) { $0 + $1 / count }
        let variance = small.reduce(0) { $0 + ($1 - correction) * ($1 - correction) / count }
        return (
            (mean + correction.timesPowerOfTwo(spread)).timesPowerOfTwo(size),
            variance.squareRoot().timesPowerOfTwo(spread + size)
        )
    }

    /// Counts, sums and sums of squares of each column about given centres, missing values left out; blocks of rows
    /// in parallel, added up in their order.
    private static func sums(
        of data: Dataset, about centers: [Double], _ context: FitContext
    ) throws -> (counts: [Double], sums: [Double], squares: [Double]) {
        let width = data.columnCount
        let blockSize = 8192
        let blocks = (data.rowCount + blockSize - 1) / blockSize
        var partial = [Double](repeating: 0, count: blocks * width * 3)
        try partial.withUnsafeMutableBufferPointer { buffer in
            let partial = SharedBuffer(buffer)
            try data.matrix.withUnsafeBufferPointer { values in
                let values = SharedReadBuffer(values)
                try context.execution.forEach(blocks) { block in
                    let start = block * width * 3
                    for row in block * blockSize..<min((block + 1) * blockSize, data.rowCount) {
                        for column in 0..<width {
                            let deviation = values.buffer[row * width + column] - centers[column]
                            if deviation.isNaN { continue }
                            partial.buffer[start + column] += 1
                            partial.buffer[start + width + column] += deviation
                            partial.buffer[start + 2 * width + column] += deviation * deviation
                        }
                    }
                }
            }
        }
        var totals = [Double](repeating: 0, count: width * 3)
        for block in 0..<blocks {
            for index in totals.indices { totals[index] += partial[block * width * 3 + index] }
        }
        return (
            Array(totals[..<width]), Array(totals[width..<2 * width]), Array(totals[(2 * width)...])
        )
    }
}

extension Double {
    /// The exponent of a finite number that is not 0.
    fileprivate var exponentOfFinite: Int? { isFinite && self != 0 ? Int(exponent) : nil }

    /// The number times 2 to a power, which may be beyond the powers that are numbers themselves.
    fileprivate func timesPowerOfTwo(_ power: Int) -> Double {
        let half = power / 2
        return self * Double(sign: .plus, exponent: half, significand: 1)
            * Double(sign: .plus, exponent: power - half, significand: 1)
    }
}
