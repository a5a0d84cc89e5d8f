public import OutlierCore

/// Random cut trees over samples of the rows so far.
public struct FittedRobustRandomCutForest: FittedDetector, Updatable {
    package private(set) var trees: [SampledTree]
    public let featureCount: Int
    /// How many rows each tree keeps.
    public let sampleSize: Int
    let timeDecay: Double
    let seed: UInt64
    /// How many rows the forest has been offered.
    public private(set) var rowsSeen: Int

    init(
        trees: [SampledTree], featureCount: Int, sampleSize: Int, timeDecay: Double, seed: UInt64, rowsSeen: Int
    ) {
        self.trees = trees
        self.featureCount = featureCount
        self.sampleSize = sampleSize
        self.timeDecay = timeDecay
        self.seed = seed
        self.rowsSeen = rowsSeen
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let width = featureCount
        return try data.matrix.withUnsafeRows { values, stride in
            let values = SharedReadBuffer(values)
            return try execution.map(data.rowCount, blockSize: 64) { rows, scores in
                for (position, row) in rows.enumerated() {
                    let point = UnsafeBufferPointer(rebasing: values.buffer[row * stride..<row * stride + width])
                    var sum = 0.0
                    for tree in trees { sum += tree.shape.expectedDisplacement(of: point) }
                    scores[position] = sum / Double(trees.count)
                }
            }
        }
    }

    public mutating func computeUpdate(with data: Dataset, context: FitContext) throws {
        try SpanCheck.check(data)
        let width = featureCount
        data.matrix.withUnsafeRows { values, stride in
            for row in 0..<data.rowCount {
                let point = UnsafeBufferPointer(rebasing: values[row * stride..<row * stride + width])
                for tree in trees.indices {
                    trees[tree].offer(point, at: rowsSeen, of: tree, seed: seed, decay: timeDecay)
                }
                rowsSeen += 1
            }
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(String(seed), as: "seed")
        archive.store(featureCount, as: "features")
        archive.store(sampleSize, as: "sample-size")
        archive.store(.number(timeDecay), as: "time-decay")
        archive.store(rowsSeen, as: "rows")
        archive.store(trees.count, as: "trees")
        for (index, tree) in trees.enumerated() {
            var child = ModelArchive()
            tree.encode(to: &child)
            archive.store(child, as: "tree/\(index)")
        }
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        guard let seed = UInt64(try archive.string("seed")), let decay = try archive.value("time-decay").double,
            (0...1).contains(decay)
        else { throw OutlierError(.invalidModel, "the model's seed or decay is none") }
        let width = try archive.integer("features", in: 1...Int(Int32.max))
        let capacity = try archive.integer("sample-size", in: 1...1_000_000)
        let rows = try archive.integer("rows", in: 1...Int.max)
        trees = try (0..<archive.integer("trees", in: 1...100_000)).map {
            try SampledTree(from: archive.child("tree/\($0)"), capacity: capacity, columnCount: width)
        }
        guard trees.allSatisfy({ $0.keys.count == min(rows, capacity) }) else {
            throw OutlierError(.invalidModel, "the model's trees do not hold as many rows as it has seen")
        }
        self.seed = seed
        timeDecay = decay
        featureCount = width
        sampleSize = capacity
        rowsSeen = rows
    }
}
