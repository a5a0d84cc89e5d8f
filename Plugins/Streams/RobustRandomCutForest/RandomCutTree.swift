package import OutlierCore

/// One random cut tree over points, into which points can be put and out of which they can be taken.
///
/// Nodes live in arrays, which grow until the tree has been full once; `-1` is no node. A leaf is one point, with the number of
/// equal ones.
package struct RandomCutTree: Sendable {
    package let capacity: Int
    package let columnCount: Int
    package private(set) var root: Int32 = -1
    private var parents: [Int32] = []
    /// The left child of an inner node; of a leaf, -1.
    private var lefts: [Int32] = []
    private var rights: [Int32] = []
    private var cutColumns: [Int32] = []
    private var cuts: [Double] = []
    /// How many points lie below a node.
    package private(set) var counts: [Int32] = []
    /// The box around the points of each node, columns side by side.
    private var lower: [Double] = []
    private var upper: [Double] = []
    /// Nodes that are in no tree any more.
    private var free: [Int32] = []

    /// - Parameter capacity: how many leaves it can have.
    package init(capacity: Int, columnCount: Int) {
        self.capacity = capacity
        self.columnCount = columnCount
    }

    package var isEmpty: Bool { root < 0 }
    package func isLeaf(_ node: Int32) -> Bool { lefts[Int(node)] < 0 }

    // MARK: Changing

    /// Puts a point into the tree. There must be room for one more leaf.
    ///
    /// - Returns: its leaf, which may hold equal points already.
    package mutating func insert(_ point: UnsafeBufferPointer<Double>, random: inout RandomSource) -> Int32 {
        guard root >= 0 else {
            root = makeLeaf(point)
            return root
        }
        var node = root
        while true {
            let (growth, range) = reach(of: point, beyond: node)
            if growth > 0, isLeaf(node) || random.uniform() * (growth + range) < growth {
                return separate(point, from: node, at: random.uniform() * growth)
            }
            if isLeaf(node) {
                addToCounts(from: node, 1)
                return node
            }
            node = child(of: node, towards: point)
        }
    }

    /// Takes one point out of a leaf.
    package mutating func remove(_ leaf: Int32) {
        guard counts[Int(leaf)] == 1 else {
            addToCounts(from: leaf, -1)
            return
        }
        let parent = parents[Int(leaf)]
        free.append(leaf)
        guard parent >= 0 else {
            root = -1
            return
        }
        let sibling = lefts[Int(parent)] == leaf ? rights[Int(parent)] : lefts[Int(parent)]
        let above = parents[Int(parent)]
        parents[Int(sibling)] = above
        if above < 0 {
            root = sibling
        } else if lefts[Int(above)] == parent {
            lefts[Int(above)] = sibling
        } else {
            rights[Int(above)] = sibling
        }
        lefts[Int(parent)] = -1
        free.append(parent)
        if above >= 0 { addToCounts(from: above, -1) }
        shrinkBoxes(from: above)
    }

    private mutating func makeLeaf(_ point: UnsafeBufferPointer<Double>) -> Int32 {
        let node = makeNode()
        let start = Int(node) * columnCount
        for column in 0..<columnCount {
            lower[start + column] = point[column]
            upper[start + column] = point[column]
        }
        counts[Int(node)] = 1
        return node
    }

    private mutating func makeNode() -> Int32 {
        if let node = free.popLast() {
            parents[Int(node)] = -1
            lefts[Int(node)] = -1
            rights[Int(node)] = -1
            return node
        }
        let node = Int32(parents.count)
        parents.append(-1)
        lefts.append(-1)
        rights.append(-1)
        cutColumns.append(0)
        cuts.append(0)
        counts.append(0)
        for _ in 0..<columnCount {
            lower.append(0)
            upper.append(0)
        }
        return node
    }

    /// Puts a cut above `node`, the point on one side of it.
    ///
    /// - Parameter place: where within the lengths, column after column, by which the point enlarges the node's box.
    private mutating func separate(_ point: UnsafeBufferPointer<Double>, from node: Int32, at place: Double) -> Int32 {
        let start = Int(node) * columnCount
        var rest = place
        var column = 0
        // Rounding must not lead past the last column in which the point is outside.
        for candidate in 0..<columnCount {
            let length = max(
                lower[start + candidate] - point[candidate], point[candidate] - upper[start + candidate], 0)
            guard length > 0 else { continue }
            column = candidate
            if rest < length { break }
            rest -= length
        }
        let isBelow = point[column] < lower[start + column]
        let cut: Double
        if isBelow {
            let candidate = point[column] + rest
            cut = candidate < lower[start + column] ? candidate : point[column]
        } else {
            let candidate = upper[start + column] + rest
            cut = candidate < point[column] ? candidate : upper[start + column]
        }
        let leaf = makeLeaf(point)
        let parent = makeNode()
        let above = parents[Int(node)]
        parents[Int(parent)] = above
        lefts[Int(parent)] = isBelow ? leaf : node
        rights[Int(parent)] = isBelow ? node : leaf
        cutColumns[Int(parent)] = Int32(column)
        cuts[Int(parent)] = cut
        counts[Int(parent)] = counts[Int(node)]
        let box = Int(parent) * columnCount
        for column in 0..<columnCount {
            lower[box + column] = lower[start + column]
            upper[box + column] = upper[start + column]
        }
        parents[Int(node)] = parent
        parents[Int(leaf)] = parent
        if above < 0 {
            root = parent
        } else if lefts[Int(above)] == node {
            lefts[Int(above)] = parent
        } else {
            rights[Int(above)] = parent
        }
        addToCounts(from: parent, 1)
        enlargeBoxes(from: parent, by: point)
        return leaf
    }

    private mutating func addToCounts(from node: Int32, _ change: Int32) {
        var node = node
        while node >= 0 {
            counts[Int(node)] += change
            node = parents[Int(node)]
        }
    }

    private mutating func enlargeBoxes(from node: Int32, by point: UnsafeBufferPointer<Double>) {
        var node = node
        while node >= 0 {
            let start = Int(node) * columnCount
            var changes = false
            for column in 0..<columnCount {
                let value = point[column]
                if value < lower[start + column] {
                    lower[start + column] = value
                    changes = true
                }
                if value > upper[start + column] {
                    upper[start + column] = value
                    changes = true
                }
            }
            if !changes { return }
            node = parents[Int(node)]
        }
    }

    /// Makes the boxes from `node` upwards those of their children again.
    private mutating func shrinkBoxes(from node: Int32) {
        var node = node
        while node >= 0 {
            let start = Int(node) * columnCount
            let left = Int(lefts[Int(node)]) * columnCount
            let right = Int(rights[Int(node)]) * columnCount
            var changes = false
            for column in 0..<columnCount {
                let low = min(lower[left + column], lower[right + column])
                let high = max(upper[left + column], upper[right + column])
                if low != lower[start + column] || high != upper[start + column] { changes = true }
                lower[start + column] = low
                upper[start + column] = high
            }
            if !changes { return }
            node = parents[Int(node)]
        }
    }

    // MARK: Looking

    /// By how much a point enlarges a node's box, and how long its sides are, summed over the columns.
    private func reach(of point: UnsafeBufferPointer<Double>, beyond node: Int32) -> (growth: Double, range: Double) {
        let start = Int(node) * columnCount
        var growth = 0.0
        var range = 0.0
        lower.withUnsafeBufferPointer { lower in
            upper.withUnsafeBufferPointer { upper in
                for column in 0..<columnCount {
                    let (low, high, value) = (lower[start + column], upper[start + column], point[column])
                    growth += max(low - value, 0) + max(value - high, 0)
                    range += high - low
                }
            }
        }
        return (growth, range)
    }

    private func child(of node: Int32, towards point: UnsafeBufferPointer<Double>) -> Int32 {
        point[Int(cutColumns[Int(node)])] <= cuts[Int(node)] ? lefts[Int(node)] : rights[Int(node)]
    }

    /// The collusive displacement of the points of a leaf: the largest ratio of what stands beside a subtree that holds the leaf
    /// to what is in the subtree; 0 in a tree of one leaf.
    package func displacement(ofLeaf leaf: Int32) -> Double {
        var node = leaf
        var largest = 0.0
        while parents[Int(node)] >= 0 {
            let parent = parents[Int(node)]
            let own = Double(counts[Int(node)])
            largest = max(largest, (Double(counts[Int(parent)]) - own) / own)
            node = parent
        }
        return largest
    }

    /// The mean over all random cuts of the displacement that a point would have if it were put into the tree.
    package func expectedDisplacement(of point: UnsafeBufferPointer<Double>) -> Double {
        guard root >= 0 else { return 0 }
        var node = root
        var mean = 0.0
        // The chance that no cut has set the point apart so far.
        var remaining = 1.0
        var largest = 0.0
        while true {
            let (growth, range) = reach(of: point, beyond: node)
            if growth > 0 {
                let chance = isLeaf(node) || !growth.isFinite ? 1 : growth / (growth + range)
                mean += remaining * chance * max(largest, Double(counts[Int(node)]))
                remaining *= 1 - chance
                if remaining == 0 { return mean }
            }
            if isLeaf(node) { return mean + remaining * largest }
            let next = child(of: node, towards: point)
            let inside = Double(counts[Int(next)])
            largest = max(largest, (Double(counts[Int(node)]) - inside) / (inside + 1))
            node = next
        }
    }

    /// The point of a leaf.
    package func point(ofLeaf leaf: Int32) -> ArraySlice<Double> {
        lower[Int(leaf) * columnCount..<(Int(leaf) + 1) * columnCount]
    }

    // MARK: As arrays

    /// The nodes, each before its left part and that before its right part.
    package struct Flat {
        /// The column of each node's cut; -1 for a leaf.
        package var columns: [Int32] = []
        package var cuts: [Double] = []
        /// The points of the leaves, in order, columns side by side.
        package var points: [Double] = []
        /// How many equal points each leaf holds.
        package var counts: [Int32] = []
        /// The leaf of each entry of `counts`, where the tree was made.
        package var leaves: [Int32] = []
    }

    package var flat: Flat {
        var flat = Flat()
        var stack = root < 0 ? [] : [root]
        while let node = stack.popLast() {
            guard !isLeaf(node) else {
                flat.columns.append(-1)
                flat.points += point(ofLeaf: node)
                flat.counts.append(counts[Int(node)])
                flat.leaves.append(node)
                continue
            }
            flat.columns.append(cutColumns[Int(node)])
            flat.cuts.append(cuts[Int(node)])
            stack.append(rights[Int(node)])
            stack.append(lefts[Int(node)])
        }
        return flat
    }

    /// Makes the tree that ``flat`` describes.
    ///
    /// - Returns: the tree and the leaf of each entry of `flat.counts`.
    /// - Throws: ``OutlierError/Code/invalidModel`` if it describes none, or one whose cuts do not separate its points.
    package static func read(_ flat: Flat, capacity: Int, columnCount: Int) throws -> (
        tree: RandomCutTree, leaves: [Int32]
    ) {
        let leafCount = flat.columns.count { $0 < 0 }
        guard leafCount <= capacity, flat.counts.count == leafCount, flat.points.count == leafCount * columnCount,
            flat.cuts.count == flat.columns.count - leafCount, flat.columns.isEmpty || flat.cuts.count == leafCount - 1
        else { throw damaged }
        var tree = RandomCutTree(capacity: capacity, columnCount: columnCount)
        var leaves: [Int32] = []
        var (nextCut, nextLeaf) = (0, 0)
        var order: [Int32] = []
        // Inner nodes that still lack a child.
        var open: [Int32] = []
        for column in flat.columns {
            guard order.isEmpty || !open.isEmpty, Int(column) < columnCount else { throw damaged }
            let node: Int32
            if column < 0 {
                let start = nextLeaf * columnCount
                node = flat.points.withUnsafeBufferPointer {
                    tree.makeLeaf(UnsafeBufferPointer(rebasing: $0[start..<start + columnCount]))
                }
                tree.counts[Int(node)] = flat.counts[nextLeaf]
                leaves.append(node)
                nextLeaf += 1
            } else {
                node = tree.makeNode()
                tree.cutColumns[Int(node)] = column
                tree.cuts[Int(node)] = flat.cuts[nextCut]
                nextCut += 1
            }
            order.append(node)
            if let parent = open.last {
                tree.parents[Int(node)] = parent
                if tree.lefts[Int(parent)] < 0 {
                    tree.lefts[Int(parent)] = node
                } else {
                    tree.rights[Int(parent)] = node
                    open.removeLast()
                }
            } else {
                tree.parents[Int(node)] = -1
                tree.root = node
            }
            if column >= 0 { open.append(node) }
        }
        guard open.isEmpty, tree.completeInnerNodes(order) else { throw damaged }
        return (tree, leaves)
    }

    /// Counts and boxes of the inner nodes, the deepest first; false if a cut does not separate.
    private mutating func completeInnerNodes(_ order: [Int32]) -> Bool {
        for node in order.reversed() where !isLeaf(node) {
            let (left, right) = (Int(lefts[Int(node)]), Int(rights[Int(node)]))
            counts[Int(node)] = counts[left] + counts[right]
            let (start, first, second) = (Int(node) * columnCount, left * columnCount, right * columnCount)
            for column in 0..<columnCount {
                lower[start + column] = min(lower[first + column], lower[second + column])
                upper[start + column] = max(upper[first + column], upper[second + column])
            }
            let column = Int(cutColumns[Int(node)])
            guard upper[first + column] <= cuts[Int(node)], cuts[Int(node)] < lower[second + column] else {
                return false
            }
        }
        return true
    }

    private static var damaged: OutlierError {
        OutlierError(.invalidModel, "the model's random cut trees are damaged")
    }
}
