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
            // What rounding leaves of a constant column is not a spread.
            let noise = 10 * Double.ulpOfOne * abs(means[column])
            scales[column] = variance > noise * noise ? variance.squareRoot() : 0
        }
        return AffineScaler(centers: means, scales: scales)
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
