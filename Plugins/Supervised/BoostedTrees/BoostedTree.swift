import CKernels
import OutlierCore

/// A tree whose leaves hold values to be added up. Children lie side by side, behind their parent.
struct BoostedTree: Sendable {
    private(set) var nodes: [outlier_boosted_node] = []
    /// How many cuts lie between the root and the deepest leaf.
    private(set) var height: UInt32 = 0
    private var depths: [UInt32] = []

    mutating func addLeaf(_ value: Double, depth: UInt32 = 0) {
        nodes.append(
            outlier_boosted_node(
                threshold: .infinity, value: value, feature: 0, left: UInt32(nodes.count), missing_left: 1))
        depths.append(depth)
        height = max(height, depth)
    }

    /// Makes an inner node of a leaf, and says where its left child is; the right one follows.
    mutating func split(
        _ node: Int, column: Int, threshold: Double, missingLeft: Bool, values: (Double, Double)
    ) -> Int {
        let left = nodes.count
        nodes[node].feature = UInt32(column)
        nodes[node].threshold = threshold
        nodes[node].left = UInt32(left)
        nodes[node].missing_left = missingLeft ? 1 : 0
        nodes[node].value = 0
        addLeaf(values.0, depth: depths[node] + 1)
        addLeaf(values.1, depth: depths[node] + 1)
        return left
    }

    mutating func setValue(_ value: Double, of leaf: Int) { nodes[leaf].value = value }

    /// The value of the leaf to which a row of a binned table comes.
    func value(of row: Int, in table: BinnedColumns) -> Double {
        var at = 0
        while !BoostedTree.isLeaf(nodes[at]) {
            let node = nodes[at]
            at = Int(node.left) + (goesRight(row, at: node, in: table) ? 1 : 0)
        }
        return nodes[at].value
    }

    /// By how much the value of a row would change, had it another row's value in one column.
    func change(of row: Int, in table: BinnedColumns, taking column: Int, from other: Int) -> Double {
        var at = 0
        while !BoostedTree.isLeaf(nodes[at]) {
            let node = nodes[at]
            let isRight = goesRight(row, at: node, in: table)
            if Int(node.feature) == column, goesRight(other, at: node, in: table) != isRight {
                let (left, right) = (Int(node.left), Int(node.left) + 1)
                return leafValue(below: isRight ? left : right, in: table) { $0 == column ? other : row }
                    - leafValue(below: isRight ? right : left, in: table) { _ in row }
            }
            at = Int(node.left) + (isRight ? 1 : 0)
        }
        return 0
    }

    /// - Parameter row: the row whose value in a column counts.
    private func leafValue(below start: Int, in table: BinnedColumns, _ row: (Int) -> Int) -> Double {
        var at = start
        while !BoostedTree.isLeaf(nodes[at]) {
            let node = nodes[at]
            at = Int(node.left) + (goesRight(row(Int(node.feature)), at: node, in: table) ? 1 : 0)
        }
        return nodes[at].value
    }

    /// The columns that are cut, ascending.
    var columns: [Int] { Set(nodes.filter { !BoostedTree.isLeaf($0) }.map { Int($0.feature) }).sorted() }

    private func goesRight(_ row: Int, at node: outlier_boosted_node, in table: BinnedColumns) -> Bool {
        let column = Int(node.feature)
        let bin = Int(table.bins[column * table.rowCount + row])
        if bin == table.missingBin(of: column) { return node.missing_left == 0 }
        // The value is above the threshold where the cut below its bin is at least the threshold.
        return bin > 0 && table.cuts[column][bin - 1] >= node.threshold
    }

    /// No cut lies at infinity but the one that keeps a walk in its leaf.
    static func isLeaf(_ node: outlier_boosted_node) -> Bool { node.threshold == .infinity }

    /// The value that each row of the matrix gets, added to `sums`.
    func addValues(of matrix: Matrix, to sums: inout [Double], execution: Execution) throws {
        let columns = matrix.columnCount
        try matrix.withUnsafeBufferPointer { values in
            try sums.withUnsafeMutableBufferPointer { sums in
                try nodes.withUnsafeBufferPointer { nodes in
                    let values = SharedReadBuffer(values)
                    let sums = SharedBuffer(sums)
                    let nodes = SharedReadBuffer(nodes)
                    try execution.forEachBlock(of: matrix.rowCount, size: 4096) { block in
                        guard let values = values.buffer.baseAddress, let sums = sums.buffer.baseAddress,
                            let nodes = nodes.buffer.baseAddress
                        else { return }
                        outlier_boosted_add_values(
                            nodes, height, values + block.lowerBound * columns, block.count, columns,
                            sums + block.lowerBound)
                    }
                }
            }
        }
    }
}
