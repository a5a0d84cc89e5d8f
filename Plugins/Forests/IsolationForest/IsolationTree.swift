import OutlierCore

/// One tree of an isolation forest, its nodes in the order that ``TreeShape`` describes.
struct IsolationTree: Sendable {
    /// The feature that each node cuts; −1 for a leaf.
    var features: [Int32] = []
    /// The value above which a row goes right; 0 for a leaf.
    var thresholds: [Double] = []
    /// How many rows of the sample came to each node.
    var counts: [Int32] = []

    init() {}

    /// Grows a tree.
    ///
    /// - Parameters:
    ///   - table: all rows, row-major, `width` values each.
    ///   - rows: the sample.
    ///   - columns: the features that may be cut.
    ///   - root: the feature that is cut first, if it is one of `columns` and varies in the sample.
    init(
        table: UnsafeBufferPointer<Double>, width: Int, rows: [Int], columns: [Int], root: Int,
        random: inout RandomSource, cancellation: Cancellation
    ) throws {
        let size = rows.count
        let limit = PathLength.limit(for: size)
        features.reserveCapacity(2 * size)
        thresholds.reserveCapacity(2 * size)
        counts.reserveCapacity(2 * size)
        // A column after the other: a cut looks at one column of many rows.
        let sample = [Double](unsafeUninitializedCapacity: size * columns.count) { buffer, initialized in
            for (position, row) in rows.enumerated() {
                let start = row * width
                for (slot, column) in columns.enumerated() {
                    buffer.initializeElement(at: slot * size + position, to: table[start + column])
                }
            }
            initialized = size * columns.count
        }
        let isComplete = !sample.contains(where: \.isNaN)
        var parts: [(rows: Range<Int>, depth: Int)] = [(0..<size, 0)]
        parts.reserveCapacity(2 * size)
        var order = Array(0..<Int32(size))
        var aside = order
        try sample.withUnsafeBufferPointer { sample in
            try order.withUnsafeMutableBufferPointer { order in
                try aside.withUnsafeMutableBufferPointer { aside in
                    let part = Part(sample: sample, size: size, order: order, aside: aside)
                    // What does not vary in the sample varies in none of its parts.
                    var candidates = columns.indices.filter { part.varies($0, in: 0..<size) }
                    let rootSlot = candidates.first { columns[$0] == root }
                    var node = 0
                    while node < parts.count {
                        if node % 4096 == 0 { try cancellation.check() }
                        let (range, depth) = parts[node]
                        node += 1
                        counts.append(Int32(range.count))
                        guard depth < limit, range.count > 1,
                            let slot = (node == 1 ? rootSlot : nil)
                                ?? part.drawVarying(among: &candidates, in: range, random: &random)
                        else {
                            features.append(-1)
                            thresholds.append(0)
                            continue
                        }
                        let threshold = part.drawThreshold(slot, in: range, random: &random)
                        let middle =
                            isComplete
                            ? part.split(slot, at: threshold, range)
                            : part.splitIncomplete(slot, at: threshold, range)
                        features.append(Int32(columns[slot]))
                        thresholds.append(threshold)
                        parts.append((range.lowerBound..<middle, depth + 1))
                        parts.append((middle..<range.upperBound, depth + 1))
                    }
                }
            }
        }
    }

    /// The sample while it is being cut: `order` holds the rows of each part side by side.
    private struct Part {
        let sample: UnsafeBufferPointer<Double>
        let size: Int
        let order: UnsafeMutableBufferPointer<Int32>
        let aside: UnsafeMutableBufferPointer<Int32>

        @inline(__always)
        func value(_ slot: Int, _ position: Int) -> Double { sample[slot * size + Int(order[position])] }

        /// Whether the values that are there differ.
        func varies(_ slot: Int, in range: Range<Int>) -> Bool {
            var first = Double.nan
            for position in range {
                let value = value(slot, position)
                if value == first || value.isNaN { continue }
                if !first.isNaN { return true }
                first = value
            }
            return false
        }

        /// One of the columns that vary in `range`, each equally likely; `nil` where none does.
        func drawVarying(among candidates: inout [Int], in range: Range<Int>, random: inout RandomSource) -> Int? {
            for tried in candidates.indices {
                candidates.swapAt(tried, tried + random.index(below: candidates.count - tried))
                if varies(candidates[tried], in: range) { return candidates[tried] }
            }
            return nil
        }

        /// A place between the least value of `range` and the greatest, which stays above it.
        func drawThreshold(_ slot: Int, in range: Range<Int>, random: inout RandomSource) -> Double {
            // No comparison with a missing value holds.
            var least = Double.infinity
            var greatest = -Double.infinity
            for position in range {
                let value = value(slot, position)
                if value < least { least = value }
                if value > greatest { greatest = value }
            }
            return threshold(between: least, and: greatest, at: random.uniform())
        }

        /// Puts the rows that go left before those that go right, each in the order they had.
        func split(_ slot: Int, at threshold: Double, _ range: Range<Int>) -> Int {
            var left = range.lowerBound
            var right = 0
            for position in range {
                let row = order[position]
                let goesRight = sample[slot * size + Int(row)] > threshold
                order[left] = row
                aside[right] = row
                left += goesRight ? 0 : 1
                right += goesRight ? 1 : 0
            }
            for position in 0..<right { order[left + position] = aside[position] }
            return left
        }

        /// Puts the rows that lack the value with the side that has more rows.
        func splitIncomplete(_ slot: Int, at threshold: Double, _ range: Range<Int>) -> Int {
            var (left, right) = (0, 0)
            for position in range {
                let value = value(slot, position)
                left += value <= threshold ? 1 : 0
                right += value > threshold ? 1 : 0
            }
            let missingGoRight = right > left
            let rows = range.map { order[$0] }
            func goesRight(_ row: Int32) -> Bool {
                let value = sample[slot * size + Int(row)]
                return value.isNaN ? missingGoRight : value > threshold
            }
            let parted = rows.filter { !goesRight($0) } + rows.filter(goesRight)
            for (offset, row) in parted.enumerated() { order[range.lowerBound + offset] = row }
            return range.lowerBound + rows.count { !goesRight($0) }
        }
    }
}

/// The point at `share` of the way between two numbers, never above `greatest` nor equal to it unless the two are
/// equal. The two products cannot overflow where the difference of the two numbers would.
func threshold(between least: Double, and greatest: Double, at share: Double) -> Double {
    let value = least * (1 - share) + greatest * share
    return value >= least && value < greatest ? value : least
}
