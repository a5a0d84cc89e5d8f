package import OutlierCore

/// Some rows of a table, scaled, and tapes to run networks on them.
package struct RowBlock {
    /// Which rows.
    package let rows: Range<Int>
    /// Rows × columns; may be overwritten.
    package let input: UnsafeMutablePointer<Float>
    /// A tape for each network, in their order.
    package let tapes: [Tape]
    /// One thread: the blocks run side by side.
    package let execution: Execution
    /// Room for as many numbers as a block may have rows.
    package let room: UnsafeMutablePointer<Float>
}

extension ColumnScaling {
    /// Rows of a block: few enough for the cache.
    private static let blockSize = 256

    /// Calls `body` for blocks of rows, several at a time, for scoring with networks. No result may depend on how the
    /// rows fall into blocks.
    ///
    /// - Throws: what `body` throws, `CancellationError`.
    package func forEachBlock(
        of matrix: Matrix, networks: [Network], execution: Execution, _ body: @Sendable (RowBlock) throws -> Void
    ) throws {
        let size = ColumnScaling.blockSize
        let width = self.width
        let count = (matrix.rowCount + size - 1) / size
        // Each worker makes its tapes once.
        let workers = min(execution.threads, count)
        let single = Execution(threads: 1, cancellation: execution.cancellation)
        try matrix.withUnsafeBufferPointer { source in
            let source = SharedReadBuffer(source)
            try execution.forEach(workers) { worker in
                let memory = Arena(size * width)
                let room = Arena(size)
                let capacity = min(size, matrix.rowCount)
                let tapes = networks.map { Tape($0, capacity: capacity) }
                for block in stride(from: worker, to: count, by: workers) {
                    let rows = block * size..<min((block + 1) * size, matrix.rowCount)
                    apply(
                        UnsafeBufferPointer(
                            rebasing: source.buffer[rows.lowerBound * width..<rows.upperBound * width]),
                        into: memory.base)
                    try body(
                        RowBlock(
                            rows: rows, input: memory.base, tapes: tapes, execution: single, room: room.base))
                }
            }
        }
    }
}
