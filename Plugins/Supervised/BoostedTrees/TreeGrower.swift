import CKernels
import OutlierCore

/// Grows one tree after the other on the same rows of a binned table.
///
/// A node's cut is the one of greatest gain among all columns and bins; of equal ones, the first. The histograms of the
/// larger of two children are those of the parent less those of the smaller, as in LightGBM and XGBoost. Every
/// histogram is summed up by one thread in the order of the rows, so that the tree does not depend on the threads.
struct TreeGrower {
    let table: BinnedColumns
    let rules: TreeRules
    let execution: Execution

    /// Numbers of rows, those of a node side by side.
    private var rows: [UInt32] = []
    private var scratch: [UInt32] = []
    /// Gradient and hessian of the rows of a node, in their order.
    private var pairs: [Double] = []
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
        var histograms: [Double]
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
        var level: [Open] = []
        if rules.depth > 0 {
            let histograms = try histograms(
                of: 0..<sample.count, columns: columns, starts: starts, gradients: gradients)
            level = [Open(node: 0, range: 0..<sample.count, sums: sums, histograms: histograms)]
        }
        for depth in 0..<rules.depth {
            var next: [Open] = []
            for open in level {
                let places = draws?.places(columns.count) ?? Array(columns.indices)
                guard var cut = bestCut(open, columns: columns, places: places, starts: starts) else { continue }
                gains[cut.column] += cut.gain
                let middle = partition(open.range, by: &cut)
                let right = open.sums - cut.left
                let left = tree.split(
                    open.node, column: cut.column, threshold: table.cuts[cut.column][cut.bin],
                    missingLeft: cut.missingLeft, values: (rules.value(cut.left), rules.value(right)))
                if depth + 1 == rules.depth { continue }
                let ranges = (open.range.lowerBound..<middle, middle..<open.range.upperBound)
                let leftIsSmaller = ranges.0.count <= ranges.1.count
                let smaller = try histograms(
                    of: leftIsSmaller ? ranges.0 : ranges.1, columns: columns, starts: starts, gradients: gradients)
                var larger = open.histograms
                for index in larger.indices { larger[index] -= smaller[index] }
                next.append(
                    Open(
                        node: left, range: ranges.0, sums: cut.left,
                        histograms: leftIsSmaller ? smaller : larger))
                next.append(
                    Open(
                        node: left + 1, range: ranges.1, sums: right,
                        histograms: leftIsSmaller ? larger : smaller))
            }
            level = next
        }
        return tree
    }

    /// Where the histogram of each column begins in those of a node, and where the last ends.
    private func starts(of columns: [Int]) -> [Int] {
        columns.reduce(into: [0]) { starts, column in
            starts.append((starts.last ?? 0) + 2 * (table.missingBin(of: column) + 1))
        }
    }

    /// The histograms of one node's rows, column after column.
    private mutating func histograms(
        of range: Range<Int>, columns: [Int], starts: [Int], gradients: [Double]
    ) throws -> [Double] {
        for index in range {
            let row = Int(rows[index])
            pairs[2 * index] = gradients[2 * row]
            pairs[2 * index + 1] = gradients[2 * row + 1]
        }
        var result = [Double](repeating: 0, count: starts.last ?? 0)
        // Threads are not worth their start for little work.
        let execution =
            range.count * columns.count > 100_000
            ? self.execution : Execution(threads: 1, cancellation: self.execution.cancellation)
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

    /// - Parameter places: which of `columns` may be cut.
    private func bestCut(_ open: Open, columns: [Int], places: [Int], starts: [Int]) -> Cut? {
        let whole = rules.gain(open.sums)
        // Below this a gain is but rounding.
        let least = max(rules.minimumGain, 1e-12 * abs(whole))
        var best: Cut?
        for index in places {
            let column = columns[index]
            let cuts = table.cuts[column]
            if cuts.isEmpty { continue }
            let start = starts[index]
            func sums(_ bin: Int) -> GradientSums {
                GradientSums(
                    gradient: open.histograms[start + 2 * bin], hessian: open.histograms[start + 2 * bin + 1])
            }
            let missing = sums(table.missingBin(of: column))
            var present = GradientSums()
            for bin in cuts.indices {
                present = present + sums(bin)
                for side in (missing.hessian > 0 ? 0 : 1)...1 {
                    let missingLeft = side == 1
                    let left = missingLeft ? present + missing : present
                    let right = open.sums - left
                    guard left.hessian >= rules.minimumWeight, right.hessian >= rules.minimumWeight,
                        left.hessian > 0, right.hessian > 0
                    else { continue }
                    let gain = rules.gain(left) + rules.gain(right) - whole
                    if gain > least && gain > best?.gain ?? 0 {
                        best = Cut(column: column, bin: bin, missingLeft: missingLeft, gain: gain, left: left)
                    }
                }
            }
        }
        guard let best, leavesBothSides(open.range, by: best) else { return nil }
        return best
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
