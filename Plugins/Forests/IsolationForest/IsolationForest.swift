public import OutlierCore
import OutlierNumerics

/// Finds rows that random axis-parallel cuts set apart after few steps (isolation forest).
///
/// Each tree takes a sample of the rows and cuts it in two by a random feature at a random place, then each part again,
/// until a row stands alone, no feature can cut any more, or the tree is ⌈log₂ sample⌉ levels deep. Anomalies are few
/// and different, so their paths from root to leaf are short.
///
/// **Score.** s(x) = 2^(−E[h(x)] / c(ψ)), as in the paper, between 0 and 1: h is the path length in one tree, with c(m)
/// added at a leaf of m rows; E the mean over the trees; ψ the sample size; c(m) = 2 (ln(m − 1) + 0.5772…) − 2 (m − 1) / m
/// the mean path length in a tree of m rows. Near 1 is an anomaly, below ½ is ordinary. scikit-learn's
/// `score_samples` is −s; its `decision_function` and PyOD's `decision_scores_` are s less a constant, with either sign:
/// the ranking is the same. scikit-learn grows its trees on values rounded to 32 bits; here all 64 bits count.
///
/// **Cost.** O(trees · ψ log ψ) to fit, O(n · trees · log ψ) to score, O(trees · ψ) memory, whatever the number of
/// features d; a thread that grows a tree holds ψ · d values.
///
/// **Not promised.** Cuts follow one axis at a time: the corners of the box around two clusters look more ordinary than they
/// are (``ExtendedIsolationForest`` cuts aslant). Feature values outside the range of the sample all count as its edge.
///
/// Each tree is the paper's. Together they leave less to chance than trees that know nothing of each other: rows are dealt
/// to their samples so that all come into about the same number of trees, and columns come first in turn.
///
/// A sample larger than the table is the whole table. Columns that do not vary are never cut.
///
/// **Missing values.** A cut is drawn from the values that are there; a row without one goes to the side to which most
/// rows of the sample went, when a tree is grown and when it is used.
///
/// **Weights.** Rows come into a sample with chances in proportion to their weights.
///
/// Paper: F. T. Liu, K. M. Ting, Z.-H. Zhou: *Isolation Forest*, 2008; *Isolation-Based Anomaly Detection*, 2012.
///
/// Throws: ``OutlierError/Code/invalidParameter`` for a sample of more than 10⁹ rows.
public struct IsolationForest: Detector, WeightLearning {
    public static let name = "isolation-forest"
    public static let aliases = ["iforest"]
    public static let summary =
        "Scores a row by how few random axis-parallel cuts isolate it; fast on tables of any length."
    public static let reference: String? =
        "Fei Tony Liu, Kai Ming Ting, Zhi-Hua Zhou: Isolation-Based Anomaly Detection, 2012"

    /// The number of trees.
    public var trees = 100
    /// How many rows each tree is grown on; `nil` for 256, or all where there are fewer.
    public var sampleSize: Int?
    /// The share of the features that each tree may cut, above 0 and at most 1; at least one feature.
    public var featureShare = 1.0
    /// Whether a row may come into one sample more than once.
    public var bootstrap = false

    public init() {}

    public init(trees: Int = 100, sampleSize: Int? = nil, featureShare: Double = 1, bootstrap: Bool = false) {
        self.trees = trees
        self.sampleSize = sampleSize
        self.featureShare = featureShare
        self.bootstrap = bootstrap
    }

    public static var parameters: [Parameter<Self>] {
        [
            .integer("trees", \.trees, in: .between(1, 1_000_000), "Number of trees."),
            .integer(
                "sample-size", \.sampleSize, in: .atLeast(1), null: "256, or all rows where there are fewer",
                "How many rows each tree is grown on."
            )
            .searched(.logarithmic(64...2048)),
            .number(
                "feature-share", \.featureShare, in: .above(0, upTo: 1),
                "The share of the features that each tree may cut."
            )
            .searched(.linear(0.3...1)),
            .boolean("bootstrap", \.bootstrap, "Whether a row may come into one sample more than once."),
        ]
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedIsolationForest {
        let weights = data.weights.map(RowWeights.init)
        let size = TreeSample.size(requested: sampleSize, rows: weights?.positiveCount ?? data.rowCount)
        try TreeSample.check(size: size)
        let width = data.columnCount
        let share = max(1, min(width, Shares.floor(featureShare, of: width)))
        let samples = TreeSamples(
            size, of: data.rowCount, trees: trees, bootstrap: bootstrap, context: context)
        let roots = RootColumns(trees: trees, columnCount: width, context: context)
        let grown = try data.matrix.withUnsafeBufferPointer { values in
            let table = SharedReadBuffer(values)
            return try growForest(trees: trees, empty: IsolationTree(), context: context) { tree, random in
                let rows =
                    weights?.draw(size, bootstrap: bootstrap, random: &random)
                    ?? samples.rows(of: tree, random: &random)
                let columns = share < width ? random.sample(share, below: width) : Array(0..<width)
                return try IsolationTree(
                    table: table.buffer, width: width, rows: rows, columns: columns,
                    root: roots[tree], random: &random, cancellation: context.execution.cancellation)
            }
        }
        return try FittedIsolationForest(trees: grown, sampleSize: size, featureCount: width)
    }
}
