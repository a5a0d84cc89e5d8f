internal import LinearAlgebra
public import OutlierCore

/// The squared Mahalanobis distance of a row from the mean, in units of the covariance of the table (Mahalanobis, “On
/// the generalised distance in statistics”, 1936).
///
/// score = (x − m)ᵀ C⁻¹ (x − m), with the mean m and the unbiased covariance C of the training rows; at least 0, of
/// mean about d over the training rows. Anomalies among the training rows stretch m and C towards themselves:
/// ``MinimumCovarianceDeterminant`` does not let them.
///
/// Where C is singular, because columns are constant or depend on each other, rows are measured in the directions in which
/// those of the fit vary (the columns' correlation matrix has eigenvalues above 100 · d · 2⁻⁵² there). A new row that
/// leaves that space, with another value in a constant column or a word that the fit did not know, is further away by
/// its squared distance from it in standard deviations of the columns, a constant column measuring in its own unit. A row of weight 2 counts as two equal rows. Training: O(n d² + d³); scoring: O(d²) a row.
///
/// - Throws: ``OutlierError/Code/numericalFailure`` where values are too large for a covariance.
public struct MahalanobisDistance: Detector, WeightLearning {
    public static let name = "mahalanobis"
    public static let summary = "Squared distance from the mean, in units of the covariance of the columns."
    public static let reference: String? = "P. C. Mahalanobis: On the generalised distance in statistics, 1936"

    public init() {}

    public func train(on data: Dataset, context: FitContext) throws -> FittedMahalanobisDistance {
        let data = data.rowsThatCount
        let covariance = try Covariance(of: data.matrix, weights: data.weights, execution: context.execution)
        try context.checkCancellation()
        guard let span = try ColumnSpan(covariance: covariance.matrix, location: covariance.means) else {
            return FittedMahalanobisDistance(
                location: covariance.means,
                transform: try GaussianShape(covariance: covariance.matrix, location: covariance.means).transform)
        }
        var transform = span.projection
        transform.divideColumns(by: span.variances.map { $0.squareRoot() })
        return FittedMahalanobisDistance(
            location: covariance.means, transform: transform,
            residual: try SpanResidual(
                span, rows: data.matrix, location: covariance.means, execution: context.execution))
    }
}

/// A location and a covariance that rows are measured by.
///
/// ``contributions(of:execution:)`` of the features add up to the score; a term may be negative where columns are
/// correlated.
public struct FittedMahalanobisDistance: Explainable {
    /// Where the bulk of the training rows lies.
    public let location: [Double]
    /// T, columns × rank, with T Tᵀ the (pseudo-)inverse of the covariance matrix.
    let transform: Matrix
    /// What leaves the space that the rows of the fit lie in; `nil` where they vary in every direction.
    let residual: SpanResidual?
    private let kernel: PackedColumns

    public var featureCount: Int { location.count }

    init(location: [Double], transform: Matrix, residual: SpanResidual? = nil) {
        self.location = location
        self.transform = transform
        self.residual = residual
        kernel = PackedColumns(transform)
    }

    /// The (pseudo-)inverse of the covariance matrix.
    public func precision() throws -> Matrix { try product(transform, transform, transposingSecond: true) }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        var scores = try kernel.weightedSquares(data.matrix, centers: location, execution: execution)
        if let residual {
            let squares = try residual.squares(data.matrix, location: location, execution: execution)
            for row in scores.indices { scores[row] += squares[row] }
        }
        return scores
    }

    public func contributions(of data: Dataset, execution: Execution) throws -> Matrix {
        var result = try terms(of: data, precision: precision(), execution)
        guard let residual else { return result }
        let squares = try residual.squares(data.matrix, location: location, execution: execution)
        let leaving = squares.indices.filter { squares[$0] > 0 }
        guard !leaving.isEmpty else { return result }
        let added = try terms(
            of: data.selectingRows(leaving),
            precision: product(residual.projection, residual.projection, transposingSecond: true), execution)
        for (place, row) in leaving.enumerated() {
            for column in 0..<featureCount { result[row, column] += added[place, column] }
        }
        return result
    }

    /// (x − m) · precision, times (x − m): terms of the columns.
    private func terms(of data: Dataset, precision: Matrix, _ execution: Execution) throws -> Matrix {
        var result = try PackedColumns(precision).project(data.matrix, centers: location, execution: execution)
        let width = featureCount
        data.matrix.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { values in
                for index in values.indices { values[index] *= source[index] - location[index % width] }
            }
        }
        return result
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(location, as: "location")
        archive.store(transform, as: "transform")
        if let residual {
            archive.store(residual.projection, as: "residual")
            archive.store([residual.noise], as: "residual-noise")
        }
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let location = try archive.doubles("location")
        let residual =
            archive.hasTensor("residual")
            ? SpanResidual(
                projection: try archive.matrix("residual", rows: location.count),
                noise: try archive.doubles("residual-noise", count: 1)[0]) : nil
        self.init(
            location: location, transform: try archive.matrix("transform", rows: location.count), residual: residual)
    }
}
