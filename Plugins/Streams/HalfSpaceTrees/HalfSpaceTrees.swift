public import OutlierCore

/// Scores a row by how few rows of the last window fell into the same half-spaces, and learns as rows come.
///
/// Every tree is a full binary tree that halves a random box again and again, each time along a random column; it never
/// looks at where the rows are. Each node counts the rows that came through it (its mass). While the counts of one window
/// of rows serve as the reference, those of the next are taken; then they change places. So a model forgets what is older
/// than two windows.
///
/// **Score.** In each tree a row goes down until a node's reference mass m is at most a share of the window, or to the last
/// level; there it gets m · 2^level, as in the paper. The score is 1 / (1 + s), s being the mean over the trees divided by
/// the rows of the reference: between 0 and 1, ½ where rows are as dense as if they were spread evenly over the box, near 1
/// where there are none.
///
/// **Fitting** goes through the rows in their order, as a stream would. The box of each column is that of the training rows'
/// values, enlarged at random as in the paper; what lies outside counts as its edge. If the table has fewer rows than a
/// window, all of them are the reference.
///
/// **Cost.** O(trees · depth) a row to score and to learn, whatever the number of columns; O(trees · 2^depth) memory, 20
/// bytes a node. A row that is learnt allocates nothing. Fitting fixes the shape of the trees, so that learning is
/// deterministic.
///
/// Paper: S. C. Tan, K. M. Ting, T. F. Liu: *Fast Anomaly Detection for Streaming Data*, 2011. The defaults are the paper's.
///
/// - Throws: fitting, ``OutlierError/Code/invalidParameter`` if the trees take more memory than there is,
///   ``OutlierError/Code/numericalFailure`` if a column's values lie too far apart for a number.
public struct HalfSpaceTrees: Detector {
    public static let name = "half-space-trees"
    public static let aliases = ["hst"]
    public static let summary = "Counts rows in random half-spaces, window by window; learns from each row as it comes."
    public static let reference: String? =
        "Swee Chuan Tan, Kai Ming Ting, Tony Fei Liu: Fast Anomaly Detection for Streaming Data, 2011"

    /// The number of trees.
    public var trees = 25
    /// How often each tree halves its box.
    public var depth = 15
    /// How many rows are counted before the counts become the reference.
    public var window = 250
    /// The share of the window at which a row goes no further down.
    public var sizeLimit = 0.1

    public init() {}

    public init(trees: Int = 25, depth: Int = 15, window: Int = 250, sizeLimit: Double = 0.1) {
        self.trees = trees
        self.depth = depth
        self.window = window
        self.sizeLimit = sizeLimit
    }

    public static var parameters: [Parameter<Self>] {
        [
            .integer("trees", \.trees, in: .between(1, 100_000), "Number of trees."),
            .integer("depth", \.depth, in: .between(1, 20), "How often each tree halves its box."),
            .integer(
                "window", \.window, in: .between(1, 1_000_000_000),
                "How many rows are counted before the counts become the reference."),
            .number(
                "size-limit", \.sizeLimit, in: .between(0, 1),
                "The share of the window at which a row goes no further down a tree."),
        ]
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedHalfSpaceTrees {
        var model = try FittedHalfSpaceTrees(
            shape: HalfSpaces(
                of: ColumnBox(data), trees: trees, depth: depth, seed: context.seed, execution: context.execution),
            window: window, sizeLimit: sizeLimit)
        let block = 4096
        for start in stride(from: 0, to: data.rowCount, by: block) {
            try context.checkCancellation()
            model.learn(data.matrix.rows(start..<min(start + block, data.rowCount)))
            context.report(Double(start) / Double(data.rowCount), stage: Self.name)
        }
        model.beginWithWhatThereIs()
        return model
    }
}
