import CKernels
public import OutlierCore

/// An isolation forest that was grown.
public struct FittedIsolationForest: Explainable, MissingTolerant {
    public let featureCount: Int
    /// How many rows each tree was grown on.
    public let sampleSize: Int
    /// The number of trees.
    public var treeCount: Int { heights.count }

    /// The nodes of all trees, one tree after the other.
    let nodes: [outlier_isolation_node]
    /// The path length of each leaf; 0 for other nodes.
    let pathLengths: [Double]
    /// How many rows of its tree's sample came to each node.
    let counts: [Int32]
    /// Where in `nodes` each tree begins, and where the last ends.
    let starts: [Int]
    let heights: [UInt32]

    /// - Throws: ``OutlierError/Code/invalidModel`` where the trees are none.
    init(trees: [IsolationTree], sampleSize: Int, featureCount: Int) throws {
        guard !trees.isEmpty else { throw TreeShape.damaged }
        self.featureCount = featureCount
        self.sampleSize = sampleSize
        var nodes: [outlier_isolation_node] = []
        var pathLengths: [Double] = []
        var counts: [Int32] = []
        var starts = [0]
        var heights: [UInt32] = []
        let total = trees.reduce(0) { $0 + $1.features.count }
        nodes.reserveCapacity(total)
        pathLengths.reserveCapacity(total)
        counts.reserveCapacity(total)
        for tree in trees {
            let shape = try TreeShape(isLeaf: tree.features.map { $0 < 0 })
            pathLengths += try shape.pathLengths(counts: tree.counts, sampleSize: sampleSize)
            for node in tree.features.indices {
                let leaf = tree.features[node] < 0
                guard leaf || (Int(tree.features[node]) < featureCount && tree.thresholds[node].isFinite) else {
                    throw TreeShape.damaged
                }
                nodes.append(
                    outlier_isolation_node(
                        threshold: leaf ? .infinity : tree.thresholds[node], left: shape.leftChildren[node],
                        feature: leaf ? 0 : UInt32(tree.features[node])))
            }
            counts += tree.counts
            starts.append(nodes.count)
            heights.append(shape.height)
        }
        self.nodes = nodes
        self.pathLengths = pathLengths
        self.counts = counts
        self.starts = starts
        self.heights = heights
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let score = PathScore(trees: treeCount, sampleSize: sampleSize)
        let width = featureCount
        // Rows and one tree's nodes stay within the first two caches.
        let block = max(64, min(1024, 65_536 / max(1, width)))
        return try data.matrix.withUnsafeBufferPointer { values in
            try nodes.withUnsafeBufferPointer { nodes in
                try pathLengths.withUnsafeBufferPointer { paths in
                    let values = SharedReadBuffer(values)
                    let nodes = SharedReadBuffer(nodes)
                    let paths = SharedReadBuffer(paths)
                    return try execution.map(data.rowCount, blockSize: block) { rows, sums in
                        guard let values = values.buffer.baseAddress, let nodes = nodes.buffer.baseAddress,
                            let paths = paths.buffer.baseAddress, let target = sums.baseAddress
                        else { return }
                        for tree in heights.indices {
                            outlier_isolation_add_paths(
                                nodes + starts[tree], paths + starts[tree], heights[tree],
                                values + rows.lowerBound * width, rows.count, width, target)
                        }
                        for row in sums.indices {
                            let start = values + (rows.lowerBound + row) * width
                            if (0..<width).contains(where: { start[$0].isNaN }) {
                                sums[row] = incompletePath(nodes, paths, start)
                            }
                            sums[row] = score.score(sum: sums[row])
                        }
                    }
                }
            }
        }
    }

