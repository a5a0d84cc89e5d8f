internal import CKernels
package import OutlierCore

/// The mean and the population variance of each column.
///
/// Two passes: the second adds up deviations, so that large means cost no digits. Blocks of rows are added up in their
/// order: the result does not depend on the number of threads.
package struct ColumnMoments: Sendable {
    package let means: [Double]
    /// Divided by the number of rows, or the sum of their weights. 0 where what is left is no more than rounding leaves of a constant column.
    package let variances: [Double]

    /// - Parameter weights: as how many equal rows each row counts, not all 0; `nil` for 1.
    /// - Throws: ``OutlierError/Code/numericalFailure`` where the values are too large for a mean or a variance,
    ///   `CancellationError`.
    package init(of matrix: Matrix, weights: [Double]? = nil, execution: Execution = Execution()) throws {
        let means = try columnMeans(of: matrix, weights: weights, execution: execution)
        let width = matrix.columnCount
        let count = weights?.reduce(0, +) ?? Double(max(1, matrix.rowCount))
        let sums =
            if let weights {
                try weightedBlockSums(of: matrix, weights: weights, outputs: 2 * width, execution: execution) {
                    outlier_add_weighted_deviations($0, $1, width, means, $2, $3, $3 + width)
                }
            } else {
                try blockSums(of: matrix, outputs: 2 * width, execution: execution) { rows, count, sums in
                    outlier_add_deviations(rows, count, width, means, sums, sums + width)
                }
            }
        var variances = [Double](repeating: 0, count: width)
        var corrected = means
        for column in 0..<width {
            let correction = sums[column] / count
            corrected[column] += correction
            let variance = sums[width + column] / count - correction * correction
            let noise = 10 * Double.ulpOfOne * abs(corrected[column])
            variances[column] = variance > noise * noise ? variance : 0
            guard sums[width + column].isFinite else { throw tooLarge("variance") }
        }
        self.means = corrected
        self.variances = variances
    }
}

/// The mean of each column; 0 where there are no rows.
///
/// - Parameter weights: as how many equal rows each row counts, not all 0; `nil` for 1.
package func columnMeans(
    of matrix: Matrix, weights: [Double]? = nil, execution: Execution = Execution()
) throws -> [Double] {
    let width = matrix.columnCount
    guard matrix.rowCount > 0 else { return [Double](repeating: 0, count: width) }
    let sums: [Double]
    if let weights {
        sums = try weightedBlockSums(of: matrix, weights: weights, outputs: width, execution: execution) {
            outlier_add_weighted_rows($0, $1, width, $2, $3)
        }
    } else {
        sums = try blockSums(of: matrix, outputs: width, execution: execution) { rows, count, sums in
            outlier_add_rows(rows, count, width, sums)
        }
    }
    let total = weights?.reduce(0, +) ?? Double(matrix.rowCount)
    let means = sums.map { $0 / total }
    guard means.allSatisfy(\.isFinite) else { throw tooLarge("mean") }
    return means
}

private func tooLarge(_ what: String) -> OutlierError {
    OutlierError(
        .numericalFailure, "the values of a column are too large for a \(what)",
        suggestion: "Divide the column by a constant, or put the preprocessor “robust-scaler” first.")
}

/// Calls `add` for fixed blocks of rows, each with sums of its own that begin at 0, and adds those up in order.
func blockSums(
    of matrix: Matrix, outputs: Int, execution: Execution,
    _ add: @Sendable (_ rows: UnsafePointer<Double>, _ count: Int, _ sums: UnsafeMutablePointer<Double>) -> Void
) throws -> [Double] {
    let width = max(1, matrix.columnCount)
    // Some blocks for each thread to take, few enough that their sums take 64 MiB at most, but two.
    let most = max(2, min(64, 8_388_608 / max(1, outputs)))
    let size = max(max(256, 65_536 / width), (matrix.rowCount + most - 1) / most)
    let blocks = max(1, (matrix.rowCount + size - 1) / size)
    var partial = [Double](repeating: 0, count: blocks * outputs)
    try matrix.withUnsafeBufferPointer { values in
        let values = SharedReadBuffer(values)
        try partial.withUnsafeMutableBufferPointer { partial in
            let partial = SharedBuffer(partial)
            try execution.forEachBlock(of: matrix.rowCount, size: size) { rows in
                guard let source = values.buffer.baseAddress, let target = partial.buffer.baseAddress else { return }
                add(
                    source + rows.lowerBound * matrix.columnCount, rows.count, target + rows.lowerBound / size * outputs
                )
            }
        }
    }
    var total = Array(partial.prefix(outputs))
    for block in 1..<max(1, blocks) {
        for index in 0..<outputs { total[index] += partial[block * outputs + index] }
    }
    return total
}

/// ``blockSums(of:outputs:execution:_:)`` of rows with weights: `add` gets a pointer to the weight of its first row too.
func weightedBlockSums(
    of matrix: Matrix, weights: [Double], outputs: Int, execution: Execution,
    _ add:
        @Sendable (
            _ rows: UnsafePointer<Double>, _ count: Int, _ weights: UnsafePointer<Double>,
            _ sums: UnsafeMutablePointer<Double>
        ) -> Void
) throws -> [Double] {
    precondition(weights.count == matrix.rowCount, "one weight a row")
    return try matrix.withUnsafeBufferPointer { source in
        let start = SharedReadBuffer(source)
        return try weights.withUnsafeBufferPointer { weights in
            let weights = SharedReadBuffer(weights)
            return try blockSums(of: matrix, outputs: outputs, execution: execution) { rows, count, sums in
                guard let first = start.buffer.baseAddress, let weights = weights.buffer.baseAddress else { return }
                add(rows, count, weights + (rows - first) / max(1, matrix.columnCount), sums)
            }
        }
    }
}
