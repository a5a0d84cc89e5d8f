/// Gives each column the mean 0 and the standard deviation 1 (population, as scikit-learn's).
public struct StandardScaler: Preprocessor {
    public static let name = "standard-scaler"
    public static let aliases = ["z-score"]
    public static let summary =
        "Gives each column the mean 0 and the standard deviation 1; missing values stay missing."

    public init() {}

    public func train(on data: Dataset, context: FitContext) throws -> AffineScaler {
        let width = data.columnCount
        // Two passes over rows, which are contiguous; the second adds up deviations, so that large means cost no digits.
        return data.matrix.withUnsafeBufferPointer { values in
            var counts = [Double](repeating: 0, count: width)
            var means = [Double](repeating: 0, count: width)
            var squares = [Double](repeating: 0, count: width)
            var corrections = [Double](repeating: 0, count: width)
            for row in 0..<data.rowCount {
                for column in 0..<width {
                    let value = values[row * width + column]
                    if value.isNaN { continue }
                    counts[column] += 1
                    means[column] += (value - means[column]) / counts[column]
                }
            }
            for row in 0..<data.rowCount {
                for column in 0..<width {
                    let deviation = values[row * width + column] - means[column]
                    if deviation.isNaN { continue }
                    squares[column] += deviation * deviation
                    corrections[column] += deviation
                }
            }
            var scales = [Double](repeating: 0, count: width)
            for column in 0..<width where counts[column] > 0 {
                let correction = corrections[column] / counts[column]
                means[column] += correction
                let variance = squares[column] / counts[column] - correction * correction
                // What rounding leaves of a constant column is not a spread.
                let noise = 10 * Double.ulpOfOne * abs(means[column])
                scales[column] = variance > noise * noise ? variance.squareRoot() : 0
            }
            return AffineScaler(centers: means, scales: scales)
        }
    }
}
