import CKernels
import OutlierCore

/// Grows one tree after the other on the same rows of a binned table.
///
/// A node's cut is the one of greatest gain among all columns and bins; of equal ones, the first. The histograms of the
/// larger of two children are those of the parent less those of the smaller, as in LightGBM and XGBoost; but where a
/// node's rows are few for the bins, or its cut looks at a few columns only, each column's is summed up when it is looked
/// at, which is less work than to keep them all. Every histogram is summed up by one thread in the order of the rows, so
/// that the tree does not depend on the threads.
struct TreeGrower {
    let table: BinnedColumns
    let rules: TreeRules
    let execution: Execution

    /// Numbers of rows, those of a node side by side.
    private var rows: [UInt32] = []
    private var scratch: [UInt32] = []
    /// Gradient and hessian of the rows of a node, in their order.
    private var pairs: [Double] = []
    /// Memory of histograms that nobody needs any more: for a wide table it is much, and new memory is slow to come.
    private var spare: [[Double]] = []
    /// What the cuts of each column of the table have gained, over all trees so far.
    private(set) var gains: [Double]

    init(table: BinnedColumns, rules: TreeRules, execution: Execution) {
        self.table = table
        self.rules = rules
        self.execution = execution
        gains = [Double](repeating: 0, count: table.columnCount)
    }

    /// Each cut looks for its column among a few that are drawn for it, as in random forests.
    struct ColumnDraws {
        var count: Int
        var random: RandomSource

        /// Places in `columns`, ascending.
        mutating func places(_ columns: Int) -> [Int] {
            count < columns ? random.sample(count, below: columns).sorted() : Array(0..<columns)
        }
    }

    /// A cut, and what comes of it.
    private struct Cut {
        var column: Int
        var bin: Int
        var missingLeft: Bool
        var gain: Double
        var left: GradientSums
    }

    /// A node whose cut is still to be found.
    private struct Open {
        var node: Int
        var range: Range<Int>
        var sums: GradientSums
        /// Empty where none are kept.
        var histograms: [Double] = []
    }

    /// - Parameters:
    ///   - sample: the rows to grow the tree on, ascending.
    ///   - columns: the columns that may be cut, ascending.
    ///   - gradients: gradient and hessian of each row of the table.
    ///   - draws: where not every cut may have any of the columns.
    mutating func grow(
        sample: [UInt32], columns: [Int], gradients: [Double], draws: ColumnDraws? = nil
    ) throws -> BoostedTree {
        var draws = draws
        rows = sample
        scratch = [UInt32](repeating: 0, count: sample.count)
        pairs = [Double](repeating: 0, count: 2 * sample.count)
        var sums = GradientSums()
        for row in sample {
            sums.gradient += gradients[2 * Int(row)]
            sums.hessian += gradients[2 * Int(row) + 1]
        }
        var tree = BoostedTree()
        tree.addLeaf(rules.value(sums))
        let starts = starts(of: columns)
        func keepsHistograms(_ range: Range<Int>) -> Bool {
            draws == nil && range.count * columns.count > starts.last ?? 0
        }
        var level: [Open] = []
        if rules.depth > 0 {
            gatherPairs(of: 0..<sample.count, gradients)
            level = [Open(node: 0, range: 0..<sample.count, sums: sums)]
            if keepsHistograms(0..<sample.count) {
                level[0].histograms = try histograms(of: 0..<sample.count, columns: columns, starts: starts)
            }
        }
        for depth in 0..<rules.depth {
            var next: [Open] = []
            for position in level.indices {
                var open = level[position]
                // So that the parent's histograms can become those of a child where they lie.
                level[position].histograms = []
                let places = draws?.places(columns.count) ?? Array(columns.indices)
                let found = try bestCut(open, columns: columns, places: places, starts: starts)
                guard var cut = found, leavesBothSides(open.range, by: cut) else {
                    recycle(open.histograms)
                    continue
                }
                gains[cut.column] += cut.gain
                let middle = partition(open.range, by: &cut)
                let right = open.sums - cut.left
                let left = tree.split(
                    open.node, column: cut.column, threshold: table.cuts[cut.column][cut.bin],
                    missingLeft: cut.missingLeft, values: (rules.value(cut.left), rules.value(right)))
                if depth + 1 == rules.depth {
                    recycle(open.histograms)
                    continue
                }
                gatherPairs(of: open.range, gradients)
                var children = (
                    Open(node: left, range: open.range.lowerBound..<middle, sums: cut.left),
                    Open(node: left + 1, range: middle..<open.range.upperBound, sums: right)
                )
                let leftIsSmaller = children.0.range.count <= children.1.range.count
                if keepsHistograms(leftIsSmaller ? children.1.range : children.0.range) {
                    let smaller = try histograms(
                        of: leftIsSmaller ? children.0.range : children.1.range, columns: columns, starts: starts)
                    var larger = open.histograms
                    open.histograms = []
                    TreeGrower.subtract(smaller, from: &larger)
                    (children.0.histograms, children.1.histograms) =
                        leftIsSmaller ? (smaller, larger) : (larger, smaller)
                } else {
                    recycle(open.histograms)
                }
                next.append(children.0)
                next.append(children.1)
            }
            level = next
        }
        return tree
    }

