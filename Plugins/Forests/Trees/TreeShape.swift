import OutlierCore

/// How the nodes of one tree hang together. They lie level by level, and the two children of a node side by side, so
/// that the k-th node that is no leaf has its children at 2k + 1 and 2k + 2: the places need not be stored, and what is
/// not stored cannot be wrong in a file.
struct TreeShape {
    /// The left child of each node; a leaf names itself.
    let leftChildren: [UInt32]
    /// How many inner nodes come before each node.
    let ranks: [UInt32]
    /// How far below the root each node lies.
    let depths: [UInt32]
    /// The greatest of `depths`.
    let height: UInt32

    /// - Throws: ``OutlierError/Code/invalidModel`` where the nodes do not make one tree.
    init(isLeaf: some RandomAccessCollection<Bool>) throws {
        let count = isLeaf.count
        guard count > 0, count < Int(Int32.max) else { throw TreeShape.damaged }
        var leftChildren = [UInt32](repeating: 0, count: count)
        var ranks = leftChildren
        var depths = leftChildren
        var next = 1
        var rank = 0
        for (node, leaf) in isLeaf.enumerated() {
            ranks[node] = UInt32(rank)
            if leaf {
                leftChildren[node] = UInt32(node)
                continue
            }
            // A node that comes after its children would close a circle.
            guard next > node, next + 1 < count else { throw TreeShape.damaged }
            leftChildren[node] = UInt32(next)
            depths[next] = depths[node] + 1
            depths[next + 1] = depths[node] + 1
            next += 2
            rank += 1
        }
        guard next == count else { throw TreeShape.damaged }
        self.leftChildren = leftChildren
        self.ranks = ranks
        self.depths = depths
        height = depths.last ?? 0
    }

    /// The path length of each leaf: its depth and the mean of the subtree that was not grown; 0 for other nodes.
    ///
    /// - Parameter counts: how many rows of the sample came to each node.
    /// - Throws: ``OutlierError/Code/invalidModel`` where the rows of two children are not those of their parent.
    func pathLengths(counts: some RandomAccessCollection<Int32>, sampleSize: Int) throws -> [Double] {
        let counts = Array(counts)
        guard counts.count == leftChildren.count, counts.first.map(Int.init) == sampleSize else {
            throw TreeShape.damaged
        }
        return try counts.indices.map { node in
            let left = Int(leftChildren[node])
            if left == node {
                guard counts[node] >= 0 else { throw TreeShape.damaged }
                return Double(depths[node]) + PathLength.average(over: Int(counts[node]))
            }
            guard Int(counts[left]) + Int(counts[left + 1]) == Int(counts[node]) else { throw TreeShape.damaged }
            return 0
        }
    }

    static var damaged: OutlierError { OutlierError(.invalidModel, "the nodes do not make a tree") }
}
