internal import COpenBLAS
package import OutlierCore

/// Eigenvalues, the largest first, and eigenvectors of a symmetric matrix.
///
/// The element of a vector that is largest in magnitude is positive, so that a vector's sign is not left to chance.
package struct SymmetricEigen: Sendable {
    package let values: [Double]
    /// A row a vector, in the order of `values`.
    package let vectors: Matrix

    /// - Parameters:
    ///   - matrix: square; only its lower triangle is read.
    ///   - largest: how many of the largest eigenvalues; `nil` for all.
    /// - Throws: ``OutlierError/Code/numericalFailure`` where an element is not finite or the iteration does not end.
    /// - Complexity: O(n³).
    package init(of matrix: Matrix, largest: Int? = nil) throws {
        let size = matrix.rowCount
        guard size == matrix.columnCount else {
            throw OutlierError(.shapeMismatch, "an eigendecomposition needs a square matrix")
        }
        try OpenBLAS.requireFinite(matrix, "the matrix")
        let count = min(size, max(0, largest ?? size))
        guard count > 0 else {
            values = []
            vectors = Matrix(rowCount: 0, columnCount: size)
            return
        }
        let (ascending, columns) =
            count * 2 > size
            ? try SymmetricEigen.all(matrix) : try SymmetricEigen.top(matrix, count: count)
        let kept = ascending.count - count
        values = Array(ascending[kept...].reversed())
        vectors = orient(rows: columns, count: ascending.count, width: size, reversedKeeping: count)
    }

    /// Divide and conquer: all values, ascending, and their vectors, one behind the other.
    private static func all(_ matrix: Matrix) throws -> (values: [Double], vectors: [Double]) {
        let size = matrix.rowCount
        let order = try OpenBLAS.dimension(size)
        var vectors = matrix.values
        var values = [Double](repeating: 0, count: size)
        var wanted = 0.0
        var wantedIntegers: blasint = 0
        // Row-major lower is column-major upper.
        var info = outlier_dsyevd(
            CChar(UInt8(ascii: "U")), order, &vectors, &values, &wanted, -1, &wantedIntegers, -1)
        try OpenBLAS.check(info, "the eigendecomposition")
        let workCount = try OpenBLAS.workspace(wanted)
        var work = [Double](repeating: 0, count: Int(workCount))
        var integers = [blasint](repeating: 0, count: Int(max(1, wantedIntegers)))
        info = outlier_dsyevd(
            CChar(UInt8(ascii: "U")), order, &vectors, &values, &work, workCount, &integers, max(1, wantedIntegers))
        try OpenBLAS.check(info, "the eigendecomposition")
        return (values, vectors)
    }

    /// Relatively robust representations: the `count` largest values, ascending, and their vectors.
    private static func top(_ matrix: Matrix, count: Int) throws -> (values: [Double], vectors: [Double]) {
        let size = matrix.rowCount
        let order = try OpenBLAS.dimension(size)
        let first = try OpenBLAS.dimension(size - count + 1)
        // `dsyevr` is asked for the column-major lower triangle: the row-major upper one, so it must be filled.
        var elements = matrix.values
        for row in 0..<size { for column in 0..<row { elements[column * size + row] = elements[row * size + column] } }
        var values = [Double](repeating: 0, count: size)
        var vectors = [Double](repeating: 0, count: size * count)
        var support = [blasint](repeating: 0, count: 2 * size)
        var wanted = 0.0
        var wantedIntegers: blasint = 0
        var info = outlier_dsyevr(
            order, &elements, first, order, &values, &vectors, &support, &wanted, -1, &wantedIntegers, -1)
        try OpenBLAS.check(info, "the eigendecomposition")
        let workCount = try OpenBLAS.workspace(wanted)
        var work = [Double](repeating: 0, count: Int(workCount))
        var integers = [blasint](repeating: 0, count: Int(max(1, wantedIntegers)))
        info = outlier_dsyevr(
            order, &elements, first, order, &values, &vectors, &support, &work, workCount, &integers,
            max(1, wantedIntegers))
        try OpenBLAS.check(info, "the eigendecomposition")
        return (Array(values[0..<count]), vectors)
    }
}

/// The last `kept` of `count` rows in reverse order, each with its largest element positive.
func orient(rows: [Double], count: Int, width: Int, reversedKeeping kept: Int) -> Matrix {
    Matrix(rowCount: kept, columnCount: width) { target in
        for row in 0..<kept {
            let source = (count - 1 - row) * width
            let sign = signOfLargest(rows, source..<source + width)
            for column in 0..<width {
                target.initializeElement(at: row * width + column, to: sign * rows[source + column])
            }
        }
    }
}

/// The sign of the element that is largest in magnitude, the first of equals.
func signOfLargest(_ values: [Double], _ range: Range<Int>) -> Double {
    var largest = 0.0
    for index in range where abs(values[index]) > abs(largest) { largest = values[index] }
    return largest < 0 ? -1 : 1
}
