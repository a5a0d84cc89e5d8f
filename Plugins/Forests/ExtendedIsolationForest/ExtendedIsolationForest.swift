public import OutlierCore

/// Finds rows that random cuts at any angle set apart after few steps (extended isolation forest).
///
/// An isolation forest whose cuts are hyperplanes: a node draws a normal n with independent standard normal coefficients,
/// of which all but `extensionLevel + 1` are 0, and a point p from the box that holds the node's rows; a row x goes left
/// where (x − p) · n ≤ 0. Its scores have none of the bands along the axes that those of ``IsolationForest`` have.
///
/// **Score.** s(x) = 2^(−E[h(x)] / c(ψ)), as ``IsolationForest``: between 0 and 1, higher is more anomalous.
///
/// **Cost.** With k = extension level + 1: O(trees · ψ (k log ψ + d)) to fit, O(n · trees · k · log ψ) to score,
/// O(trees · ψ · k) memory.
///
/// **Not promised.** Features with a large spread decide where the cuts go: scale them first. As in the paper a cut need not
/// divide the rows of its node; a node whose rows are all equal is not cut any further.
///
/// Paper: S. Hariri, M. Carrasco Kind, R. J. Brunner: *Extended Isolation Forest*, 2019.
///
/// Throws: ``OutlierError/Code/invalidParameter`` where the extension level is not below the number of columns, or a
/// sample would be of more than 10⁹ rows.
public struct ExtendedIsolationForest: Detector {
    public static let name = "extended-isolation-forest"
    public static let aliases = ["eif"]
    public static let summary =
        "Scores a row by how few random cuts at any angle isolate it; free of the bands that axis-parallel cuts leave."
    public static let reference: String? =
        "Sahand Hariri, Matias Carrasco Kind, Robert J. Brunner: Extended Isolation Forest, 2019"

    /// The number of trees.
    public var trees = 100
    /// How many rows each tree is grown on; `nil` for 256, or all where there are fewer.
    public var sampleSize: Int?
    /// How many features a cut involves beyond the first; `nil` for all of them. 0 gives cuts along one axis.
    public var extensionLevel: Int?

    public init() {}

    public init(trees: Int = 100, sampleSize: Int? = nil, extensionLevel: Int? = nil) {
        self.trees = trees
        self.sampleSize = sampleSize
        self.extensionLevel = extensionLevel
    }

    public static var parameters: [Parameter<Self>] {
        [
            .integer("trees", \.trees, in: .between(1, 1_000_000), "Number of trees."),
            .integer(
                "sample-size", \.sampleSize, in: .atLeast(1), null: "256, or all rows where there are fewer",
                "How many rows each tree is grown on."),
            .integer(
                "extension-level", \.extensionLevel, in: .atLeast(0), null: "all features",
                "How many features a cut involves beyond the first; 0 gives cuts along one axis."),
        ]
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedExtendedIsolationForest {
        let size = TreeSample.size(requested: sampleSize, rows: data.rowCount)
        try TreeSample.check(size: size)
        let width = data.columnCount
        let samples = TreeSamples(
            size, of: data.rowCount, trees: trees, bootstrap: false, context: context)
        let level = extensionLevel ?? width - 1
        guard level < width else {
            throw OutlierError(
                .invalidParameter,
                "the parameter “extension-level” must be below the number of columns, \(width), but \(level) was given",
                path: ["extension-level"])
        }
        let grown = try data.matrix.withUnsafeBufferPointer { values in
            let table = SharedReadBuffer(values)
            return try growForest(trees: trees, empty: ExtendedTree(), context: context) { tree, random in
                let rows = samples.rows(of: tree, random: &random)
                return try ExtendedTree(
                    table: table.buffer, width: width, rows: rows, terms: level + 1, random: &random,
                    cancellation: context.execution.cancellation)
            }
        }
        return try FittedExtendedIsolationForest(
            trees: grown, sampleSize: size, featureCount: width, terms: level + 1)
    }
}
