public import OutlierCore

/// Half-space trees with the counts of the last two windows.
public struct FittedHalfSpaceTrees: FittedDetector, Updatable {
    package let shape: HalfSpaces
    let window: Int
    let sizeLimit: Double
    /// What rows are scored by.
    private(set) var reference: Masses
    /// The window that is being counted.
    package private(set) var latest: Masses

    public var featureCount: Int { shape.box.lower.count }

    init(shape: HalfSpaces, window: Int, sizeLimit: Double) {
        self.shape = shape
        self.window = window
        self.sizeLimit = sizeLimit
        let nodes = shape.trees * shape.nodes
        // A window's rows cannot come through more nodes than this.
        let most = min(Double(nodes), Double(window) * Double(shape.depth + 1) * Double(shape.trees))
        reference = Masses(nodes: nodes, touching: Int(most))
        latest = Masses(nodes: nodes, touching: Int(most))
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let limit = Int32((sizeLimit * Double(reference.rows)).rounded(.down))
        let scale = 1 / (Double(shape.trees) * Double(max(1, reference.rows)))
        let (inner, nodes) = (shape.innerNodes, shape.nodes)
        return try data.matrix.withUnsafeRows { values, stride in
            let values = SharedReadBuffer(values)
            return try execution.map(data.rowCount, blockSize: 256) { rows, scores in
                shape.columns.withUnsafeBufferPointer { columns in
                    shape.cuts.withUnsafeBufferPointer { cuts in
                        reference.counts.withUnsafeBufferPointer { counts in
                            for (position, row) in rows.enumerated() {
                                var sum = 0.0
                                for tree in 0..<shape.trees {
                                    let (first, base) = (tree * inner, tree * nodes)
                                    var node = 0
                                    var level = 0
                                    while level < shape.depth, counts[base + node] > limit {
                                        let value = values.buffer[row * stride + Int(columns[first + node])]
                                        node = 2 * node + (value < cuts[first + node] ? 1 : 2)
                                        level += 1
                                    }
                                    sum += Double(counts[base + node]) * Double(1 << level)
                                }
                                scores[position] = 1 / (1 + sum * scale)
                            }
                        }
                    }
                }
            }
        }
    }

    public mutating func computeUpdate(with data: Dataset, context: FitContext) throws { learn(data.matrix) }

    /// Counts rows in order. Whenever a window is full it becomes the reference.
    mutating func learn(_ rows: Matrix) {
        rows.withUnsafeRows { values, stride in
            for row in 0..<rows.rowCount {
                latest.count(UnsafeBufferPointer(rebasing: values[(row * stride)...]), in: shape)
                guard latest.rows == window else { continue }
                swap(&reference, &latest)
                latest.clear()
            }
        }
    }

    /// Takes what has been counted for the reference if no window was full.
    mutating func beginWithWhatThereIs() {
        guard reference.rows == 0 else { return }
        swap(&reference, &latest)
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(String(shape.seed), as: "seed")
        archive.store(shape.trees, as: "trees")
        archive.store(shape.depth, as: "depth")
        archive.store(shape.box.lower, as: "lower")
        archive.store(shape.box.upper, as: "upper")
        archive.store(window, as: "window")
        archive.store(.number(sizeLimit), as: "size-limit")
        reference.encode(to: &archive, as: "reference")
        latest.encode(to: &archive, as: "latest")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        guard let seed = UInt64(try archive.string("seed")), let limit = try archive.value("size-limit").double,
            (0...1).contains(limit)
        else { throw OutlierError(.invalidModel, "the model's seed or size limit is none") }
        let trees = try archive.integer("trees", in: 1...100_000)
        let depth = try archive.integer("depth", in: 1...20)
        // Every row came through a node on each level of each tree: a small file claims no large forest.
        guard try archive.int32s("reference/nodes").count >= trees * (depth + 1) else {
            throw OutlierError(.invalidModel, "the model has counted no row in some of its trees")
        }
        let box = try ColumnBox(lower: archive.doubles("lower"), upper: archive.doubles("upper"))
        let shape = try HalfSpaces(
            of: box, trees: trees, depth: depth, seed: seed, execution: Execution())
        self.init(shape: shape, window: try archive.integer("window", in: 1...1_000_000_000), sizeLimit: limit)
        try reference.decode(from: archive, as: "reference", most: window)
        try latest.decode(from: archive, as: "latest", most: window - 1)
    }
}
