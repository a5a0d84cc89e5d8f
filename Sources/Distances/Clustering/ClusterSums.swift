internal import OutlierCore

/// The sums and the sizes of clusters, which follow the rows that go from one to another.
struct ClusterSums {
    private var sums: [Double]
    private var counts: [Int]

    private static let blockSize = 2048

    init(_ points: Matrix, _ labels: [Int32], clusters: Int, execution: Execution) throws {
        sums = []
        counts = [Int](repeating: 0, count: clusters)
        try add(points, labels, execution: execution)
    }

    /// Takes rows from the clusters that they leave, and gives them to those that they come to.
    mutating func move(_ points: Matrix, from old: [Int32], to new: [Int32], execution: Execution) throws {
        let moved = new.indices.filter { old[$0] != new[$0] }
        // Two changes cost as much as adding a row up; and what is added up anew has no rounding of former rounds.
        guard moved.count < new.count / 4 else { return try add(points, new, execution: execution) }
        let width = points.columnCount
        points.withUnsafeBufferPointer { values in
            for row in moved {
                let former = Int(old[row])
                let next = Int(new[row])
                for column in 0..<width {
                    let value = values[row * width + column]
                    sums[former * width + column] -= value
                    sums[next * width + column] += value
                }
                counts[former] -= 1
                counts[next] += 1
            }
        }
    }

    /// The clusters' means. A cluster without rows takes the row that is farthest from its own centre.
    ///
    /// - Parameter old: the centres of which `labels` are the nearest.
    func means(_ points: Matrix, _ labels: [Int32], old: Matrix, execution: Execution) throws -> Matrix {
        var sums = sums
        var counts = counts
        let width = points.columnCount
        let empty = counts.indices.filter { counts[$0] == 0 }
        if !empty.isEmpty {
            let squares = try Centers(old).nearest(to: points, execution: execution).squares
            let farthest = labels.indices.sorted { (squares[$0], $1) > (squares[$1], $0) }.prefix(empty.count)
            for (cluster, row) in zip(empty, farthest) where squares[row] > 0 {
                let former = Int(labels[row])
                guard counts[former] > 1 else { continue }
                for column in 0..<width {
                    sums[former * width + column] -= points[row, column]
                    sums[cluster * width + column] = points[row, column]
                }
                counts[former] -= 1
                counts[cluster] = 1
            }
        }
        var centers = old
        for cluster in counts.indices where counts[cluster] > 0 {
            for column in 0..<width {
                centers[cluster, column] = sums[cluster * width + column] / Double(counts[cluster])
            }
        }
        return centers
    }

    /// Adds all rows up. Sums of fixed blocks, added up in their order, do not depend on the threads.
    private mutating func add(_ points: Matrix, _ labels: [Int32], execution: Execution) throws {
        let width = points.columnCount
        let size = counts.count * width
        let blocks = (points.rowCount + ClusterSums.blockSize - 1) / ClusterSums.blockSize
        var parts = [Double](repeating: 0, count: blocks * size)
        try points.withUnsafeBufferPointer { values in
            try parts.withUnsafeMutableBufferPointer { parts in
                let values = SharedReadBuffer(values)
                let parts = SharedBuffer(parts)
                try execution.forEachBlock(of: points.rowCount, size: ClusterSums.blockSize) { range in
                    guard let rows = values.buffer.baseAddress, let base = parts.buffer.baseAddress else { return }
                    let part = base + range.lowerBound / ClusterSums.blockSize * size
                    labels.withUnsafeBufferPointer { labels in
                        guard let labels = labels.baseAddress else { return }
                        Centers.add(rows, in: range, columnCount: width, labels: labels, to: part)
                    }
                }
            }
        }
        sums = [Double](repeating: 0, count: size)
        for block in 0..<blocks {
            for index in 0..<size { sums[index] += parts[block * size + index] }
        }
        for cluster in counts.indices { counts[cluster] = 0 }
        for label in labels { counts[Int(label)] += 1 }
    }
}
