import OutlierCore
import OutlierForests

/// A forest as its model file describes it, walked step by step: what the kernels must agree with to the bit.
struct TreeReading {
    struct Node {
        var feature: Int
        var threshold: Double
        var rows: Int
        var children: (left: Int, right: Int)?
    }

    let trees: [[Node]]
    let sampleSize: Int

    init(_ model: FittedIsolationForest) throws {
        var archive = ModelArchive()
        try model.encode(to: &archive)
        let features = try archive.int32s("features")
        let thresholds = try archive.doubles("thresholds")
        let counts = try archive.int32s("row-counts")
        var start = 0
        trees = try archive.integers("node-counts").map { size in
            var next = 1
            let nodes = (start..<start + size).map { place in
                let leaf = features[place] < 0
                defer { next += leaf ? 0 : 2 }
                return Node(
                    feature: Int(features[place]), threshold: thresholds[place], rows: Int(counts[place]),
                    children: leaf ? nil : (next, next + 1))
            }
            start += size
            return nodes
        }
        sampleSize = model.sampleSize
    }

    /// The leaf of `tree` in which `row` ends, and how deep it lies.
    func leaf(of row: [Double], in tree: [Node]) -> (node: Node, depth: Int) {
        var node = tree[0]
        var depth = 0
        while let children = node.children {
            node = tree[row[node.feature] <= node.threshold ? children.left : children.right]
            depth += 1
        }
        return (node, depth)
    }
}
