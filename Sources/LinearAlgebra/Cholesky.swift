internal import COpenBLAS
package import OutlierCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The Cholesky factor L of a symmetric positive definite matrix: A = L Lᵀ.
package struct Cholesky: Sendable {
    /// L, lower triangular, zeros above.
    package let lower: Matrix

    /// - Parameter matrix: square; only its lower triangle is read.
    /// - Throws: ``OutlierError/Code/numericalFailure`` where the matrix is not positive definite.
    /// - Complexity: O(n³).
    package init(of matrix: Matrix) throws {
        let size = matrix.rowCount
        guard size == matrix.columnCount else {
            throw OutlierError(.shapeMismatch, "a Cholesky factor needs a square matrix")
        }
        var elements = matrix.values
        if size > 0 {
            // Row-major lower is column-major upper.
            let info = outlier_dpotrf(CChar(UInt8(ascii: "U")), try OpenBLAS.dimension(size), &elements)
            let diagonalIsSound = (0..<size).allSatisfy { elements[$0 * size + $0].isFinite }
            guard info == 0, diagonalIsSound else {
                throw OutlierError(.numericalFailure, "the matrix is not positive definite")
            }
        }
        for row in 0..<size { for column in (row + 1)..<max(row + 1, size) { elements[row * size + column] = 0 } }
        lower = try Matrix(rowCount: size, columnCount: size, values: elements)
    }

    /// log det A.
    package var logDeterminant: Double { lower.diagonal.reduce(0) { $0 + 2 * log($1) } }

    /// L⁻¹, lower triangular, zeros above.
    package func inverseLower() throws -> Matrix {
        let size = lower.rowCount
        var elements = lower.values
        if size > 0 {
            try OpenBLAS.check(
                outlier_dtrtri(CChar(UInt8(ascii: "U")), try OpenBLAS.dimension(size), &elements),
                "the inverse of a triangular matrix")
        }
        return try Matrix(rowCount: size, columnCount: size, values: elements)
    }

    /// A⁻¹.
    package func inverse() throws -> Matrix {
        let size = lower.rowCount
        var elements = lower.values
        if size > 0 {
            try OpenBLAS.check(
                outlier_dpotri(CChar(UInt8(ascii: "U")), try OpenBLAS.dimension(size), &elements),
                "the inverse of a positive definite matrix")
        }
        for row in 0..<size {
            for column in (row + 1)..<max(row + 1, size) {
                elements[row * size + column] = elements[column * size + row]
            }
        }
        return try Matrix(rowCount: size, columnCount: size, values: elements)
    }

    /// The solution X of A X = `right`, whose rows are as many as A's.
    package func solve(_ right: Matrix) throws -> Matrix {
        guard right.rowCount == lower.rowCount else {
            throw OutlierError(.shapeMismatch, "the right-hand side has another number of rows")
        }
        var result = right
        guard right.count > 0 else { return result }
        let size = try OpenBLAS.dimension(lower.rowCount)
        let columns = try OpenBLAS.dimension(right.columnCount)
        lower.withUnsafeBufferPointer { factor in
            result.withUnsafeMutableBufferPointer { values in
                for transposed in [CblasNoTrans, CblasTrans] {
                    cblas_dtrsm(
                        CblasRowMajor, CblasLeft, CblasLower, transposed, CblasNonUnit, size, columns, 1,
                        factor.baseAddress, size, values.baseAddress, columns)
                }
            }
        }
        return result
    }
}
