internal import Distances
public import OutlierCore

/// How far a row is from the nearest large cluster.
///
/// Rows are clustered by k-means. The clusters in descending order of their sizes s₁ ≥ s₂ ≥ … are split into large and
/// small ones after the first b for which s₁ + … + s_b is at least `alpha` of all rows or s_b / s_{b+1} is at least `beta`.
/// With `boundary: both` it is the first b that meets both, where none does the first that meets `alpha`, or else `beta`, as
/// PyOD has it. A row of a large cluster scores its distance to the cluster's centre, a row of a small
/// one its distance to the nearest centre of a large one; with `use-weights`, as the paper has it, times the number of rows
/// in its cluster. The higher, the more anomalous. A new row belongs to the cluster whose centre is nearest.
///
/// For n rows of d columns and c clusters: O(n c d) steps a round, at most 300 rounds a start; memory O(n (d + log c)).
///
/// Z. He, X. Xu, S. Deng: Discovering cluster-based local outliers (2003).
///
/// - Throws: `OutlierError` with the code `notEnoughRows` where there are fewer rows than clusters.
public struct ClusterBasedLocalOutlierFactor: Detector {
    public static let name = "cblof"
    public static let aliases = ["cluster-based-local-outlier-factor"]
    public static let summary = "How far a row is from the nearest large cluster."
    public static let reference: String? = "He, Xu, Deng: Discovering cluster-based local outliers, 2003"

    public var clusters: Int
    /// Which part of all rows the large clusters hold at least.
    public var alpha: Double
    /// How many times larger the last large cluster is than the first small one.
    public var beta: Double
    /// Where the large clusters end and the small ones begin.
    public var boundary: Boundary
    /// Whether a score is multiplied by the size of the row's cluster.
    public var useWeights: Bool
    /// How often k-means begins anew.
    public var starts: Int

    public enum Boundary: String, CaseIterable, Sendable {
        /// After the first cluster that meets `alpha` or `beta`: the paper's.
        case either
        /// After the first cluster that meets both, if there is one: PyOD's.
        case both
    }

    public init(
        clusters: Int = 8, alpha: Double = 0.9, beta: Double = 5, boundary: Boundary = .either,
        useWeights: Bool = false, starts: Int = 1
    ) {
        self.clusters = clusters
        self.alpha = alpha
        self.beta = beta
        self.boundary = boundary
        self.useWeights = useWeights
        self.starts = starts
    }

    public init() { self.init(clusters: 8) }

