internal import CKernels
internal import COpenBLAS
package import OutlierCore

/// Σ wᵢ (xᵢ − c)(xᵢ − c)ᵀ over the rows xᵢ: columns × columns, symmetric.
///
/// The same bits on any number of threads: few columns are added up over fixed blocks of rows, whose sums are added in
/// order; many columns are split into fixed tiles of the result, each of which sees all rows in order.
/// - Parameters:
///   - centers: c, one number a column; `nil` for 0.
///   - weights: one number at least 0 a row; `nil` for 1.
/// - Throws: ``OutlierError/Code/numericalFailure`` where an element is not finite, ``OutlierError/Code/shapeMismatch`` where
///   there is not the memory for it, `CancellationError`.
/// - Complexity: O(n d²); memory beyond the result: O(d² + 1024 d) a thread.
package func scatterMatrix(
    of matrix: Matrix, centers: [Double]? = nil, weights: [Double]? = nil, execution: Execution = Execution()
) throws -> Matrix {
    let width = matrix.columnCount
    precondition(centers.map { $0.count == width } ?? true, "one center a column")
    precondition(weights.map { $0.count == matrix.rowCount } ?? true, "one weight a row")
    guard width > 0 else { return Matrix(rowCount: 0, columnCount: 0) }
    _ = try OpenBLAS.dimension(width)
    try OpenBLAS.requireSquare(ofColumns: width)
    var result =
        width <= 128
        ? try narrowScatter(of: matrix, centers: centers, weights: weights, execution: execution)
        : try wideScatter(of: matrix, centers: centers, weights: weights, execution: execution)
    result.withUnsafeMutableBufferPointer { values in
        for row in 0..<width {
            for column in (row + 1)..<max(row + 1, width) {
                values[row * width + column] = values[column * width + row]
            }
        }
    }
    try OpenBLAS.requireFinite(result, "the covariance matrix")
    return result
}

/// firstᵀ × second over their rows: for few columns. The same bits on any number of threads.
package func crossProduct(_ first: Matrix, _ second: Matrix, execution: Execution = Execution()) throws -> Matrix {
    precondition(first.rowCount == second.rowCount, "as many rows")
    let rows = first.columnCount
    let columns = second.columnCount
    let m = try OpenBLAS.dimension(rows)
    let n = try OpenBLAS.dimension(columns)
    let values = try second.withUnsafeBufferPointer { right in
        let right = SharedReadBuffer(right)
        return try first.withUnsafeBufferPointer { left in
            let left = SharedReadBuffer(left)
            return try blockSums(of: second, outputs: rows * columns, execution: execution) { block, count, sums in
                guard let start = right.buffer.baseAddress, let left = left.buffer.baseAddress else { return }
                cblas_dgemm(
                    CblasRowMajor, CblasTrans, CblasNoTrans, m, n, blasint(count), 1,
                    left + (block - start) / columns * rows, m, block, n, 1, sums, n)
            }
        }
    }
    return try Matrix(rowCount: rows, columnCount: columns, values: values)
}

/// Σ weightᵢ (xᵢⱼ − cⱼ)² for each column j.
package func weightedSquares(
    of matrix: Matrix, centers: [Double], weights: [Double], execution: Execution = Execution()
) throws -> [Double] {
    precondition(weights.count == matrix.rowCount && centers.count == matrix.columnCount, "one weight a row")
    let width = matrix.columnCount
    return try matrix.withUnsafeBufferPointer { source in
        let start = SharedReadBuffer(source)
        return try blockSums(of: matrix, outputs: width, execution: execution) { rows, count, sums in
            let first = start.buffer.baseAddress.map { (rows - $0) / max(1, width) } ?? 0
            weights.withUnsafeBufferPointer { weights in
                guard let weights = weights.baseAddress else { return }
                outlier_add_weighted_squares(rows, count, width, centers, weights + first, 1, sums)
            }
        }
    }
}

/// The covariance matrix and the means of the columns.
package struct Covariance: Sendable {
    package let means: [Double]
    package let matrix: Matrix

    /// - Parameters:
    ///   - weights: as how many equal rows each row counts; `nil` for 1.
    ///   - lostDegrees: what is subtracted from the number of rows to divide by: 1 for the unbiased estimate.
    package init(
        of data: Matrix, weights: [Double]? = nil, lostDegrees: Int = 1, execution: Execution = Execution()
    ) throws {
        if let weights {
            let total = weights.reduce(0, +)
            var centers = [Double](repeating: 0, count: data.columnCount)
            for row in 0..<data.rowCount where weights[row] > 0 {
                for column in centers.indices { centers[column] += data[row, column] * (weights[row] / total) }
            }
            means = centers
            var scatter = try scatterMatrix(of: data, centers: centers, weights: weights, execution: execution)
            scatter.scale(by: 1 / (total > Double(lostDegrees) ? total - Double(lostDegrees) : total))
            matrix = scatter
            return
        }
        means = try columnMeans(of: data, execution: execution)
        var scatter = try scatterMatrix(of: data, centers: means, execution: execution)
        scatter.scale(by: 1 / Double(max(1, data.rowCount - lostDegrees)))
        matrix = scatter
    }
}