    /// By how many steps each feature shortens a row's mean path: Shapley values of the path length, exact, where a
    /// feature that is not known sends a row down both sides in the proportion of the sample (TreeSHAP). They add up to
    /// the mean path of the samples less the row's.
    ///
    /// O(trees · ψ log² ψ) a row. Paper: S. M. Lundberg et al.: *From local explanations to global understanding with
    /// explainable AI for trees*, 2020.
    public func contributions(of data: Dataset, execution: Execution) throws -> Matrix {
        try data.requireColumns(featureCount)
        guard let height = heights.max(), height <= UInt32(OUTLIER_ISOLATION_MAXIMUM_HEIGHT) else {
            throw TreeShape.damaged
        }
        let width = featureCount
        var result = Matrix(rowCount: data.rowCount, columnCount: width)
        let scale = -1 / Double(treeCount)
        try result.withUnsafeMutableBufferPointer { result in
            let result = SharedBuffer(result)
            try data.matrix.withUnsafeBufferPointer { values in
                let values = SharedReadBuffer(values)
                try execution.forEachBlock(of: data.rowCount, size: 16) { rows in
                    guard let source = values.buffer.baseAddress, let target = result.buffer.baseAddress else { return }
                    nodes.withUnsafeBufferPointer { nodes in
                        pathLengths.withUnsafeBufferPointer { paths in
                            counts.withUnsafeBufferPointer { counts in
                                guard let nodes = nodes.baseAddress, let paths = paths.baseAddress,
                                    let counts = counts.baseAddress
                                else { return }
                                for tree in heights.indices {
                                    for row in rows {
                                        outlier_isolation_add_shares(
                                            nodes + starts[tree], paths + starts[tree], counts + starts[tree],
                                            source + row * width, target + row * width)
                                    }
                                }
                            }
                        }
                    }
                    for index in rows.lowerBound * width..<rows.upperBound * width { target[index] *= scale }
                }
            }
        }
        return result
    }

    /// The path lengths of a row that lacks values, added up: without a value it goes the way of most rows.
    private func incompletePath(
        _ nodes: UnsafePointer<outlier_isolation_node>, _ paths: UnsafePointer<Double>, _ row: UnsafePointer<Double>
    ) -> Double {
        var sum = 0.0
        for tree in heights.indices {
            let start = starts[tree]
            var node = start
            while !isLeaf(nodes[node]) {
                let left = start + Int(nodes[node].left)
                let value = row[Int(nodes[node].feature)]
                let goesRight = value.isNaN ? counts[left + 1] > counts[left] : value > nodes[node].threshold
                node = goesRight ? left + 1 : left
            }
            sum += paths[node]
        }
        return sum
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(featureCount, as: "feature-count")
        archive.store(sampleSize, as: "sample-size")
        archive.store(zip(starts.dropFirst(), starts).map { $0 - $1 }, as: "node-counts")
        archive.store(nodes.map { isLeaf($0) ? -1 : Int32($0.feature) }, as: "features")
        archive.store(nodes.map { isLeaf($0) ? 0 : $0.threshold }, as: "thresholds")
        archive.store(counts, as: "row-counts")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let featureCount = try archive.columnCount("feature-count")
        let sampleSize = try archive.integer("sample-size", in: 1...Int(Int32.max) / 2)
        let sizes = try archive.integers("node-counts", in: 1...Int(Int32.max))
        let features = try archive.int32s("features", in: -1...Int32(clamping: featureCount - 1))
        let thresholds = try archive.doubles("thresholds", count: features.count)
        let counts = try archive.int32s("row-counts", count: features.count)
        var trees: [IsolationTree] = []
        var start = 0
        for size in sizes {
            guard size <= features.count - start else { throw TreeShape.damaged }
            var tree = IsolationTree()
            tree.features = Array(features[start..<start + size])
            tree.thresholds = Array(thresholds[start..<start + size])
            tree.counts = Array(counts[start..<start + size])
            trees.append(tree)
            start += size
        }
        guard start == features.count else { throw TreeShape.damaged }
        try self.init(trees: trees, sampleSize: sampleSize, featureCount: featureCount)
    }

    /// No cut lies at infinity but the one that keeps a walk in its leaf.
    func isLeaf(_ node: outlier_isolation_node) -> Bool { node.threshold == .infinity }
}
