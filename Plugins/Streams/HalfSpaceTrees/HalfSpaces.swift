package import OutlierCore

/// The smallest and the largest value of each column.
package struct ColumnBox: Hashable {
    package let lower: [Double]
    package let upper: [Double]

    /// - Throws: ``OutlierError/Code/numericalFailure`` if the two are further apart than a number says.
    package init(_ data: Dataset) throws {
        var lower = data.matrix.row(0)
        var upper = lower
        let width = data.columnCount
        data.matrix.withUnsafeRows { values, stride in
            for row in 1..<max(1, data.rowCount) {
                for column in 0..<width {
                    let value = values[row * stride + column]
                    lower[column] = min(lower[column], value)
                    upper[column] = max(upper[column], value)
                }
            }
        }
        // A box is at most three times as wide as the values.
        if let column = lower.indices.first(where: { !(3 * (upper[$0] - lower[$0])).isFinite }) {
            throw OutlierError(
                .numericalFailure, "the values of column “\(data.columns[column].name)” lie too far apart",
                suggestion: "Put the preprocessor “robust-scaler” before the detector.")
        }
        self.lower = lower
        self.upper = upper
    }

    package init(lower: [Double], upper: [Double]) throws {
        guard !lower.isEmpty, lower.count == upper.count,
            zip(lower, upper).allSatisfy({ $0 <= $1 && (3 * ($1 - $0)).isFinite && $0.isFinite })
        else { throw OutlierError(.invalidModel, "the model's box is none") }
        self.lower = lower
        self.upper = upper
    }
}

/// The half-spaces of all trees: a full binary tree each, level by level, which a seed and a box determine.
package struct HalfSpaces: Sendable {
    package let box: ColumnBox
    package let trees: Int
    package let depth: Int
    package let seed: UInt64
    /// The column that each inner node cuts, tree after tree.
    package let columns: [Int32]
    /// Where each inner node cuts: what is less goes to the left.
    package let cuts: [Double]

    package var innerNodes: Int { 1 << depth - 1 }
    package var nodes: Int { 1 << (depth + 1) - 1 }

    package init(of box: ColumnBox, trees: Int, depth: Int, seed: UInt64, execution: Execution) throws {
        let bytes = Double(trees) * Double(1 << (depth + 1)) * 14
        guard bytes < MachineMemory.limit / 2, trees * (1 << (depth + 1)) < Int(Int32.max) else {
            throw OutlierError(
                .invalidParameter,
                "\(trees) trees of depth \(depth) take \((bytes / 0x1p30).rounded(.up)) GiB, more than half of what there is",
                suggestion: "Choose fewer “trees” or a lower “depth”.")
        }
        self.box = box
        self.trees = trees
        self.depth = depth
        self.seed = seed
        let inner = 1 << depth - 1
        var columns = [Int32](repeating: 0, count: trees * inner)
        var cuts = [Double](repeating: 0, count: trees * inner)
        try columns.withUnsafeMutableBufferPointer { columns in
            let columns = SharedBuffer(columns)
            try cuts.withUnsafeMutableBufferPointer { cuts in
                let cuts = SharedBuffer(cuts)
                try execution.forEach(trees) { tree in
                    var growth = Growth(box: box, random: RandomSource(seed: seed, stream: UInt64(tree)))
                    growth.grow(
                        depth: depth,
                        columns: UnsafeMutableBufferPointer(
                            rebasing: columns.buffer[tree * inner..<(tree + 1) * inner]),
                        cuts: UnsafeMutableBufferPointer(rebasing: cuts.buffer[tree * inner..<(tree + 1) * inner]))
                }
            }
        }
        self.columns = columns
        self.cuts = cuts
    }

    /// One tree while it grows.
    private struct Growth {
        /// What is left of the box, in units in which a column's values reach from 0 to 1.
        private var lower: [Double]
        private var upper: [Double]
        private let box: ColumnBox
        private var random: RandomSource

        /// The work space of the paper's algorithm 1: around a random point of the unit box, wide enough to hold the box.
        init(box: ColumnBox, random: RandomSource) {
            self.box = box
            self.random = random
            lower = []
            upper = []
            for _ in box.lower {
                let centre = self.random.uniform()
                let reach = 2 * max(centre, 1 - centre)
                lower.append(centre - reach)
                upper.append(centre + reach)
            }
        }

        mutating func grow(
            depth: Int, columns: UnsafeMutableBufferPointer<Int32>, cuts: UnsafeMutableBufferPointer<Double>
        ) {
            divide(node: 0, levels: depth, columns, cuts)
        }

        /// - Parameter levels: how many levels of inner nodes are left, at most the depth: no deep recursion.
        private mutating func divide(
            node: Int, levels: Int, _ columns: UnsafeMutableBufferPointer<Int32>,
            _ cuts: UnsafeMutableBufferPointer<Double>
        ) {
            guard levels > 0 else { return }
            let column = random.index(below: lower.count)
            let middle = (lower[column] + upper[column]) / 2
            let span = box.upper[column] - box.lower[column]
            columns[node] = Int32(column)
            cuts[node] = box.lower[column] + middle * (span > 0 ? span : 1)
            let (low, high) = (lower[column], upper[column])
            upper[column] = middle
            divide(node: 2 * node + 1, levels: levels - 1, columns, cuts)
            upper[column] = high
            lower[column] = middle
            divide(node: 2 * node + 2, levels: levels - 1, columns, cuts)
            lower[column] = low
        }
    }
}