extension Matrix {
    /// Multiplies every element.
    package mutating func scale(by factor: Double) {
        withUnsafeMutableBufferPointer { values in for index in values.indices { values[index] *= factor } }
    }

    /// Divides each column by a number of its own.
    package mutating func divideColumns(by divisors: [Double]) {
        precondition(divisors.count == columnCount, "one divisor a column")
        let width = columnCount
        withUnsafeMutableBufferPointer { values in
            for start in stride(from: 0, to: values.count, by: max(1, width)) {
                for column in 0..<width { values[start + column] /= divisors[column] }
            }
        }
    }

    /// Multiplies each row by a number of its own.
    package mutating func scaleRows(by factors: [Double]) {
        precondition(factors.count == rowCount, "one factor a row")
        let width = columnCount
        withUnsafeMutableBufferPointer { values in
            for (row, factor) in factors.enumerated() {
                for column in 0..<width { values[row * width + column] *= factor }
            }
        }
    }

    /// The elements (i, i).
    package var diagonal: [Double] { (0..<min(rowCount, columnCount)).map { self[$0, $0] } }

    /// Adds `value` to every element (i, i).
    package mutating func addToDiagonal(_ value: Double) {
        for index in 0..<min(rowCount, columnCount) { self[index, index] += value }
    }
}

/// Rows that are centered at once.
private let chunk = 1_024

private func narrowScatter(
    of matrix: Matrix, centers: [Double]?, weights: [Double]?, execution: Execution
) throws -> Matrix {
    let width = matrix.columnCount
    let order = try OpenBLAS.dimension(width)
    let values = try matrix.withUnsafeBufferPointer { source in
        let start = SharedReadBuffer(source)
        return try blockSums(of: matrix, outputs: width * width, execution: execution) { rows, count, sums in
            let first = start.buffer.baseAddress.map { (rows - $0) / max(1, width) } ?? 0
            withUnsafeTemporaryAllocation(of: Double.self, capacity: min(chunk, count) * width) { scratch in
                guard let scratch = scratch.baseAddress else { return }
                for position in stride(from: 0, to: count, by: chunk) {
                    let taken = min(chunk, count - position)
                    center(
                        rows + position * width, taken, width, centers, weights, from: first + position, into: scratch)
                    cblas_dsyrk(
                        CblasRowMajor, CblasLower, CblasTrans, order, blasint(taken), 1, scratch, order, 1, sums,
                        order)
                }
            }
        }
    }
    return try Matrix(rowCount: width, columnCount: width, values: values)
}

private func wideScatter(
    of matrix: Matrix, centers: [Double]?, weights: [Double]?, execution: Execution
) throws -> Matrix {
    let width = matrix.columnCount
    let order = try OpenBLAS.dimension(width)
    let tile = 128
    let tiles = (width + tile - 1) / tile
    var result = [Double](repeating: 0, count: width * width)
    var scratch = [Double](repeating: 0, count: min(chunk, matrix.rowCount) * width)
    try matrix.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress else { return }
        try scratch.withUnsafeMutableBufferPointer { scratch in
            let scratch = SharedBuffer(scratch)
            try result.withUnsafeMutableBufferPointer { result in
                let result = SharedBuffer(result)
                for position in stride(from: 0, to: matrix.rowCount, by: chunk) {
                    let taken = min(chunk, matrix.rowCount - position)
                    if let target = scratch.buffer.baseAddress {
                        center(source + position * width, taken, width, centers, weights, from: position, into: target)
                    }
                    // The lower triangle, a band of rows at a time; the longest bands first.
                    try execution.forEach(tiles) { number in
                        guard let a = scratch.buffer.baseAddress, let c = result.buffer.baseAddress else { return }
                        let first = (tiles - 1 - number) * tile
                        let rows = min(tile, width - first)
                        cblas_dgemm(
                            CblasRowMajor, CblasTrans, CblasNoTrans, blasint(rows), blasint(first + rows),
                            blasint(taken), 1, a + first, order, a, order, 1, c + first * width, order)
                    }
                }
            }
        }
    }
    return try Matrix(rowCount: width, columnCount: width, values: result)
}

/// Rows less their centers, times the roots of their weights.
func center(
    _ rows: UnsafePointer<Double>, _ count: Int, _ width: Int, _ centers: [Double]?, _ weights: [Double]?,
    from first: Int, into scratch: UnsafeMutablePointer<Double>
) {
    func call(_ weights: UnsafePointer<Double>?) {
        if let centers {
            outlier_center_rows(rows, count, width, centers, weights, scratch)
        } else {
            outlier_center_rows(rows, count, width, nil, weights, scratch)
        }
    }
    if let weights {
        weights.withUnsafeBufferPointer { call($0.baseAddress.map { $0 + first }) }
    } else {
        call(nil)
    }
}
