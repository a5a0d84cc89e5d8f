/// The total variance of rows: the sum of the variances of their columns.
struct Spread {
    private var sums: [Double]
    private var squares: [Double]
    private var rows = 0

    init(width: Int) {
        sums = [Double](repeating: 0, count: width)
        squares = sums
    }

    /// - Parameter values: whole rows.
    mutating func add(_ values: [Float]) {
        let width = sums.count
        for start in stride(from: 0, to: values.count, by: width) {
            for column in 0..<width {
                let value = Double(values[start + column])
                sums[column] += value
                squares[column] += value * value
            }
            rows += 1
        }
    }

    var totalVariance: Double {
        guard rows > 0 else { return 0 }
        return zip(sums, squares).reduce(0) { total, column in
            let mean = column.0 / Double(rows)
            return total + max(0, column.1 / Double(rows) - mean * mean)
        }
    }
}
