internal import LinearAlgebra
public import OutlierCore

/// The squared Mahalanobis distance of a row from the mean, in units of the covariance of the table (Mahalanobis, “On
/// the generalised distance in statistics”, 1936).
///
/// score = (x − m)ᵀ C⁻¹ (x − m), with the mean m and the unbiased covariance C of the training rows; at least 0, of
/// mean about d over the training rows. Anomalies among the training rows stretch m and C towards themselves:
/// ``MinimumCovarianceDeterminant`` does not let them.
///
/// Where C is singular its pseudo-inverse is used: a direction without variance (an eigenvalue of at most
/// 10 · d · 2⁻⁵² of the largest) adds nothing. A row of weight 2 counts as two equal rows. Training: O(n d² + d³); scoring: O(d²) a row.
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
        return FittedMahalanobisDistance(
            location: covariance.means,
            transform: try GaussianShape(covariance: covariance.matrix, location: covariance.means).transform)
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
    private let kernel: PackedColumns

    public var featureCount: Int { location.count }

    init(location: [Double], transform: Matrix) {
        self.location = location
        self.transform = transform
        kernel = PackedColumns(transform)
    }

    /// The (pseudo-)inverse of the covariance matrix.
    public func precision() throws -> Matrix { try product(transform, transform, transposingSecond: true) }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        try kernel.weightedSquares(data.matrix, centers: location, execution: execution)
    }

    public func contributions(of data: Dataset, execution: Execution) throws -> Matrix {
        let projected = try PackedColumns(precision()).project(data.matrix, centers: location, execution: execution)
        var result = projected
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
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let location = try archive.doubles("location")
        self.init(location: location, transform: try archive.matrix("transform", rows: location.count))
    }
}
