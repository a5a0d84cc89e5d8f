internal import LinearAlgebra
internal import OutlierCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A covariance matrix taken apart, so that Mahalanobis distances are lengths: ‖(x − m) T‖² = (x − m)ᵀ C⁺ (x − m).
///
/// Where the matrix is singular its pseudo-inverse C⁺ is used: directions without variance, whose eigenvalue is at most
/// 10 · d · 2⁻⁵² of the largest, add nothing to a distance.
struct GaussianShape {
    /// T, columns × rank.
    let transform: Matrix
    /// The number of directions with variance.
    let rank: Int
    /// The logarithm of the product of the eigenvalues that are not zero.
    let logDeterminant: Double

    /// - Parameters:
    ///   - covariance: symmetric.
    ///   - location: the means, which tell how large rounding errors are.
    init(covariance: Matrix, location: [Double]) throws {
        let size = covariance.rowCount
        // Constant columns are taken out first: what remains is often regular, and Cholesky's factor is far cheaper
        // than eigenvectors.
        let varying = (0..<size).filter { column in
            let noise = 10 * Double.ulpOfOne * abs(location[column])
            return covariance[column, column] > noise * noise
        }
        if varying.count < size {
            let inner = try GaussianShape(
                covariance: covariance.selectingRows(varying).selectingColumns(varying),
                location: varying.map { location[$0] })
            var outer = Matrix(rowCount: size, columnCount: inner.rank)
            for (row, column) in varying.enumerated() {
                for index in 0..<inner.rank { outer[column, index] = inner.transform[row, index] }
            }
            transform = outer
            rank = inner.rank
            logDeterminant = inner.logDeterminant
            return
        }
        if let cholesky = try? Cholesky(of: covariance), GaussianShape.isRegular(cholesky, covariance) {
            transform = try cholesky.inverseLower().transposed()
            rank = size
            logDeterminant = cholesky.logDeterminant
            return
        }
        let eigen = try SymmetricEigen(of: covariance)
        let noise = 10 * Double(size) * Double.ulpOfOne * (eigen.values.first ?? 0)
        let kept = eigen.values.prefix { $0 > noise && $0 > 0 }.count
        var axes = eigen.vectors.rows(0..<kept)
        axes.scaleRows(by: eigen.values.prefix(kept).map { 1 / $0.squareRoot() })
        transform = axes.transposed()
        rank = kept
        logDeterminant = eigen.values.prefix(kept).reduce(0) { $0 + log($1) }
    }

    /// Whether each column keeps more variance, given those before it, than rounding would leave.
    private static func isRegular(_ cholesky: Cholesky, _ covariance: Matrix) -> Bool {
        let noise = 100 * Double(covariance.rowCount) * Double.ulpOfOne
        return zip(cholesky.lower.diagonal, covariance.diagonal).allSatisfy { $0 * $0 > noise * $1 }
    }

    /// `transform`, and beside it the directions that have no variance by this shape, in units of their variance by
    /// another covariance matrix.
    func completed(_ transform: Matrix, by covariance: Matrix) throws -> Matrix {
        let size = covariance.rowCount
        // The columns of the transform span the directions with variance.
        let spanned = rank > 0 ? try SymmetricEigen(of: product(transform, transform, transposingSecond: true)) : nil
        var axes = Matrix(rowCount: size - rank, columnCount: size)
        if let spanned {
            axes = spanned.vectors.rows(rank..<size)
        } else {
            axes.addToDiagonal(1)
        }
        let inner = try product(product(axes, covariance), axes, transposingSecond: true)
        let eigen = try SymmetricEigen(of: inner)
        let kept = eigen.values.prefix { $0 > 0 && $0 > 10 * Double(size) * Double.ulpOfOne * eigen.values[0] }.count
        var added = try product(eigen.vectors.rows(0..<kept), axes)
        added.scaleRows(by: eigen.values.prefix(kept).map { 1 / $0.squareRoot() })
        var result = Matrix(rowCount: size, columnCount: transform.columnCount + kept)
        for row in 0..<size {
            for column in 0..<transform.columnCount { result[row, column] = transform[row, column] }
            for column in 0..<kept { result[row, transform.columnCount + column] = added[column, row] }
        }
        return result
    }
}
