internal import LinearAlgebra
internal import OutlierCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The directions in which the rows of a table vary, and those in which they do not: of constant columns, and of columns
/// that depend on each other, as those of a word's one-hot code do.
///
/// Columns are measured in their standard deviations, so that no unit decides which direction counts as one without
/// variance; a constant column in its own unit.
struct ColumnSpan {
    /// What a column is divided by.
    let scales: [Double]
    /// Orthonormal, a row each: the directions with variance, in units of `scales`.
    let axes: Matrix
    /// The variances along `axes`.
    let variances: [Double]
    /// Orthonormal, a row each: the directions without.
    let complement: Matrix

    /// `nil` where rows vary in every direction.
    ///
    /// - Parameters:
    ///   - covariance: of all rows, symmetric.
    ///   - location: the means, which tell how large rounding errors are.
    init?(covariance: Matrix, location: [Double]) throws {
        let size = covariance.rowCount
        let varying = (0..<size).filter { column in
            covariance[column, column].squareRoot() > 10 * Double.ulpOfOne * abs(location[column])
        }
        var scales = [Double](repeating: 1, count: size)
        for column in varying { scales[column] = covariance[column, column].squareRoot() }
        var correlation = Matrix(rowCount: varying.count, columnCount: varying.count)
        for (row, first) in varying.enumerated() {
            for (column, second) in varying.enumerated() {
                correlation[row, column] =
                    row == column ? 1 : covariance[first, second] / scales[first] / scales[second]
            }
        }
        let noise = 100 * Double(max(1, varying.count)) * Double.ulpOfOne
        if varying.count == size, let cholesky = try? Cholesky(of: correlation),
            cholesky.lower.diagonal.allSatisfy({ $0 * $0 > noise })
        {
            return nil
        }
        let eigen = try SymmetricEigen(of: correlation)
        let rank = eigen.values.prefix { $0 > noise }.count
        if rank == size { return nil }
        var axes = Matrix(rowCount: rank, columnCount: size)
        var complement = Matrix(rowCount: size - rank, columnCount: size)
        for (place, column) in varying.enumerated() {
            for axis in 0..<varying.count {
                if axis < rank {
                    axes[axis, column] = eigen.vectors[axis, place]
                } else {
                    complement[axis - rank, column] = eigen.vectors[axis, place]
                }
            }
        }
        var next = varying.count - rank
        let varies = Set(varying)
        for column in 0..<size where !varies.contains(column) {
            complement[next, column] = 1
            next += 1
        }
        self.scales = scales
        self.axes = axes
        variances = Array(eigen.values.prefix(rank))
        self.complement = complement
    }

    /// Columns × axes: what rows less their location are multiplied by to have their places along the axes.
    var projection: Matrix { Self.scaled(axes.transposed(), scales) }
    /// Columns × directions without variance, likewise.
    var complementProjection: Matrix { Self.scaled(complement.transposed(), scales) }

    private static func scaled(_ matrix: Matrix, _ scales: [Double]) -> Matrix {
        var matrix = matrix
        matrix.scaleRows(by: scales.map { 1 / $0 })
        return matrix
    }
}

/// What a row is off the space that all rows of a fit lie in: 0 for those, and for new rows the squared distance, in standard
/// deviations of the columns. Rounding, as far as it showed in the rows of the fit, does not count.
struct SpanResidual: Sendable {
    /// Columns × directions.
    let projection: Matrix
    /// The largest value that rounding gave a row of the fit.
    let noise: Double
    private let kernel: PackedColumns

    init(projection: Matrix, noise: Double) {
        self.projection = projection
        self.noise = noise
        kernel = PackedColumns(projection)
    }

    /// `nil` where rows are so few that every new one leaves the space that they span.
    init?(_ span: ColumnSpan, rows: Matrix, location: [Double], execution: Execution) throws {
        guard span.axes.rowCount < rows.rowCount - 1 else { return nil }
        let projection = span.complementProjection
        let squares = try PackedColumns(projection).weightedSquares(rows, centers: location, execution: execution)
        self.init(projection: projection, noise: 4 * (squares.max() ?? 0))
    }

    func squares(_ rows: Matrix, location: [Double], execution: Execution) throws -> [Double] {
        let squares = try kernel.weightedSquares(rows, centers: location, execution: execution)
        return squares.map { $0 > noise ? $0 : 0 }
    }
}
