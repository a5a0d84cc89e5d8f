internal import LinearAlgebra
public import OutlierCore
import OutlierNumerics

/// The squared Mahalanobis distance by a robust location and covariance: those of the h rows whose covariance matrix
/// has the least determinant (Rousseeuw & Van Driessen, “A fast algorithm for the minimum covariance determinant
/// estimator”, 1999), reweighted.
///
/// score = (x − m)ᵀ C⁻¹ (x − m), at least 0; over normal rows about χ² with d degrees of freedom, so that rows above
/// its 0.975 quantile are suspicious.
///
/// FastMCD: many small random starts are concentrated (each C-step takes the h rows that are nearest by the last
/// estimate), the best of them further, the best of those until nothing changes; with more than 600 rows the first
/// stage works on up to five random parts of 300 rows, the second on their union, the third on all rows. One column is
/// solved exactly. Then the covariance is made consistent at the normal distribution (Croux & Haesbroeck, 1999), rows
/// beyond the 0.975 quantile are left out, and location and covariance of the others, corrected likewise, are the
/// result.
///
/// Columns that are constant or depend on each other are no matter: rows are measured in the directions in which they vary,
/// and new rows that leave these as ``MahalanobisDistance`` has it.
///
/// Where h rows lie on a hyperplane, as where one value fills most of a column, the determinant is 0, and no step can lower
/// it: such an estimate is the best there is, that of least rank before others. Distances within the hyperplane decide
/// which rows are reweighted, as in scikit-learn's program, and a direction in which those have no variance either is
/// measured by the variance of all rows: rows off the hyperplane are told from others, and from each other.
///
/// Training: O(300 d² + d³) for each of the starts (500, fewer where columns are many), and some tens of O(n d² + d³);
/// scoring: O(d²) a row. The same seed gives
/// the same model on any number of threads. Not promised: the global minimum. Rows cannot be weighted: the estimator is that
/// of h rows, and has no part of a row.
///
/// - Throws: ``OutlierError/Code/notEnoughRows`` for a single row, ``OutlierError/Code/numericalFailure`` where more
///   than half of the rows are equal or values are too large for a covariance.
public struct MinimumCovarianceDeterminant: Detector {
    public static let name = "mcd"
    public static let aliases = ["minimum-covariance-determinant"]
    public static let summary =
        "Squared Mahalanobis distance by the robust location and covariance of the rows that lie closest together."
    public static let reference: String? =
        "P. J. Rousseeuw, K. Van Driessen: A fast algorithm for the minimum covariance determinant estimator, 1999"
    public static let parameters: [Parameter<MinimumCovarianceDeterminant>] = [
        .number(
            "support-fraction", \.supportFraction, in: .above(0, upTo: 1), null: "(rows + columns + 1) / 2 rows",
            "Share of the rows whose covariance matrix is to have the least determinant."
        )
        .searched(.linear(0.5...0.99))
    ]

    public var supportFraction: Double?

    public init() { self.init(supportFraction: nil) }

    public init(supportFraction: Double? = nil) { self.supportFraction = supportFraction }

    public func train(on data: Dataset, context: FitContext) throws -> FittedMahalanobisDistance {
        let rows = data.rowCount
        guard rows >= 2 else {
            throw OutlierError(
                .notEnoughRows, "a robust covariance needs at least 2 rows, but there is 1",
                suggestion: "Fit it on more rows.")
        }
        let whole = try Covariance(of: data.matrix, lostDegrees: 0, execution: context.execution)
        let span = try ColumnSpan(covariance: whole.matrix, location: whole.means)
        // Within the directions that there are, so that no subset lacks one that all rows lack.
        let matrix =
            try span.map {
                try PackedColumns($0.projection).project(
                    data.matrix, centers: whole.means, execution: context.execution)
            } ?? data.matrix
        let columns = matrix.columnCount
        let support: Int
        if let supportFraction {
            support = min(rows, max(1, Shares.floor(supportFraction, of: rows)))
        } else {
            support = min(rows, (rows + columns + 2) / 2)
        }
        let raw =
            columns == 0 ? nil : try FastMCD(matrix: matrix, support: support, context: context).estimate()
        guard raw.map({ $0.shape.rank > 0 }) ?? false || support == rows else {
            throw OutlierError(
                .numericalFailure, "\(support) of the \(rows) rows are equal, so that their covariance is 0",
                suggestion: "Raise “support-fraction”, or leave duplicates out.")
        }
        guard let span else {
            let (location, transform) = try reweighted(
                raw ?? FastMCD.Estimate(all: matrix, whole), matrix, support: support, whole, context)
            return FittedMahalanobisDistance(location: location, transform: transform)
        }
        let projection = span.projection
        var (location, transform) = (whole.means, projection)
        if let raw {
            let inner = try Covariance(of: matrix, lostDegrees: 0, execution: context.execution)
            let found = try reweighted(raw, matrix, support: support, inner, context)
            transform = try product(projection, found.transform)
            // Back from places along the axes.
            for column in location.indices {
                for axis in 0..<columns {
                    location[column] += span.scales[column] * span.axes[axis, column] * found.location[axis]
                }
            }
        }
        return FittedMahalanobisDistance(
            location: location, transform: transform,
            residual: try SpanResidual(
                span, rows: data.matrix, location: location, execution: context.execution))
    }

    private func reweighted(
        _ raw: FastMCD.Estimate, _ matrix: Matrix, support: Int, _ whole: Covariance, _ context: FitContext
    ) throws -> (location: [Double], transform: Matrix) {
        let dimensions = max(1, raw.shape.rank)
        let kept = Double(support) / Double(matrix.rowCount)
        let factor = ChiSquared.consistencyFactor(dimensions: dimensions, kept: kept)
        let distances = try PackedColumns(raw.shape.transform).weightedSquares(
            matrix, centers: raw.location, execution: context.execution)
        let bound = ChiSquared(degrees: dimensions).quantile(0.975) * factor
        let near = distances.indices.filter { distances[$0] < bound }
        // The rows of the estimate itself are near by any measure, but rounding may see too few in tiny tables.
        let chosen = near.count < 2 ? raw.support : near
        let final = try Covariance(
            of: matrix.selectingRows(chosen), lostDegrees: 0, execution: context.execution)
        let correction = ChiSquared.consistencyFactor(dimensions: dimensions, kept: 0.975)
        let shape = try GaussianShape(covariance: final.matrix, location: final.means)
        var transform = shape.transform
        transform.scale(by: 1 / correction.squareRoot())
        if shape.rank < matrix.columnCount { transform = try shape.completed(transform, by: whole.matrix) }
        context.report(1, stage: "reweighting")
        return (final.means, transform)
    }
}