    public static var parameters: [Parameter<ClusterBasedLocalOutlierFactor>] {
        [
            .integer("clusters", \.clusters, in: .between(2, 100_000), "How many clusters to look for."),
            .number(
                "alpha", \.alpha, in: .strictlyBetween(0, 1), "Which part of all rows the large clusters hold at least."
            ),
            .number(
                "beta", \.beta, in: .above(1), "How many times larger the last large cluster is than the next one."),
            .choice(
                "boundary", \.boundary,
                "Which of alpha and beta the last large cluster meets: either, as in the paper, or both, as in PyOD."),
            .boolean("use-weights", \.useWeights, "Whether a score is multiplied by the size of the row's cluster."),
            .integer("starts", \.starts, in: .between(1, 1_000), "How often k-means begins anew; the best counts."),
        ]
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedClusterBasedLocalOutlierFactor {
        guard data.rowCount >= clusters else {
            throw OutlierError(
                .notEnoughRows, "at least \(clusters) rows are needed, but there are \(data.rowCount)",
                suggestion: "Lower the parameter “clusters”.")
        }
        try context.checkCancellation()
        let scale = try SafeScale.factor(for: data.matrix)
        let points = SafeScale.multiply(data.matrix, by: scale)
        let means = try KMeans(points, clusters: clusters, starts: starts, context: context)
        var sizes = [Int](repeating: 0, count: clusters)
        for label in means.labels { sizes[Int(label)] += 1 }
        // Clusters without rows are none; the others from the largest to the smallest.
        let order = sizes.indices.filter { sizes[$0] > 0 }.sorted { (sizes[$0], $1) > (sizes[$1], $0) }
        let ordered = order.map { sizes[$0] }
        return FittedClusterBasedLocalOutlierFactor(
            centers: means.centers.selectingRows(order), scale: scale, sizes: ordered,
            largeCount: largeCount(of: ordered, rowCount: data.rowCount), useWeights: useWeights)
    }

    /// How many of the clusters are large.
    private func largeCount(of sizes: [Int], rowCount: Int) -> Int {
        var byAlpha: Int?
        var byBeta: Int?
        var sum = 0
        for count in 1..<max(1, sizes.count) {
            sum += sizes[count - 1]
            let meetsAlpha = Double(sum) >= Double(rowCount) * alpha
            let meetsBeta = Double(sizes[count - 1]) / Double(sizes[count]) >= beta
            if meetsAlpha && meetsBeta { return count }
            if boundary == .either && (meetsAlpha || meetsBeta) { return count }
            if meetsAlpha { byAlpha = byAlpha ?? count }
            if meetsBeta { byBeta = byBeta ?? count }
        }
        // All clusters together meet alpha: where none is small, all are large.
        return byAlpha ?? byBeta ?? sizes.count
    }
}

/// What ``ClusterBasedLocalOutlierFactor`` learns: the clusters, from the largest to the smallest.
public struct FittedClusterBasedLocalOutlierFactor: FittedDetector {
    /// Multiplied by `scale`.
    let centers: Matrix
    let scale: Double
    let sizes: [Int]
    /// How many of the clusters are large.
    let largeCount: Int
    let useWeights: Bool

    init(centers: Matrix, scale: Double, sizes: [Int], largeCount: Int, useWeights: Bool) {
        self.centers = centers
        self.scale = scale
        self.sizes = sizes
        self.largeCount = largeCount
        self.useWeights = useWeights
    }

    public var featureCount: Int { centers.columnCount }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        var scores = [Double](repeating: 0, count: data.rowCount)
        let points = SafeScale.multiply(data.matrix, by: scale)
        let count = centers.rowCount
        try scores.withUnsafeMutableBufferPointer { scores in
            let scores = SharedBuffer(scores)
            try Centers(centers).withDistances(of: points, blockSize: 1024, execution: execution) { rows, distance in
                for row in rows {
                    var label = 0
                    // The clusters are ordered by size, so the nearest of the first ones is the nearest large one.
                    var nearest = distance(row, 0)
                    var nearestLarge = nearest
                    for cluster in 1..<max(1, count) {
                        let other = distance(row, cluster)
                        if other < nearest {
                            nearest = other
                            label = cluster
                            if cluster < largeCount { nearestLarge = other }
                        }
                    }
                    let square = label < largeCount ? nearest : nearestLarge
                    scores.buffer[row] = square.squareRoot() / scale * (useWeights ? Double(sizes[label]) : 1)
                }
            }
        }
        return scores
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(centers, as: "centers")
        archive.store([scale], as: "scale")
        archive.store(sizes, as: "sizes")
        archive.store(largeCount, as: "large-count")
        archive.store(.boolean(useWeights), as: "use-weights")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let centers = try archive.matrix("centers")
        guard centers.rowCount > 0, centers.columnCount > 0,
            centers.withUnsafeBufferPointer({ $0.allSatisfy(\.isFinite) })
        else {
            throw OutlierError(.invalidModel, "the model's centres are missing, or not finite")
        }
        guard let useWeights = try archive.value("use-weights").bool else {
            throw OutlierError(.invalidModel, "“use-weights” is neither true nor false")
        }
        self.init(
            centers: centers, scale: try archive.scale(),
            sizes: try archive.integers("sizes", count: centers.rowCount, in: 1...Int.max),
            largeCount: try archive.integer("large-count", in: 1...centers.rowCount), useWeights: useWeights)
    }
}
