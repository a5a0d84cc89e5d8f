import CKernels
package import OutlierCore

/// The nearest of some centres that move, kept for every row: after a move only those rows are compared with the centres
/// whose nearest one may have changed (G. Hamerly: Making k-means even faster, 2010).
///
/// Takes 20 bytes a row besides the rows.
package struct CenterAssignment: Sendable {
    /// For each row the number of its nearest centre, the first of those that are equally near.
    package private(set) var labels: [Int32]
    /// At least the distance of each row to its centre.
    private var upper: [Double]
    /// At most the distance of each row to any other centre.
    private var lower: [Double]
    private var centers: Matrix?

    /// How many rows a thread takes at once: enough to be worth waking it for.
    private static let blockSize = 2048

    package init(rowCount: Int) {
        labels = [Int32](repeating: 0, count: rowCount)
        upper = [Double](repeating: .infinity, count: rowCount)
        lower = [Double](repeating: 0, count: rowCount)
    }

    /// Gives the rows their nearest centres.
    ///
    /// - Parameters:
    ///   - points: the same rows each time, whose squared distances to the centres are finite.
    ///   - centers: at least one, and the same number each time.
    package mutating func update(_ points: Matrix, centers new: Matrix, execution: Execution) throws {
        let moves = CenterMoves(from: centers ?? new, to: new)
        centers = new
        let prepared = Centers(new)
        try points.withUnsafeBufferPointer { values in
            try labels.withUnsafeMutableBufferPointer { labels in
                try upper.withUnsafeMutableBufferPointer { upper in
                    try lower.withUnsafeMutableBufferPointer { lower in
                        let values = SharedReadBuffer(values)
                        let labels = SharedBuffer(labels)
                        let upper = SharedBuffer(upper)
                        let lower = SharedBuffer(lower)
                        try execution.forEachBlock(of: points.rowCount, size: CenterAssignment.blockSize) { range in
                            guard let rows = values.buffer.baseAddress, let labels = labels.buffer.baseAddress,
                                let upper = upper.buffer.baseAddress, let lower = lower.buffer.baseAddress
                            else { return }
                            prepared.reassign(
                                rows, range, moves, labels: labels, upper: upper, lower: lower)
                        }
                    }
                }
            }
        }
    }
}

/// How far centres have moved, and how far they are from each other.
struct CenterMoves: Sendable {
    let moves: [Double]
    let margins: [Double]
    let longest: Double
    let secondLongest: Double
    let farthest: Int

    init(from old: Matrix, to new: Matrix) {
        let count = new.rowCount
        moves = (0..<count).map { CenterMoves.distance(old.row($0), new.row($0)) }
        margins = (0..<count).map { center in
            (0..<count).filter { $0 != center }.map { CenterMoves.distance(new.row(center), new.row($0)) / 2 }.min()
                ?? .infinity
        }
        var farthest = 0
        for center in 0..<count where moves[center] > moves[farthest] { farthest = center }
        self.farthest = farthest
        longest = moves[farthest]
        secondLongest = moves.indices.filter { $0 != farthest }.map { [moves] in moves[$0] }.max() ?? 0
    }

    private static func distance(_ left: [Double], _ right: [Double]) -> Double {
        zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
}

extension Centers {
    /// Gives the rows of `range` their nearest centres where their bounds leave it in doubt.
    func reassign(
        _ rows: UnsafePointer<Double>, _ range: Range<Int>, _ moves: CenterMoves, labels: UnsafeMutablePointer<Int32>,
        upper: UnsafeMutablePointer<Double>, lower: UnsafeMutablePointer<Double>
    ) {
        tiles.withUnsafeBufferPointer { tiles in
            moves.moves.withUnsafeBufferPointer { distances in
                moves.margins.withUnsafeBufferPointer { margins in
                    guard let tiles = tiles.baseAddress, let distances = distances.baseAddress,
                        let margins = margins.baseAddress
                    else { return }
                    var kernelMoves = outlier_center_moves(
                        moves: distances, margins: margins, longest: moves.longest,
                        second_longest: moves.secondLongest, farthest: Int32(moves.farthest))
                    outlier_reassign_rows(
                        rows + range.lowerBound * columnCount, range.count, columnCount, tiles, count, &kernelMoves,
                        labels + range.lowerBound, upper + range.lowerBound, lower + range.lowerBound)
                }
            }
        }
    }
}
