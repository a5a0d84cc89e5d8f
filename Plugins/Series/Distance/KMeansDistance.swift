internal import Distances
public import OutlierCore

/// The distance of a row to the nearest of k centres of clusters: at least 0.
///
/// Over normalized windows, it is KMeansAD (Yairi, Kato & Hori, 2001): the shortcut `kmeans-windows`. Training: O(n k d) a
/// round of k-means, of at most 300; scoring O(k d) a row. Fewer rows than clusters are as many clusters.
public struct KMeansDistance: Detector {
    public static let name = "k-means"
    public static let summary = "Distance to the nearest centre of k clusters."
    public static let reference: String? =
        "T. Yairi, Y. Kato, K. Hori: Fault Detection by Mining Association Rules from House-keeping Data, 2001"
    public static let parameters: [Parameter<KMeansDistance>] = [
        .integer("clusters", \.clusters, in: .atLeast(1), "Number of clusters."),
        .integer("starts", \.starts, in: .between(1, 1_000), "How often k-means begins anew; the best counts."),
    ]

    /// At least 1.
    public var clusters: Int
    /// How often k-means begins anew, at least 1.
    public var starts: Int

    public init() { self.init(clusters: 10) }

    public init(clusters: Int, starts: Int = 1) {
        self.clusters = clusters
        self.starts = starts
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedKMeansDistance {
        let scale = try SafeScale.factor(for: data.matrix)
        let points = SafeScale.multiply(data.matrix, by: scale)
        let means = try KMeans(points, clusters: min(clusters, data.rowCount), starts: starts, context: context)
        return FittedKMeansDistance(centers: means.centers, scale: scale)
    }
}

/// The centres of ``KMeansDistance``.
public struct FittedKMeansDistance: FittedDetector {
    /// Multiplied by `scale`.
    let centers: Matrix
    let scale: Double

    public var featureCount: Int { centers.columnCount }

    init(centers: Matrix, scale: Double) {
        self.centers = centers
        self.scale = scale
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let points = SafeScale.multiply(data.matrix, by: scale)
        return try Centers(centers).nearest(to: points, execution: execution).squares
            .map { max(0, $0).squareRoot() / scale }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(centers, as: "centers")
        archive.store([scale], as: "scale")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        centers = try archive.matrix("centers")
        guard centers.rowCount > 0, centers.columnCount > 0,
            centers.withUnsafeBufferPointer({ $0.allSatisfy(\.isFinite) })
        else { throw OutlierError(.invalidModel, "the model's centres are missing, or not finite") }
        scale = try archive.doubles("scale", count: 1)[0]
        guard scale > 0, scale.isFinite else { throw OutlierError(.invalidModel, "“scale” is no positive number") }
    }
}
