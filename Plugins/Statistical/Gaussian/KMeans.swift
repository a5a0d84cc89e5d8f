internal import LinearAlgebra
internal import OutlierCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Lloyd's algorithm from centers drawn by greedy k-means++ (Arthur & Vassilvitskii, 2007).
struct KMeans {
    let centers: Int
    var iterations = 300
    /// Iterations end when the centers move less than this share of the columns' mean variance, squared.
    var tolerance = 1e-4

    /// The nearest center of each row.
    func labels(of matrix: Matrix, random: inout RandomSource, execution: Execution) throws -> [Int] {
        let rows = matrix.rowCount
        let moments = try ColumnMoments(of: matrix, execution: execution)
        let bound = tolerance * moments.variances.reduce(0, +) / Double(max(1, matrix.columnCount))
        var positions = try firstCenters(of: matrix, random: &random, execution: execution)
        var labels = [Int](repeating: 0, count: rows)
        for _ in 0..<iterations {
            try execution.checkCancellation()
            let (nearest, distances) = try assign(matrix, to: positions, execution: execution)
            let next = try means(of: matrix, nearest, distances, previous: positions, execution: execution)
            var moved = 0.0
            for (old, new) in zip(positions.values, next.values) { moved += (old - new) * (old - new) }
            let same = nearest == labels
            labels = nearest
            positions = next
            if same || moved <= bound { break }
        }
        return try assign(matrix, to: positions, execution: execution).labels
    }

    /// Each further center is the best of a few rows drawn with the square of their distance to the centers so far.
    private func firstCenters(
        of matrix: Matrix, random: inout RandomSource, execution: Execution
    ) throws -> Matrix {
        let trials = 2 + Int(log(Double(max(1, centers))))
        var chosen = [random.index(below: matrix.rowCount)]
        var nearest = try assign(matrix, to: matrix.selectingRows(chosen), execution: execution).distances
        while chosen.count < centers {
            let total = nearest.reduce(0, +)
            var best: (row: Int, distances: [Double], sum: Double)?
            for _ in 0..<trials {
                let row = draw(nearest, total: total, random: &random)
                let own = try assign(matrix, to: matrix.selectingRows([row]), execution: execution).distances
                var sum = 0.0
                var distances = nearest
                for index in distances.indices {
                    distances[index] = min(distances[index], own[index])
                    sum += distances[index]
                }
                if best.map({ sum < $0.sum }) ?? true { best = (row, distances, sum) }
            }
            guard let best else { break }
            chosen.append(best.row)
            nearest = best.distances
        }
        return matrix.selectingRows(chosen)
    }

    /// A row, drawn with a probability proportional to its weight; any row where all weights are 0.
    private func draw(_ weights: [Double], total: Double, random: inout RandomSource) -> Int {
        guard total > 0, total.isFinite else { return random.index(below: weights.count) }
        var rest = random.uniform() * total
        for (index, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return index }
        }
        return weights.count - 1
    }

    private func assign(
        _ matrix: Matrix, to positions: Matrix, execution: Execution
    ) throws -> (labels: [Int], distances: [Double]) {
        let width = matrix.columnCount
        let count = positions.rowCount
        let kernel = PackedColumns(positions.transposed())
        var labels = [Int](repeating: 0, count: matrix.rowCount)
        let distances = try labels.withUnsafeMutableBufferPointer { labels in
            let labels = SharedBuffer(labels)
            return try matrix.withUnsafeBufferPointer { source in
                let source = SharedReadBuffer(source)
                return try execution.map(matrix.rowCount, blockSize: mixtureBlock) { rows, least in
                    guard let start = source.buffer.baseAddress else { return }
                    let capacity = kernel.scratchCount + rows.count * count
                    withUnsafeTemporaryAllocation(of: Double.self, capacity: capacity) { scratch in
                        guard let squares = scratch.baseAddress else { return }
                        kernel.squaredDistances(
                            start + rows.lowerBound * width, count: rows.count, scratch: squares + rows.count * count,
                            into: squares)
                        for row in 0..<rows.count {
                            var label = 0
                            for center in 1..<max(1, count)
                            where squares[row * count + center] < squares[row * count + label] {
                                label = center
                            }
                            labels.buffer[rows.lowerBound + row] = label
                            least[row] = squares[row * count + label]
                        }
                    }
                }
            }
        }
        return (labels, distances)
    }

    /// The means of the rows of each center. A center without rows moves to the row that is farthest from its own.
    private func means(
        of matrix: Matrix, _ labels: [Int], _ distances: [Double], previous: Matrix, execution: Execution
    ) throws -> Matrix {
        var membership = Matrix(rowCount: matrix.rowCount, columnCount: centers)
        var counts = [Double](repeating: 0, count: centers)
        membership.withUnsafeMutableBufferPointer { values in
            for (row, label) in labels.enumerated() {
                values[row * centers + label] = 1
                counts[label] += 1
            }
        }
        var means = try crossProduct(membership, matrix, execution: execution)
        means.scaleRows(by: counts.map { $0 > 0 ? 1 / $0 : 0 })
        let empty = counts.indices.filter { counts[$0] == 0 }
        guard !empty.isEmpty else { return means }
        let farthest = distances.indices.sorted { (distances[$1], $0) < (distances[$0], $1) }
        for (center, row) in zip(empty, farthest) {
            for (column, value) in matrix.row(row).enumerated() { means[center, column] = value }
        }
        return means
    }
}