    private mutating func recycle(_ histograms: [Double]) {
        if !histograms.isEmpty { spare.append(histograms) }
    }

    private static func subtract(_ histograms: [Double], from others: inout [Double]) {
        others.withUnsafeMutableBufferPointer { others in
            histograms.withUnsafeBufferPointer { histograms in
                for index in 0..<min(others.count, histograms.count) { others[index] -= histograms[index] }
            }
        }
    }

    /// Where the histogram of each column begins in those of a node, and where the last ends.
    private func starts(of columns: [Int]) -> [Int] {
        columns.reduce(into: [0]) { starts, column in
            starts.append((starts.last ?? 0) + 2 * (table.missingBin(of: column) + 1))
        }
    }

    /// Brings the gradients and hessians of a node's rows into their order.
    private mutating func gatherPairs(of range: Range<Int>, _ gradients: [Double]) {
        for index in range {
            let row = Int(rows[index])
            pairs[2 * index] = gradients[2 * row]
            pairs[2 * index + 1] = gradients[2 * row + 1]
        }
    }

    /// The histograms of one node's rows, column after column.
    private mutating func histograms(of range: Range<Int>, columns: [Int], starts: [Int]) throws -> [Double] {
        let count = starts.last ?? 0
        // Another choice of columns has other histograms.
        if spare.first?.count != count { spare = [] }
        var result = spare.popLast() ?? [Double](repeating: 0, count: count)
        let execution = execution(for: range.count * columns.count)
        let rowCount = table.rowCount
        try result.withUnsafeMutableBufferPointer { result in
            try table.bins.withUnsafeBufferPointer { bins in
                try rows.withUnsafeBufferPointer { rows in
                    try pairs.withUnsafeBufferPointer { pairs in
                        let result = SharedBuffer(result)
                        let bins = SharedReadBuffer(bins)
                        let rows = SharedReadBuffer(rows)
                        let pairs = SharedReadBuffer(pairs)
                        try execution.forEachBlock(of: columns.count, size: 4) { block in
                            guard let result = result.buffer.baseAddress, let bins = bins.buffer.baseAddress,
                                let rows = rows.buffer.baseAddress, let pairs = pairs.buffer.baseAddress
                            else { return }
                            for index in block {
                                outlier_gradient_histogram(
                                    bins + columns[index] * rowCount, rows + range.lowerBound, range.count,
                                    pairs + 2 * range.lowerBound, (starts[index + 1] - starts[index]) / 2,
                                    result + starts[index])
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    /// Threads are not worth their start for little work.
    private func execution(for work: Int) -> Execution {
        work > 100_000 ? execution : Execution(threads: 1, cancellation: execution.cancellation)
    }

    /// - Parameter places: which of `columns` may be cut.
    private func bestCut(_ open: Open, columns: [Int], places: [Int], starts: [Int]) throws -> Cut? {
        let blockSize = 256
        let work = open.histograms.isEmpty ? (starts.last ?? 0) + open.range.count * places.count : starts.last ?? 0
        var best = [Cut?](repeating: nil, count: (places.count + blockSize - 1) / blockSize)
        try best.withUnsafeMutableBufferPointer { best in
            let best = SharedBuffer(best)
            try execution(for: work).forEachBlock(of: places.count, size: blockSize) { block in
                best.buffer[block.lowerBound / blockSize] = bestCut(
                    open, columns: columns, places: places[block], starts: starts)
            }
        }
        // Of equal ones the first, as one thread would find it.
        return best.reduce(nil) { first, second in
            guard let first, let second else { return first ?? second }
            return second.gain > first.gain ? second : first
        }
    }

    private func bestCut(_ open: Open, columns: [Int], places: ArraySlice<Int>, starts: [Int]) -> Cut? {
        // Below the last of these a gain is but rounding.
        var given = outlier_cut_rules(
            gradient: open.sums.gradient, hessian: open.sums.hessian, regularization: rules.regularization,
            minimum_weight: rules.minimumWeight, least: max(rules.minimumGain, 1e-12 * abs(rules.gain(open.sums))))
        var best: Cut?
        withHistograms(of: open, columns: columns, starts: starts) { histogram in
            for index in places {
                // Two bins more than cuts: that of the largest values, and that of missing ones.
                let cutCount = (starts[index + 1] - starts[index]) / 2 - 2
                if cutCount == 0 { continue }
                let cut = outlier_best_cut(histogram(index), cutCount, &given)
                if cut.gain > best?.gain ?? 0 {
                    best = Cut(
                        column: columns[index], bin: Int(cut.bin), missingLeft: cut.missing_left != 0, gain: cut.gain,
                        left: GradientSums(gradient: cut.gradient, hessian: cut.hessian))
                }
            }
        }
        return best
    }

    /// - Parameter body: gets a function that finds the histogram of one of the columns, which is good until the next.
    private func withHistograms(
        of open: Open, columns: [Int], starts: [Int], _ body: ((Int) -> UnsafePointer<Double>) -> Void
    ) {
        if !open.histograms.isEmpty {
            open.histograms.withUnsafeBufferPointer { histograms in
                guard let base = histograms.baseAddress else { return }
                body { base + starts[$0] }
            }
            return
        }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * Int(outlier_gradient_bins)) { memory in
            table.bins.withUnsafeBufferPointer { bins in
                rows.withUnsafeBufferPointer { rows in
                    pairs.withUnsafeBufferPointer { pairs in
                        guard let bins = bins.baseAddress, let rows = rows.baseAddress, let pairs = pairs.baseAddress,
                            let memory = memory.baseAddress
                        else { return }
                        body { index in
                            outlier_gradient_histogram(
                                bins + columns[index] * table.rowCount, rows + open.range.lowerBound, open.range.count,
                                pairs + 2 * open.range.lowerBound, (starts[index + 1] - starts[index]) / 2, memory)
                            return UnsafePointer(memory)
                        }
                    }
                }
            }
        }
    }

    private func goesLeft(_ row: UInt32, by cut: Cut) -> Bool {
        let bin = Int(table.bins[cut.column * table.rowCount + Int(row)])
        return bin == table.missingBin(of: cut.column) ? cut.missingLeft : bin <= cut.bin
    }

    /// Whether rows come to both sides: what a difference of histograms leaves in an empty bin may look like weight.
    private func leavesBothSides(_ range: Range<Int>, by cut: Cut) -> Bool {
        let first = goesLeft(rows[range.lowerBound], by: cut)
        return range.contains { goesLeft(rows[$0], by: cut) != first }
    }

    /// Brings the rows that go left to the front, both parts in their order, and says where the others begin. Where no
    /// value is missing, missing ones will go where more rows go.
    private mutating func partition(_ range: Range<Int>, by cut: inout Cut) -> Int {
        var left = range.lowerBound
        var right = 0
        let missing = table.missingBin(of: cut.column)
        var hasMissing = false
        for index in range {
            let row = rows[index]
            if Int(table.bins[cut.column * table.rowCount + Int(row)]) == missing { hasMissing = true }
            if goesLeft(row, by: cut) {
                rows[left] = row
                left += 1
            } else {
                scratch[right] = row
                right += 1
            }
        }
        for index in 0..<right { rows[left + index] = scratch[index] }
        if !hasMissing { cut.missingLeft = left - range.lowerBound > right }
        return left
    }
}
