internal import COpenBLAS
package import OutlierCore

/// first × second, each transposed before where asked.
///
/// Rows of the result are computed in parallel, in blocks that do not depend on the number of threads.
/// - Throws: ``OutlierError/Code/shapeMismatch`` where the inner dimensions differ, `CancellationError`.
package func product(
    _ first: Matrix, _ second: Matrix, transposingFirst: Bool = false, transposingSecond: Bool = false,
    execution: Execution = Execution()
) throws -> Matrix {
    let rows = transposingFirst ? first.columnCount : first.rowCount
    let inner = transposingFirst ? first.rowCount : first.columnCount
    let columns = transposingSecond ? second.rowCount : second.columnCount
    let secondInner = transposingSecond ? second.columnCount : second.rowCount
    guard inner == secondInner else {
        throw OutlierError(.shapeMismatch, "cannot multiply \(rows) × \(inner) by \(secondInner) × \(columns)")
    }
    guard rows > 0, columns > 0, inner > 0 else { return Matrix(rowCount: rows, columnCount: columns) }
    let k = try OpenBLAS.dimension(inner)
    let n = try OpenBLAS.dimension(columns)
    let firstStride = try OpenBLAS.dimension(first.columnCount)
    let secondStride = try OpenBLAS.dimension(second.columnCount)
    _ = try OpenBLAS.dimension(rows)
    return try first.withUnsafeBufferPointer { left in
        try second.withUnsafeBufferPointer { right in
            let left = SharedReadBuffer(left)
            let right = SharedReadBuffer(right)
            return try Matrix(rowCount: rows, columnCount: columns) { result in
                let result = SharedBuffer(result)
                try execution.forEachBlock(of: rows, size: productBlock) { block in
                    guard let a = left.buffer.baseAddress, let b = right.buffer.baseAddress,
                        let c = result.buffer.baseAddress
                    else { return }
                    cblas_dgemm(
                        CblasRowMajor, transposingFirst ? CblasTrans : CblasNoTrans,
                        transposingSecond ? CblasTrans : CblasNoTrans, blasint(block.count), n, k, 1,
                        transposingFirst ? a + block.lowerBound : a + block.lowerBound * inner, firstStride,
                        b, secondStride, 0, c + block.lowerBound * columns, n)
                }
            }
        }
    }
}

/// Rows of a result that one call of GEMM computes.
private let productBlock = 128

/// X Xᵀ: the inner products of all pairs of rows. Rows × rows: for matrices with few rows.
package func gramMatrix(_ matrix: Matrix, execution: Execution = Execution()) throws -> Matrix {
    try product(matrix, matrix, transposingSecond: true, execution: execution)
}
