package import OutlierCore

/// Clusters by Lloyd's algorithm (S. Lloyd: Least squares quantization in PCM, 1982), begun by greedy k-means++
/// (D. Arthur, S. Vassilvitskii: k-means++: the advantages of careful seeding, 2007), with scikit-learn's defaults:
/// at most 300 rounds, over when no label changes or when the centres move by no more than 10⁻⁴ of the mean variance.
///
/// A cluster that loses all its rows gets the row that is farthest from its own centre. Of several starts the one with
/// the least inertia counts. The same seed gives the same clusters on any number of threads.
package struct KMeans: Sendable {
    /// One row a cluster.
    package private(set) var centers: Matrix
    /// For each row its cluster.
    package private(set) var labels: [Int32]
    /// The sum of the squared distances of all rows to their centres.
    package private(set) var inertia: Double

    private static let maximumRounds = 300
    private static let blockSize = 2048

    /// - Parameters:
    ///   - points: at least as many rows as `clusters`.
    ///   - starts: how often to begin anew.
    /// - Throws: ``OutlierError/Code/numericalFailure`` where the squares of the values are too large for a number,
    ///   `CancellationError`.
    package init(_ points: Matrix, clusters: Int, starts: Int, context: FitContext) throws {
        let variance = KMeans.meanVariance(points)
        guard (variance * Double(points.count)).isFinite else {
            throw OutlierError(
                .numericalFailure, "the squares of the values are too large for a number",
                suggestion: "Put the preprocessor “robust-scaler” before the detector.")
        }
        let tolerance = 1e-4 * variance
        var best: KMeans?
        for start in 0..<starts {
            var random = context.random(stream: start)
            let seeds = try KMeans.seeds(points, clusters: clusters, random: &random, context: context)
            let run = try KMeans(points, seeds: seeds, tolerance: tolerance, context: context) { part in
                context.report((Double(start) + part) / Double(starts), stage: "finding clusters")
            }
            if run.inertia < best?.inertia ?? .infinity || best == nil { best = run }
        }
        guard let best else { throw OutlierError(.invalidParameter, "there must be at least one start") }
        self = best
    }

    // MARK: Lloyd's rounds

    private init(
        _ points: Matrix, seeds: Matrix, tolerance: Double, context: FitContext, progress: (Double) -> Void
    ) throws {
        let execution = context.execution
        centers = seeds
        var assignment = CenterAssignment(rowCount: points.rowCount)
        var sums: ClusterSums?
        for round in 0..<KMeans.maximumRounds {
            try context.checkCancellation()
            let former = assignment.labels
            try assignment.update(points, centers: centers, execution: execution)
            let labels = assignment.labels
            if round > 0, labels == former { break }
            var next = try sums ?? ClusterSums(points, labels, clusters: seeds.rowCount, execution: execution)
            if round > 0 { try next.move(points, from: former, to: labels, execution: execution) }
            sums = next
            let moved = try next.means(points, labels, old: centers, execution: execution)
            var shift = 0.0
            for (old, new) in zip(centers.values, moved.values) { shift += (old - new) * (old - new) }
            centers = moved
            progress(Double(round) / Double(KMeans.maximumRounds))
            if shift <= tolerance { break }
        }
        let (last, squares) = try Centers(centers).nearest(to: points, execution: execution)
        labels = last
        inertia = squares.reduce(0, +)
    }

    private static func meanVariance(_ points: Matrix) -> Double {
        let width = points.columnCount
        var means = [Double](repeating: 0, count: width)
        var sum = 0.0
        points.withUnsafeBufferPointer { values in
            for row in 0..<points.rowCount {
                for column in 0..<width { means[column] += values[row * width + column] }
            }
            for column in 0..<width { means[column] /= Double(points.rowCount) }
            for row in 0..<points.rowCount {
                for column in 0..<width {
                    let deviation = values[row * width + column] - means[column]
                    sum += deviation * deviation
                }
            }
        }
        return sum / Double(points.count)
    }

    // MARK: Seeds

    /// Draws each seed from several rows, each as likely as its squared distance to the nearest seed, and takes the
    /// one that leaves the least sum of these.
    private static func seeds(
        _ points: Matrix, clusters: Int, random: inout RandomSource, context: FitContext
    ) throws -> Matrix {
        let rowCount = points.rowCount
        // A whole number of trials, as scikit-learn has it.
        var trials = 2
        while (1 << (trials - 1)) <= clusters { trials += 1 }
        var chosen = [random.index(below: rowCount)]
        var nearest = try Centers(points.selectingRows(chosen)).nearest(to: points, execution: context.execution)
            .squares
        while chosen.count < clusters {
            try context.checkCancellation()
            let total = nearest.reduce(0, +)
            let draws = (0..<trials).map { _ in random.uniform() * total }
            var candidates: [Int] = []
            for draw in draws {
                var sum = 0.0
                var row = 0
                while row < rowCount - 1 {
                    sum += nearest[row]
                    if sum > draw { break }
                    row += 1
                }
                candidates.append(row)
            }
            (nearest, chosen) = try best(
                candidates, points: points, nearest: nearest, chosen: chosen, execution: context.execution)
        }
        return points.selectingRows(chosen)
    }

    private static func best(
        _ candidates: [Int], points: Matrix, nearest: [Double], chosen: [Int], execution: Execution
    ) throws -> (nearest: [Double], chosen: [Int]) {
        let count = candidates.count
        let rowCount = points.rowCount
        var squares = [Double](repeating: 0, count: count * rowCount)
        try squares.withUnsafeMutableBufferPointer { squares in
            let squares = SharedBuffer(squares)
            let centers = Centers(points.selectingRows(candidates))
            try centers.withDistances(of: points, blockSize: blockSize, execution: execution) { rows, distance in
                for row in rows {
                    for candidate in 0..<count {
                        squares.buffer[candidate * rowCount + row] = min(nearest[row], distance(row, candidate))
                    }
                }
            }
        }
        let sums = (0..<count).map { squares[$0 * rowCount..<($0 + 1) * rowCount].reduce(0, +) }
        var least = 0
        for candidate in 1..<count where sums[candidate] < sums[least] { least = candidate }
        return (Array(squares[least * rowCount..<(least + 1) * rowCount]), chosen + [candidates[least]])
    }
}
