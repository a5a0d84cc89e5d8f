import CKernels
package import OutlierCore

/// The squared distances of a block of rows to ``Centers``.
package struct CenterDistances {
    /// Tile × row × lane.
    @usableFromInline let values: UnsafeMutablePointer<Double>
    @usableFromInline let rows: Range<Int>
    /// The number of lanes, which is a power of two, as a shift.
    @usableFromInline let shift: Int

    init(values: UnsafeMutablePointer<Double>, rows: Range<Int>) {
        self.values = values
        self.rows = rows
        shift = Centers.lanes.trailingZeroBitCount
    }

    @inlinable
    package func callAsFunction(_ row: Int, _ center: Int) -> Double {
        let tile = center &>> shift
        return values[((tile &* rows.count &+ row &- rows.lowerBound) &<< shift) &+ (center &- (tile &<< shift))]
    }
}

/// A few points against which many rows are compared: the centres of clusters.
package struct Centers: Sendable {
    static let lanes = Int(OUTLIER_CENTER_LANES)
    /// How many rows a thread takes at once: enough to be worth waking it for.
    private static let blockSize = 2048

    package let count: Int
    package let columnCount: Int
    /// Tiles of ``lanes`` centres, each column × lane.
    let tiles: [Double]

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
    /// - Parameter body: gets the rows of a block and their squared distances.
    package func withDistances(
        of matrix: Matrix, blockSize: Int, execution: Execution,
        _ body: @Sendable (Range<Int>, CenterDistances) throws -> Void
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
                try body(range, CenterDistances(values: distances.pointer, rows: range))
            }
        }
    }

    /// The nearest centre of each row, the first of those that are equally near, and its squared distance.
    package func nearest(
        to matrix: Matrix, execution: Execution
    ) throws -> (labels: [Int32], squares: [Double]) {
        var labels = [Int32](repeating: 0, count: matrix.rowCount)
        var squares = [Double](repeating: 0, count: matrix.rowCount)
        try matrix.withUnsafeBufferPointer { values in
            try labels.withUnsafeMutableBufferPointer { labels in
                try squares.withUnsafeMutableBufferPointer { squares in
                    let values = SharedReadBuffer(values)
                    let labels = SharedBuffer(labels)
                    let squares = SharedBuffer(squares)
                    try execution.forEachBlock(of: matrix.rowCount, size: Centers.blockSize) { range in
                        guard let rows = values.buffer.baseAddress, let labels = labels.buffer.baseAddress,
                            let squares = squares.buffer.baseAddress
                        else { return }
                        tiles.withUnsafeBufferPointer { tiles in
                            guard let tiles = tiles.baseAddress else { return }
                            outlier_nearest_centers(
                                rows + range.lowerBound * columnCount, range.count, columnCount, tiles, count,
                                labels + range.lowerBound, squares + range.lowerBound)
                        }
                    }
                }
            }
        }
        return (labels, squares)
    }

    /// Adds each row of `range` to the sum of its label, in `sums`, labels × columns.
    package static func add(
        _ rows: UnsafePointer<Double>, in range: Range<Int>, columnCount: Int, labels: UnsafePointer<Int32>,
        to sums: UnsafeMutablePointer<Double>
    ) {
        outlier_add_labelled_rows(
            sums, rows + range.lowerBound * columnCount, range.count, columnCount, labels + range.lowerBound)
    }
}
