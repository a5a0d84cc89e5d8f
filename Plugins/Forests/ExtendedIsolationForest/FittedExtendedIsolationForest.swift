import CKernels
public import OutlierCore

/// An extended isolation forest that was grown.
public struct FittedExtendedIsolationForest: FittedDetector {
    public let featureCount: Int
    /// How many rows each tree was grown on.
    public let sampleSize: Int
    /// The number of trees.
    public var treeCount: Int { heights.count }
    /// How many features each cut involves beyond the first.
    public var extensionLevel: Int { terms - 1 }

    private let terms: Int
    /// The nodes of all trees, one tree after the other.
    private let nodes: [outlier_extended_node]
    /// The path length of each leaf; 0 for other nodes.
    private let pathLengths: [Double]
    /// How many rows of its tree's sample came to each node.
    private let counts: [Int32]
    /// Where in `nodes` each tree begins, and where the last ends.
    private let starts: [Int]
    /// How many normals come before those of each tree.
    private let normalStarts: [Int]
    private let heights: [UInt32]
    private let coefficients: [Float]
    /// Empty where every normal has a coefficient for each column.
    private let columns: [Int32]

    /// - Throws: ``OutlierError/Code/invalidModel`` where the trees are none.
    init(trees: [ExtendedTree], sampleSize: Int, featureCount: Int, terms: Int) throws {
        guard !trees.isEmpty, terms > 0, terms <= featureCount else { throw TreeShape.damaged }
        self.featureCount = featureCount
        self.sampleSize = sampleSize
        self.terms = terms
        var nodes: [outlier_extended_node] = []
        var pathLengths: [Double] = []
        var counts: [Int32] = []
        var starts = [0]
        var normalStarts = [0]
        var heights: [UInt32] = []
        var coefficients: [Float] = []
        var columns: [Int32] = []
        for tree in trees {
            let shape = try TreeShape(isLeaf: tree.offsets.map(\.isNaN))
            pathLengths += try shape.pathLengths(counts: tree.counts, sampleSize: sampleSize)
            let normals = tree.offsets.count / 2
            guard tree.coefficients.count == normals * terms,
                tree.columns.count == (terms < featureCount ? normals * terms : 0)
            else { throw TreeShape.damaged }
            for (node, offset) in tree.offsets.enumerated() {
                guard !offset.isInfinite else { throw TreeShape.damaged }
                nodes.append(
                    outlier_extended_node(
                        offset: offset.isNaN ? .infinity : offset, left: shape.leftChildren[node],
                        // The walk of a leaf computes a product too, which does not matter: any normal will do.
                        normal: offset.isNaN ? 0 : shape.ranks[node]))
            }
            counts += tree.counts
            coefficients += tree.coefficients
            columns += tree.columns
            starts.append(nodes.count)
            normalStarts.append(normalStarts[normalStarts.count - 1] + normals)
            heights.append(shape.height)
        }
        guard columns.allSatisfy({ $0 >= 0 && Int($0) < featureCount }), coefficients.allSatisfy(\.isFinite) else {
            throw TreeShape.damaged
        }
        self.nodes = nodes
        self.pathLengths = pathLengths
        self.counts = counts
        self.starts = starts
        self.normalStarts = normalStarts
        self.heights = heights
        self.coefficients = coefficients
        self.columns = columns
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        try data.matrix.withUnsafeBufferPointer { values in
            try nodes.withUnsafeBufferPointer { nodes in
                try pathLengths.withUnsafeBufferPointer { paths in
                    try coefficients.withUnsafeBufferPointer { coefficients in
                        try columns.withUnsafeBufferPointer { columns in
                            try computeScores(
                                SharedReadBuffer(values), count: data.rowCount, SharedReadBuffer(nodes),
                                SharedReadBuffer(paths), SharedReadBuffer(coefficients), SharedReadBuffer(columns),
                                execution: execution)
                        }
                    }
                }
            }
        }
    }

    private func computeScores(
        _ values: SharedReadBuffer<Double>, count: Int, _ nodes: SharedReadBuffer<outlier_extended_node>,
        _ paths: SharedReadBuffer<Double>, _ coefficients: SharedReadBuffer<Float>, _ columns: SharedReadBuffer<Int32>,
        execution: Execution
    ) throws -> [Double] {
        let score = PathScore(trees: treeCount, sampleSize: sampleSize)
        let width = featureCount
        let block = max(64, min(1024, 65_536 / max(1, width)))
        return try execution.map(count, blockSize: block) { rows, sums in
            guard let values = values.buffer.baseAddress, let nodes = nodes.buffer.baseAddress,
                let paths = paths.buffer.baseAddress, let target = sums.baseAddress
            else { return }
            for tree in heights.indices {
                // Trees of one leaf have no normals, and there may be none at all.
                let first = normalStarts[tree] * terms
                outlier_extended_add_paths(
                    nodes + starts[tree], paths + starts[tree], heights[tree],
                    coefficients.buffer.baseAddress.map { $0 + first },
                    terms < width ? columns.buffer.baseAddress.map { $0 + first } : nil, terms,
                    values + rows.lowerBound * width, rows.count, width, target)
            }
            for row in sums.indices { sums[row] = score.score(sum: sums[row]) }
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(featureCount, as: "feature-count")
        archive.store(sampleSize, as: "sample-size")
        archive.store(terms, as: "terms")
        archive.store(zip(starts.dropFirst(), starts).map { $0 - $1 }, as: "node-counts")
        archive.store(nodes.map { UInt8($0.offset == .infinity ? 1 : 0) }, as: "leaves")
        archive.store(nodes.map { $0.offset == .infinity ? 0 : $0.offset }, as: "offsets")
        archive.store(counts, as: "row-counts")
        archive.store(coefficients, as: "coefficients")
        archive.store(columns, as: "columns")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let featureCount = try archive.columnCount("feature-count")
        let sampleSize = try archive.integer("sample-size", in: 1...Int(Int32.max) / 2)
        let terms = try archive.integer("terms", in: 1...featureCount)
        let sizes = try archive.integers("node-counts", in: 1...Int(Int32.max))
        let leaves: [UInt8] = try archive.bytes("leaves")
        let offsets = try archive.doubles("offsets", count: leaves.count)
        let counts = try archive.int32s("row-counts", count: leaves.count)
        let coefficients = try archive.floats("coefficients")
        let columns = try archive.int32s("columns", count: terms < featureCount ? coefficients.count : 0)
        guard offsets.allSatisfy(\.isFinite) else { throw TreeShape.damaged }
        var trees: [ExtendedTree] = []
        var start = 0
        var firstTerm = 0
        for size in sizes {
            guard size <= leaves.count - start else { throw TreeShape.damaged }
            let nodes = start..<start + size
            let (termCount, overflow) = (size / 2).multipliedReportingOverflow(by: terms)
            guard !overflow, termCount <= coefficients.count - firstTerm else { throw TreeShape.damaged }
            let normals = firstTerm..<firstTerm + termCount
            var tree = ExtendedTree()
            tree.offsets = nodes.map { leaves[$0] != 0 ? .nan : offsets[$0] }
            tree.counts = Array(counts[nodes])
            tree.coefficients = Array(coefficients[normals])
            tree.columns = columns.isEmpty ? [] : Array(columns[normals])
            trees.append(tree)
            start += size
            firstTerm += termCount
        }
        guard start == leaves.count, firstTerm == coefficients.count else { throw TreeShape.damaged }
        try self.init(trees: trees, sampleSize: sampleSize, featureCount: featureCount, terms: terms)
    }
}
