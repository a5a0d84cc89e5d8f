import OutlierCore

/// The number, the means and the sums of squared deviations of rows, which can be joined with those of other rows.
///
/// T. F. Chan, G. H. Golub and R. J. LeVeque, “Updating Formulae and a Pairwise Algorithm for Computing Sample
/// Variances”, 1979.
struct MergeableMoments: Sendable, Hashable {
    private(set) var count: Double
    private(set) var means: [Double]
    private(set) var squares: [Double]

    /// No rows.
    init(columnCount: Int) {
        count = 0
        means = [Double](repeating: 0, count: columnCount)
        squares = means
    }

    init(count: Double, means: [Double], squares: [Double]) {
        self.count = count
        self.means = means
        self.squares = squares
    }

    /// The moments of all rows of `data`: those of fixed blocks of rows, joined in their order.
    init(of data: Dataset, execution: Execution) throws {
        let width = data.columnCount
        let size = 4096
        let blocks = (data.rowCount + size - 1) / size
        var parts = [MergeableMoments](repeating: MergeableMoments(columnCount: 0), count: blocks)
        try data.matrix.withUnsafeBufferPointer { table in
            let table = SharedReadBuffer(table)
            try parts.withUnsafeMutableBufferPointer { parts in
                let parts = SharedBuffer(parts)
                try execution.forEachBlock(of: data.rowCount, size: size) { rows in
                    parts.buffer[rows.lowerBound / size] =
                        data.weights.map {
                            MergeableMoments(table.buffer, rows: rows, columnCount: width, weights: $0)
                        } ?? MergeableMoments(table.buffer, rows: rows, columnCount: width)
                }
            }
        }
        self.init(columnCount: width)
        for part in parts { join(part) }
        for column in 0..<width where !means[column].isFinite || !squares[column].isFinite {
            throw OutlierError(
                .numericalFailure,
                "the squares of the values of the column “\(data.columns[column].name)” are too large for a number",
                suggestion: "Choose the detector “mad”, or divide the column by a large number.")
        }
    }

    private init(_ table: UnsafeBufferPointer<Double>, rows: Range<Int>, columnCount: Int) {
        self.init(columnCount: columnCount)
        count = Double(rows.count)
        let share = 1 / count
        for row in rows {
            for column in 0..<columnCount { means[column] += table[row * columnCount + column] * share }
        }
        var corrections = [Double](repeating: 0, count: columnCount)
        for row in rows {
            for column in 0..<columnCount {
                let deviation = table[row * columnCount + column] - means[column]
                squares[column] += deviation * deviation
                corrections[column] += deviation
            }
        }
        for column in 0..<columnCount {
            let correction = corrections[column] * share
            means[column] += correction
            squares[column] = max(0, squares[column] - correction * corrections[column])
        }
    }

    /// A row of weight 2 counts as two equal rows.
    private init(_ table: UnsafeBufferPointer<Double>, rows: Range<Int>, columnCount: Int, weights: [Double]) {
        self.init(columnCount: columnCount)
        count = rows.reduce(0) { $0 + weights[$1] }
        guard count > 0 else { return }
        for row in rows {
            for column in 0..<columnCount {
                means[column] += table[row * columnCount + column] * (weights[row] / count)
            }
        }
        for row in rows where weights[row] > 0 {
            for column in 0..<columnCount {
                let deviation = table[row * columnCount + column] - means[column]
                squares[column] += weights[row] * deviation * deviation
            }
        }
    }

    /// Whether the squares of these rows and those of `other` are not too large together.
    func canJoin(_ other: MergeableMoments) -> Bool {
        guard other.count > 0 else { return true }
        let total = count + other.count
        return squares.indices.allSatisfy { joinedSquares($0, other, total: total).isFinite }
    }

    private func joinedSquares(_ column: Int, _ other: MergeableMoments, total: Double) -> Double {
        let difference = other.means[column] - means[column]
        return squares[column]
            + (other.squares[column] + difference * difference * (count * (other.count / total)))
    }

    /// The moments of these rows and those of `other`.
    mutating func join(_ other: MergeableMoments) {
        guard other.count > 0 else { return }
        let total = count + other.count
        for column in means.indices {
            squares[column] = joinedSquares(column, other, total: total)
            means[column] += (other.means[column] - means[column]) * (other.count / total)
        }
        count = total
    }

    /// The population's standard deviation of a column; 1 where there is nothing but rounding.
    func scale(_ column: Int) -> Double {
        let deviation = (squares[column] / count).squareRoot()
        return deviation > 10 * Double.ulpOfOne * abs(means[column]) && deviation > 0 && deviation.isFinite
            ? deviation : 1
    }
}
