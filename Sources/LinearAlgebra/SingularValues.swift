internal import COpenBLAS
package import OutlierCore

/// The thin singular value decomposition: matrix = left × diag(values) × right, for r = min(rows, columns).
///
/// The element of a row of `right` that is largest in magnitude is positive.
package struct SingularValues: Sendable {
    /// rows × r: columns are orthonormal.
    package let left: Matrix
    /// r values, the largest first.
    package let values: [Double]
    /// r × columns: rows are orthonormal.
    package let right: Matrix

    /// - Throws: ``OutlierError/Code/numericalFailure`` where an element is not finite or the iteration does not end.
    /// - Complexity: O(rows · columns · r).
    package init(of matrix: Matrix) throws {
        let rows = matrix.rowCount
        let columns = matrix.columnCount
        let rank = min(rows, columns)
        guard rank > 0 else {
            left = Matrix(rowCount: rows, columnCount: 0)
            values = []
            right = Matrix(rowCount: 0, columnCount: columns)
            return
        }
        try OpenBLAS.requireFinite(matrix, "the matrix")
        let m = try OpenBLAS.dimension(columns)
        let n = try OpenBLAS.dimension(rows)
        let r = try OpenBLAS.dimension(rank)
        // The row-major matrix is its transpose, column-major; so LAPACK's left vectors are the right ones here.
        var elements = matrix.values
        var singular = [Double](repeating: 0, count: rank)
        var u = [Double](repeating: 0, count: columns * rank)
        var vt = [Double](repeating: 0, count: rank * rows)
        var integers = [blasint](repeating: 0, count: 8 * rank)
        var wanted = 0.0
        try OpenBLAS.check(
            outlier_dgesdd(m, n, &elements, &singular, &u, &vt, r, &wanted, -1, &integers),
            "the singular value decomposition")
        let workCount = try OpenBLAS.workspace(wanted)
        var work = [Double](repeating: 0, count: Int(workCount))
        try OpenBLAS.check(
            outlier_dgesdd(m, n, &elements, &singular, &u, &vt, r, &work, workCount, &integers),
            "the singular value decomposition")
        // u: a singular vector behind the other. vt, column-major rank × rows: row-major rows × rank.
        for index in 0..<rank where signOfLargest(u, index * columns..<(index + 1) * columns) < 0 {
            for column in 0..<columns { u[index * columns + column].negate() }
            for row in 0..<rows { vt[row * rank + index].negate() }
        }
        left = try Matrix(rowCount: rows, columnCount: rank, values: vt)
        values = singular
        right = try Matrix(rowCount: rank, columnCount: columns, values: u)
    }
}
