public import OutlierCore

/// Scores a row by how much it would change random cut trees of a sample of the rows, and learns as rows come.
///
/// A tree cuts the box around its rows at a random place of a random column, columns in proportion to their lengths, then
/// both parts again, until every leaf is one point. A row can be put into such a tree and taken out of it again so that the
/// tree is distributed as if it had been grown on those rows in the first place.
///
/// **Score.** The collusive displacement (CoDisp) of the paper, as rrcf computes it: for a leaf, the largest ratio of the
/// rows beside a subtree that holds it to the rows of that subtree; the mean over the trees. It is 0 or more; a row amid
/// many has a few times the logarithm of the sample, an anomaly much more. For a row that is in no tree, the expectation over
/// the random cuts that would put it into the tree, computed without a random number. A row that a fit scores is measured
/// in the trees that hold it, if any does.
///
/// **Learning.** Each tree keeps a sample of all rows so far, each row as likely as another, or, with `time-decay` λ above 0,
/// newer ones more likely: a row of t rows ago by a factor of e^(−λt) (Efraimidis & Spirakis, 2006).
///
/// **Cost.** O(trees · d · log sample) a row to score and to learn; O(trees · sample · d) memory, 32 bytes a value and point.
/// A row that is learnt allocates nothing once the samples are full. The same seed gives the same forest.
///
/// Columns count by their ranges: put a scaler before it unless they are in one unit.
///
/// Paper: S. Guha, N. Mishra, G. Roy, O. Schrijvers: *Robust Random Cut Forest Based Anomaly Detection on Streams*, 2016.
/// The number of trees and the sample are those of the authors' experiments.
///
/// - Throws: fitting, ``OutlierError/Code/invalidParameter`` if the trees take more memory than there is,
///   ``OutlierError/Code/numericalFailure`` if values lie too far apart for a number.
public struct RobustRandomCutForest: Detector {
    public static let name = "robust-random-cut-forest"
    public static let aliases = ["rrcf"]
    public static let summary =
        "Scores a row by how much it changes random cut trees; learns from each row as it comes."
    public static let reference: String? =
        "Sudipto Guha, Nina Mishra, Gourav Roy, Okke Schrijvers: Robust Random Cut Forest Based Anomaly Detection on Streams, 2016"

    /// The number of trees.
    public var trees = 100
    /// How many rows each tree keeps.
    public var sampleSize = 256
    /// How fast old rows leave the samples: λ for each row that comes.
    public var timeDecay = 0.0

    public init() {}

    public init(trees: Int = 100, sampleSize: Int = 256, timeDecay: Double = 0) {
        self.trees = trees
        self.sampleSize = sampleSize
        self.timeDecay = timeDecay
    }

    public static var parameters: [Parameter<Self>] {
        [
            .integer("trees", \.trees, in: .between(1, 100_000), "Number of trees."),
            .integer("sample-size", \.sampleSize, in: .between(1, 1_000_000), "How many rows each tree keeps."),
            .number(
                "time-decay", \.timeDecay, in: .between(0, 1),
                "How fast old rows leave the samples: a row of t rows ago is less likely by a factor of e^(−t · time-decay)."
            ),
        ]
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedRobustRandomCutForest {
        try grow(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedRobustRandomCutForest, scores: [Double]) {
        let (model, places) = try grow(on: data, context: context)
        var sums = [Double](repeating: 0, count: data.rowCount)
        var counts = [Int](repeating: 0, count: data.rowCount)
        for (tree, sampled) in zip(model.trees, places) {
            for (row, leaf) in sampled {
                sums[row] += tree.shape.displacement(ofLeaf: leaf)
                counts[row] += 1
            }
        }
        let others = counts.indices.filter { counts[$0] == 0 }
        let rest = try model.computeScores(of: data.selectingRows(others), execution: context.execution)
        for (row, score) in zip(others, rest) { sums[row] = score }
        return (model, zip(sums, counts).map { $1 == 0 ? $0 : $0 / Double($1) })
    }

    /// - Returns: the model, and for each tree the rows that it holds with their leaves.
    private func grow(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedRobustRandomCutForest, places: [[(row: Int, leaf: Int32)]]) {
        let width = data.columnCount
        let bytes = 32.0 * Double(trees) * Double(sampleSize) * Double(width)
        guard bytes < MachineMemory.limit / 2 else {
            throw OutlierError(
                .invalidParameter,
                "\(trees) trees of \(sampleSize) rows × \(width) columns take \((bytes / 0x1p30).rounded(.up)) GiB, more than half of what there is",
                suggestion: "Choose fewer “trees” or a smaller “sample-size”.")
        }
        try SpanCheck.check(data)
        let empty = SampledTree(capacity: sampleSize, columnCount: width)
        let grown = Guarded([(SampledTree, [(row: Int, leaf: Int32)])?](repeating: nil, count: trees))
        try data.matrix.withUnsafeRows { values, stride in
            let values = SharedReadBuffer(values)
            try context.execution.forEach(trees) { number in
                var tree = empty
                var rows = [Int: Int](minimumCapacity: sampleSize)
                for row in 0..<data.rowCount {
                    if row % 8192 == 0 { try context.checkCancellation() }
                    let point = UnsafeBufferPointer(rebasing: values.buffer[row * stride..<row * stride + width])
                    tree.offer(point, at: row, of: number, seed: context.seed, decay: timeDecay) { taken, left in
                        if let left { rows[left] = nil }
                        rows[taken] = row
                    }
                }
                let places = rows.map { (row: $0.value, leaf: tree.leaves[$0.key]) }.sorted { $0.row < $1.row }
                let result = (tree, places)
                grown.withLock { $0[number] = result }
                context.report(Double(number + 1) / Double(trees), stage: Self.name)
            }
        }
        let all = grown.withLock { $0 }.compactMap { $0 }
        let model = FittedRobustRandomCutForest(
            trees: all.map(\.0), featureCount: width, sampleSize: sampleSize, timeDecay: timeDecay, seed: context.seed,
            rowsSeen: data.rowCount)
        return (model, all.map(\.1))
    }
}

/// Cuts are drawn from the sum of all columns' ranges.
enum SpanCheck {
    static func check(_ data: Dataset) throws {
        let width = data.columnCount
        var largest = [Double](repeating: 0, count: width)
        data.matrix.withUnsafeRows { values, stride in
            for row in 0..<data.rowCount {
                for column in 0..<width {
                    largest[column] = max(largest[column], values[row * stride + column].magnitude)
                }
            }
        }
        guard largest.reduce(0, { $0 + 4 * $1 }).isFinite else {
            throw OutlierError(
                .numericalFailure, "the values lie too far apart for a number to say how far",
                suggestion: "Put the preprocessor “robust-scaler” before the detector.")
        }
    }
}
