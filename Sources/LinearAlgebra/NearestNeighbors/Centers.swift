import CKernels
package import OutlierCore

/// A few points against which many rows are compared: the centres of clusters.
package struct Centers: Sendable {
    static let lanes = Int(OUTLIER_CENTER_LANES)

    package let count: Int
    package let columnCount: Int
    /// Tiles of ``lanes`` centres, each column × lane.
    private let tiles: [Double]

    package init(_ centers: Matrix) {
        count = centers.rowCount
        columnCount = centers.columnCount
        let lanes = Centers.lanes
        var tiles = [Double](repeating: 0, count: (count + lanes - 1) / lanes * columnCount * lanes)
        for center in 0..<count {
            for column in 0..<columnCount {
                tiles[(center / lanes * columnCount + column) * lanes + center % lanes] = centers[center, column]
            }
        }
        self.tiles = tiles
    }

    /// Computes the squared distances of rows to all centres, block by block on several threads.
    ///
    /// - Parameter body: gets the rows of a block and a function from a row and a centre to their squared distance.
    package func withDistances(
        of matrix: Matrix, blockSize: Int, execution: Execution,
        _ body: @Sendable (Range<Int>, (_ row: Int, _ center: Int) -> Double) throws -> Void
    ) throws {
        let lanes = Centers.lanes
        let tileCount = (count + lanes - 1) / lanes
        try matrix.withUnsafeBufferPointer { values in
            let values = SharedReadBuffer(values)
            try execution.forEachBlock(of: matrix.rowCount, size: blockSize) { range in
                let distances = FixedBuffer<Double>(tileCount * range.count * lanes, repeating: 0)
                guard let rows = values.buffer.baseAddress else { return }
                tiles.withUnsafeBufferPointer { tiles in
                    guard let tiles = tiles.baseAddress else { return }
                    for tile in 0..<tileCount {
                        outlier_center_distances(
                            rows + range.lowerBound * columnCount, range.count, columnCount,
                            tiles + tile * columnCount * lanes, distances.pointer + tile * range.count * lanes)
                    }
                }
                try body(range) { row, center in
                    let tile = center / lanes
                    return distances.pointer[(tile * range.count + row - range.lowerBound) * lanes + center % lanes]
                }
            }
        }
    }

    /// The nearest centre of each row, the first of those that are equally near, and its squared distance.
    package func nearest(
        to matrix: Matrix, execution: Execution
    ) throws -> (labels: [Int32], squares: [Double]) {
        var labels = [Int32](repeating: 0, count: matrix.rowCount)
        var squares = [Double](repeating: 0, count: matrix.rowCount)
        try labels.withUnsafeMutableBufferPointer { labels in
            try squares.withUnsafeMutableBufferPointer { squares in
                let labels = SharedBuffer(labels)
                let squares = SharedBuffer(squares)
                try withDistances(of: matrix, blockSize: 1024, execution: execution) { rows, distance in
                    for row in rows {
                        var best = distance(row, 0)
                        var label = 0
                        for center in 1..<max(1, count) {
                            let other = distance(row, center)
                            if other < best {
                                best = other
                                label = center
                            }
                        }
                        labels.buffer[row] = Int32(label)
                        squares.buffer[row] = best
                    }
                }
            }
        }
        return (labels, squares)
    }

    /// Adds row `row` of `values` to `sums`, which holds one sum for each centre.
    package static func add(_ row: UnsafePointer<Double>, to sum: UnsafeMutablePointer<Double>, columnCount: Int) {
        outlier_add_row(sum, row, columnCount)
    }
}
