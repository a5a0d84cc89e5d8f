package import Distances
internal import Foundation
internal import LinearAlgebra
package import OutlierCore

/// The normal rows in latent space, and how far other rows are from them.
package enum LatentReference: Sendable {
    /// The mean distance to the `count` nearest of `points`.
    case neighbors(points: Matrix, search: NeighborSearch, count: Int)
    /// The length of `whitening` · (z − `mean`), where `whitening` is the inverse of a lower Cholesky factor.
    case mahalanobis(mean: [Double], whitening: Matrix)

    /// Rows whose neighbours are looked for at once: all of a large table's would take more memory than the table.
    private static let portion = 16_384

    /// Learns the normal rows, and gives the distances of all rows of the fit: a row is not its own neighbour.
    ///
    /// - Parameters:
    ///   - latents: rows × latent dimensions, finite.
    ///   - normal: the rows that count as normal, ascending, at least one.
    static func fit(
        _ settings: CombinedScore, latents: Matrix, normal: [Int], context: FitContext
    ) throws -> (reference: LatentReference, distances: [Double]) {
        let execution = context.execution
        if settings.distance == .mahalanobis {
            let rows = normal.count == latents.rowCount ? latents : latents.selectingRows(normal)
            let reference = try LatentReference.mahalanobis(rows, execution: execution)
            return (reference, try reference.distances(of: latents, execution: execution))
        }
        var chosen = normal
        if normal.count > settings.referenceRows {
            var random = context.random(stream: 17)
            chosen = random.sample(settings.referenceRows, below: normal.count).sorted().map { normal[$0] }
        }
        let points = chosen.count == latents.rowCount ? latents : latents.selectingRows(chosen)
        let search = try NeighborSearch(points, execution: execution)
        let count = min(settings.neighbors, points.rowCount)
        let reference = LatentReference.neighbors(points: points, search: search, count: count)
        var distances = [Double](repeating: 0, count: latents.rowCount)
        if points.rowCount > 1 {
            let own = try search.neighborsOfPoints(min(count, points.rowCount - 1), execution: execution)
            for (position, row) in chosen.enumerated() { distances[row] = mean(own, position) }
        }
        if chosen.count < latents.rowCount {
            let isChosen = Set(chosen)
            for first in stride(from: 0, to: latents.rowCount, by: LatentReference.portion) {
                let others = (first..<min(first + LatentReference.portion, latents.rowCount)).filter {
                    !isChosen.contains($0)
                }
                guard !others.isEmpty else { continue }
                let values = try reference.distances(of: latents.selectingRows(others), execution: execution)
                for (position, row) in others.enumerated() { distances[row] = values[position] }
            }
        }
        return (reference, distances)
    }

    private static func mahalanobis(_ rows: Matrix, execution: Execution) throws -> LatentReference {
        let covariance = try Covariance(of: rows, lostDegrees: 0, execution: execution)
        let size = rows.columnCount
        // Dimensions without spread must not divide by 0; they count as if they had a thousandth of the mean spread.
        let mean = covariance.matrix.diagonal.reduce(0, +) / Double(size)
        var matrix = covariance.matrix
        matrix.addToDiagonal(max(1e-6 * mean, 1e-30))
        return .mahalanobis(mean: covariance.means, whitening: try Cholesky(of: matrix).inverseLower())
    }

    private static func mean(_ table: NeighborTable, _ row: Int) -> Double {
        table.distances[table.range(of: row)].reduce(0, +) / Double(table.neighborCount)
    }

    /// The latent dimensions.
    var width: Int {
        switch self {
        case .neighbors(let points, _, _): points.columnCount
        case .mahalanobis(let mean, _): mean.count
        }
    }

    /// How far rows are from the normal rows.
    ///
    /// - Parameter latents: rows × latent dimensions, finite.
    package func distances(of latents: Matrix, execution: Execution) throws -> [Double] {
        switch self {
        case .neighbors(_, let search, let count):
            var distances: [Double] = []
            distances.reserveCapacity(latents.rowCount)
            for first in stride(from: 0, to: latents.rowCount, by: LatentReference.portion) {
                let rows = latents.rows(first..<min(first + LatentReference.portion, latents.rowCount))
                let table = try search.neighbors(of: rows, count: count, execution: execution)
                for row in 0..<rows.rowCount { distances.append(LatentReference.mean(table, row)) }
            }
            return distances
        case .mahalanobis(let mean, let whitening):
            let width = mean.count
            return try latents.withUnsafeBufferPointer { source in
                let source = SharedReadBuffer(source)
                return try whitening.withUnsafeBufferPointer { whitening in
                    let whitening = SharedReadBuffer(whitening)
                    return try execution.map(latents.rowCount, blockSize: 256) { rows, result in
                        for (position, row) in rows.enumerated() {
                            var squares = 0.0
                            for line in 0..<width {
                                var sum = 0.0
                                for column in 0...line {
                                    let value = source.buffer[row * width + column] - mean[column]
                                    sum += whitening.buffer[line * width + column] * value
                                }
                                squares += sum * sum
                            }
                            result[position] = squares.squareRoot()
                        }
                    }
                }
            }
        }
    }

    func encode(to archive: inout ModelArchive, as name: String) {
        var child = ModelArchive()
        switch self {
        case .neighbors(let points, _, let count):
            child.store("neighbors", as: "distance")
            child.store(points, as: "points")
            child.store(count, as: "count")
        case .mahalanobis(let mean, let whitening):
            child.store("mahalanobis", as: "distance")
            child.store(mean, as: "mean")
            child.store(whitening, as: "whitening")
        }
        archive.store(child, as: name)
    }

    init(from archive: ModelArchive) throws {
        func invalid() -> OutlierError { OutlierError(.invalidModel, "the normal rows of the score are not usable") }
        switch try archive.string("distance") {
        case "neighbors":
            let points = try archive.matrix("points")
            guard points.count > 0, points.withUnsafeBufferPointer({ $0.allSatisfy(\.isFinite) }) else {
                throw invalid()
            }
            self = .neighbors(
                points: points, search: try NeighborSearch(points),
                count: try archive.integer("count", in: 1...points.rowCount))
        case "mahalanobis":
            let mean = try archive.doubles("mean")
            let whitening = try archive.matrix("whitening", rows: mean.count, columns: mean.count)
            guard !mean.isEmpty, mean.allSatisfy(\.isFinite),
                whitening.withUnsafeBufferPointer({ $0.allSatisfy(\.isFinite) })
            else { throw invalid() }
            self = .mahalanobis(mean: mean, whitening: whitening)
        default: throw invalid()
        }
    }
}
