import CKernels
public import OutlierCore

/// The trees of one model, and the log-odds that they add up to with.
struct BoostedModel: Sendable {
    var start: Double
    var trees: [BoostedTree] = []

    func scores(of matrix: Matrix, execution: Execution) throws -> [Double] {
        var sums = [Double](repeating: start, count: matrix.rowCount)
        for tree in trees { try tree.addValues(of: matrix, to: &sums, execution: execution) }
        return sums
    }
}

/// Boosted trees that have learnt.
public struct FittedBoostedTrees: FittedDetector, MissingTolerant {
    public let featureCount: Int
    let models: [BoostedModel]

    init(featureCount: Int, models: [BoostedModel]) {
        self.featureCount = featureCount
        self.models = models
    }

    /// The logarithm of the odds, the mean over the models.
    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        var sums = [Double](repeating: 0, count: data.rowCount)
        for model in models {
            let scores = try model.scores(of: data.matrix, execution: execution)
            for row in sums.indices { sums[row] += scores[row] }
        }
        return sums.map { $0 / Double(models.count) }
    }

    public func encode(to archive: inout ModelArchive) throws {
        let trees = models.flatMap(\.trees)
        let nodes = trees.flatMap(\.nodes)
        archive.store(featureCount, as: "feature-count")
        archive.store(models.map(\.start), as: "starts")
        archive.store(models.map(\.trees.count), as: "tree-counts")
        archive.store(trees.map(\.nodes.count), as: "node-counts")
        archive.store(nodes.map { BoostedTree.isLeaf($0) ? -1 : Int32(clamping: $0.feature) }, as: "features")
        archive.store(nodes.map { BoostedTree.isLeaf($0) ? 0 : $0.threshold }, as: "thresholds")
        archive.store(nodes.map { $0.missing_left != 0 ? UInt8(1) : 0 }, as: "missing-left")
        archive.store(nodes.map(\.value), as: "values")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        featureCount = try archive.columnCount("feature-count")
        let starts = try archive.doubles("starts")
        let treeCounts = try archive.integers("tree-counts", count: starts.count, in: 0...Int(Int32.max))
        let nodeCounts = try archive.integers("node-counts", in: 1...Int(Int32.max))
        let features = try archive.int32s("features", in: -1...Int32(clamping: featureCount - 1))
        let thresholds = try archive.doubles("thresholds", count: features.count)
        let missingLeft = try archive.bytes("missing-left", count: features.count)
        let values = try archive.doubles("values", count: features.count)
        guard !starts.isEmpty, starts.allSatisfy(\.isFinite), thresholds.allSatisfy(\.isFinite),
            values.allSatisfy(\.isFinite)
        else { throw BoostedTree.damaged }
        var start = 0
        var trees = try nodeCounts.map { count in
            guard count <= features.count - start else { throw BoostedTree.damaged }
            let range = start..<start + count
            start += count
            return try BoostedTree(
                features: features[range], thresholds: thresholds[range], missingLeft: missingLeft[range],
                values: values[range])
        }[...]
        guard start == features.count else { throw BoostedTree.damaged }
        models = try zip(starts, treeCounts).map { start, count in
            guard count <= trees.count else { throw BoostedTree.damaged }
            defer { trees = trees.dropFirst(count) }
            return BoostedModel(start: start, trees: Array(trees.prefix(count)))
        }
        guard trees.isEmpty else { throw BoostedTree.damaged }
    }
}

extension BoostedTree {
    static var damaged: OutlierError { OutlierError(.invalidModel, "the nodes do not make a tree") }

    /// A tree out of a file. As children lie side by side in the order of their parents, their places need not be stored.
    ///
    /// - Throws: ``OutlierError/Code/invalidModel`` where the nodes do not make one tree.
    init(
        features: ArraySlice<Int32>, thresholds: ArraySlice<Double>, missingLeft: ArraySlice<UInt8>,
        values: ArraySlice<Double>
    ) throws {
        self.init()
        let count = features.count
        addLeaf(0)
        for node in 0..<count {
            // A node that comes before its parent would close a circle.
            guard node < nodes.count else { throw Self.damaged }
            let feature = features[features.startIndex + node]
            let value = values[values.startIndex + node]
            if feature < 0 {
                setValue(value, of: node)
                continue
            }
            guard nodes.count + 2 <= count else { throw Self.damaged }
            _ = split(
                node, column: Int(feature), threshold: thresholds[thresholds.startIndex + node],
                missingLeft: missingLeft[missingLeft.startIndex + node] != 0, values: (0, 0))
        }
        guard nodes.count == count else { throw Self.damaged }
    }
}
