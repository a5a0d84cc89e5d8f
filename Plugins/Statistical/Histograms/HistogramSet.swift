import OutlierCore

/// The bins of several histograms, one after the other, as the kernels take them.
struct HistogramSet: Sendable {
    /// A bound for the memory that bins may need, and for what a damaged model may claim.
    static let maximumEdgeCount = 1 << 24

    let edges: [Double]
    let starts: [UInt32]
    let bins: [UInt32]
    /// The width of each histogram's bins; 0 where the edges have to be searched.
    let widths: [Double]

    var count: Int { bins.count }

    /// - Throws: ``OutlierError/Code/invalidParameter`` where there are more bins than memory should hold.
    init(_ histograms: [BinEdges]) throws {
        let total = histograms.reduce(0) { $0 + $1.edges.count }
        guard total <= HistogramSet.maximumEdgeCount else {
            throw OutlierError(
                .invalidParameter, "\(total - histograms.count) bins for \(histograms.count) histograms are too many",
                path: ["bins"])
        }
        self.init(edges: histograms.flatMap(\.edges), bins: histograms.map { UInt32($0.binCount) })
    }

    private init(edges: [Double], bins: [UInt32]) {
        var starts: [UInt32] = []
        var start: UInt32 = 0
        for count in bins {
            starts.append(start)
            start += count + 1
        }
        self.edges = edges
        self.bins = bins
        self.starts = starts
        self.widths = zip(starts, bins).map { start, count in
            BinEdges.commonWidth(edges[Int(start)...Int(start + count)])
        }
    }

    /// The edges of one histogram.
    func edges(of index: Int) -> ArraySlice<Double> {
        edges[Int(starts[index])...Int(starts[index] + bins[index])]
    }

    /// How many entries there are in all, where each histogram has `extra` more entries than edges.
    func entryCount(extra: Int) -> Int { edges.count + extra * count }

    /// Where the entries of one histogram begin, where each has `extra` more entries than edges.
    func entryStart(of index: Int, extra: Int) -> Int { Int(starts[index]) + extra * index }

    func encode(to archive: inout ModelArchive) {
        archive.store(edges, as: "edges")
        archive.store(bins.map(Int.init), as: "bins")
    }

    init(from archive: ModelArchive, count: Int? = nil) throws {
        let edges = try archive.doubles("edges")
        let bins = try archive.integers("bins", count: count, in: 1...HistogramSet.maximumEdgeCount)
        var position = 0
        for count in bins {
            guard count < edges.count - position else {
                throw OutlierError(.invalidModel, "the model's histograms have more bins than edges")
            }
            for index in position..<position + count {
                guard edges[index].isFinite, edges[index + 1].isFinite, edges[index] < edges[index + 1] else {
                    throw OutlierError(.invalidModel, "the edges of the model's histograms do not ascend")
                }
            }
            position += count + 1
        }
        guard position == edges.count, position <= HistogramSet.maximumEdgeCount else {
            throw OutlierError(.invalidModel, "the model's histograms have more edges than bins")
        }
        self.init(edges: edges, bins: bins.map { UInt32($0) })
    }
}

/// Adds up what several threads count.
enum ParallelCounts {
    /// How many sums of numbers that are not whole are added in the end, whatever the number of threads.
    private static let weightedParts = 16

    /// What rows count in each entry. Whole numbers come to the same sum in any order; others are added in a fixed one.
    ///
    /// - Parameters:
    ///   - weights: how much each row counts; `nil` for 1.
    ///   - count: adds the rows of a range to the counts.
    ///   - weigh: adds the weights of the rows of a range, given as one pointer to the first of them, to the sums.
    static func count(
        entries: Int, rowCount: Int, weights: [Double]?, blockSize: Int, execution: Execution,
        count: @Sendable (Range<Int>, UnsafeMutablePointer<UInt64>) throws -> Void,
        weigh: @Sendable (Range<Int>, UnsafePointer<Double>, UnsafeMutablePointer<Double>) throws -> Void
    ) throws -> [Double] {
        guard let weights else {
            return try add(
                entries: entries, rowCount: rowCount, parts: execution.threads, blockSize: blockSize,
                execution: execution, count
            ).map { Double($0) }
        }
        return try weights.withUnsafeBufferPointer { weights in
            let weights = SharedReadBuffer(weights)
            return try add(
                entries: entries, rowCount: rowCount, parts: weightedParts, blockSize: blockSize,
                execution: execution
            ) { rows, sums in
                if let base = weights.buffer.baseAddress { try weigh(rows, base + rows.lowerBound, sums) }
            }
        }
    }

    /// - Parameters:
    ///   - entries: how many numbers there are to count up.
    ///   - rowCount: how many rows there are to look at.
    ///   - parts: how many sums are added in the end, at most.
    ///   - body: adds the rows of a range to the counts.
    private static func add<Number: AdditiveArithmetic & Sendable>(
        entries: Int, rowCount: Int, parts: Int, blockSize: Int, execution: Execution,
        _ body: @Sendable (Range<Int>, UnsafeMutablePointer<Number>) throws -> Void
    ) throws -> [Number] {
        let blocks = (rowCount + blockSize - 1) / blockSize
        let parts = max(1, min(parts, blocks))
        var counts = [Number](repeating: .zero, count: parts * entries)
        try counts.withUnsafeMutableBufferPointer { buffer in
            let shared = SharedBuffer(buffer)
            try execution.forEach(parts) { part in
                guard let base = shared.buffer.baseAddress else { return }
                for block in stride(from: part, to: blocks, by: parts) {
                    try execution.checkCancellation()
                    try body(block * blockSize..<min((block + 1) * blockSize, rowCount), base + part * entries)
                }
            }
        }
        for part in 1..<max(1, parts) {
            for entry in 0..<entries { counts[entry] += counts[part * entries + entry] }
        }
        return Array(counts[0..<entries])
    }
}

/// The least and the largest of several sequences, found by several threads.
enum ParallelRanges {
    /// - Parameter body: widens the ranges, given as lowest and highest, by the rows of a range.
    static func find(
        count: Int, rowCount: Int, blockSize: Int, execution: Execution,
        _ body: @Sendable (Range<Int>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) throws -> Void
    ) throws -> (lowest: [Double], highest: [Double]) {
        let blocks = (rowCount + blockSize - 1) / blockSize
        let parts = max(1, min(execution.threads, blocks))
        var lowest = [Double](repeating: .infinity, count: parts * count)
        var highest = [Double](repeating: -.infinity, count: parts * count)
        try lowest.withUnsafeMutableBufferPointer { lowest in
            try highest.withUnsafeMutableBufferPointer { highest in
                let lowest = SharedBuffer(lowest)
                let highest = SharedBuffer(highest)
                try execution.forEach(parts) { part in
                    guard let low = lowest.buffer.baseAddress, let high = highest.buffer.baseAddress else { return }
                    for block in stride(from: part, to: blocks, by: parts) {
                        try execution.checkCancellation()
                        try body(
                            block * blockSize..<min((block + 1) * blockSize, rowCount), low + part * count,
                            high + part * count)
                    }
                }
            }
        }
        for part in 1..<max(1, parts) {
            for index in 0..<count {
                lowest[index] = min(lowest[index], lowest[part * count + index])
                highest[index] = max(highest[index], highest[part * count + index])
            }
        }
        return (Array(lowest[0..<count]), Array(highest[0..<count]))
    }
}
