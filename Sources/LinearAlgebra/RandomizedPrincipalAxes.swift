internal import CKernels
internal import COpenBLAS
package import OutlierCore

/// The leading right singular vectors of a centered matrix, by randomized subspace iteration (Halko, Martinsson &
/// Tropp, “Finding structure with randomness”, 2011, algorithms 4.4 and 5.1, applied to XᵀX in passes over the rows).
///
/// The same seed gives the same bits on any number of threads. The element of an axis that is largest in magnitude is
/// positive.
package struct RandomizedPrincipalAxes: Sendable {
    /// Squared singular values of the centered matrix, the largest first.
    package let squaredValues: [Double]
    /// A row an axis.
    package let axes: Matrix

    /// - Parameters:
    ///   - matrix: rows × columns; never copied as a whole.
    ///   - centers: subtracted from every row.
    ///   - scales: what the differences are divided by, one number a column; `nil` for 1.
    ///   - weights: as how many equal rows each row counts; `nil` for 1.
    ///   - count: how many axes.
    ///   - oversampling: how many more directions are followed than asked for.
    ///   - iterations: passes of the subspace iteration; each sharpens the gap between followed and lost directions.
    /// - Complexity: O(iterations · n · d · count); memory O(blocks · d · count), at most 64 blocks.
    package init(
        of matrix: Matrix, centers: [Double], scales: [Double]? = nil, weights: [Double]? = nil, count: Int,
        oversampling: Int = 10, iterations: Int = 4, random: RandomSource, execution: Execution = Execution()
    ) throws {
        let width = matrix.columnCount
        let followed = min(width, count + oversampling)
        var random = random
        var basis = Matrix(rowCount: followed, columnCount: width)
        basis.withUnsafeMutableBufferPointer { values in
            for index in values.indices { values[index] = random.normal() }
        }
        basis = try orthonormalized(rows: basis)
        for _ in 0..<iterations {
            try execution.checkCancellation()
            let image = try applyScatter(
                of: matrix, centers: centers, scales: scales, weights: weights, to: basis, execution: execution)
            basis = try orthonormalized(rows: image)
        }
        // Rayleigh–Ritz: the best axes within the subspace.
        let image = try applyScatter(
            of: matrix, centers: centers, scales: scales, weights: weights, to: basis, execution: execution)
        let small = try SymmetricEigen(of: product(basis, image, transposingSecond: true, execution: execution))
        let kept = min(count, followed)
        squaredValues = small.values.prefix(kept).map { max(0, $0) }
        let rotated = try product(small.vectors.rows(0..<kept), basis, execution: execution).values
        let flipped = (0..<kept).reversed().flatMap { rotated[$0 * width..<($0 + 1) * width] }
        axes = orient(rows: flipped, count: kept, width: width, reversedKeeping: kept)
    }
}

/// The rows made orthonormal (Householder's QR of the transpose). Dependent rows become arbitrary orthonormal ones.
package func orthonormalized(rows matrix: Matrix) throws -> Matrix {
    guard matrix.count > 0 else { return matrix }
    precondition(matrix.rowCount <= matrix.columnCount, "more rows than dimensions cannot be orthonormal")
    try OpenBLAS.requireFinite(matrix, "the matrix")
    // Rows are the columns of a column-major matrix.
    let m = try OpenBLAS.dimension(matrix.columnCount)
    let n = try OpenBLAS.dimension(matrix.rowCount)
    var elements = matrix.values
    var factors = [Double](repeating: 0, count: matrix.rowCount)
    var wanted = 0.0
    try OpenBLAS.check(outlier_dgeqrf(m, n, &elements, &factors, &wanted, -1), "the QR decomposition")
    var wantedBack = 0.0
    try OpenBLAS.check(outlier_dorgqr(m, n, &elements, factors, &wantedBack, -1), "the QR decomposition")
    let workCount = try OpenBLAS.workspace(max(wanted, wantedBack))
    var work = [Double](repeating: 0, count: Int(workCount))
    try OpenBLAS.check(outlier_dgeqrf(m, n, &elements, &factors, &work, workCount), "the QR decomposition")
    try OpenBLAS.check(outlier_dorgqr(m, n, &elements, factors, &work, workCount), "the QR decomposition")
    return try Matrix(rowCount: matrix.rowCount, columnCount: matrix.columnCount, values: elements)
}

/// basis × Xcᵀ Xc, where Xc is the centered and scaled matrix, in one pass over its rows.
private func applyScatter(
    of matrix: Matrix, centers: [Double], scales: [Double]?, weights: [Double]?, to basis: Matrix,
    execution: Execution
) throws -> Matrix {
    // Dividing the basis and the result by the scales spares dividing the rows.
    guard let scales else {
        return try applyScatter(of: matrix, centers: centers, weights: weights, to: basis, execution: execution)
    }
    var scaled = basis
    scaled.divideColumns(by: scales)
    var image = try applyScatter(of: matrix, centers: centers, weights: weights, to: scaled, execution: execution)
    image.divideColumns(by: scales)
    return image
}

private func applyScatter(
    of matrix: Matrix, centers: [Double], weights: [Double]?, to basis: Matrix, execution: Execution
) throws -> Matrix {
    let width = matrix.columnCount
    let followed = basis.rowCount
    let d = try OpenBLAS.dimension(width)
    let l = try OpenBLAS.dimension(followed)
    let chunk = 512
    let values = try matrix.withUnsafeBufferPointer { source in
        let start = SharedReadBuffer(source)
        return try basis.withUnsafeBufferPointer { basis in
            let basis = SharedReadBuffer(basis)
            return try blockSums(of: matrix, outputs: followed * width, execution: execution) { rows, count, sums in
                withUnsafeTemporaryAllocation(of: Double.self, capacity: chunk * (width + followed)) { scratch in
                    guard let centered = scratch.baseAddress, let basis = basis.buffer.baseAddress else { return }
                    let projected = centered + chunk * width
                    let first = start.buffer.baseAddress.map { (rows - $0) / max(1, width) } ?? 0
                    for position in stride(from: 0, to: count, by: chunk) {
                        let taken = min(chunk, count - position)
                        center(
                            rows + position * width, taken, width, centers, weights, from: first + position,
                            into: centered)
                        cblas_dgemm(
                            CblasRowMajor, CblasNoTrans, CblasTrans, blasint(taken), l, d, 1, centered, d, basis, d, 0,
                            projected, l)
                        cblas_dgemm(
                            CblasRowMajor, CblasTrans, CblasNoTrans, l, d, blasint(taken), 1, projected, l, centered, d,
                            1,
                            sums, d)
                    }
                }
            }
        }
    }
    return try Matrix(rowCount: followed, columnCount: width, values: values)
}
