internal import Distances
public import OutlierCore

/// Finds rows that lie in none, or in unusually wide ones, of random sets of spheres (iNNE).
///
/// Each set is a sample of ψ rows, each the centre of a sphere that reaches to its nearest neighbour in the sample: wide
/// where the sample is sparse. A row is isolated by the smallest sphere c that holds it, and compares its radius with
/// that of the sphere around c's nearest neighbour.
///
/// **Score.** The mean over all sets of I(x) = 1 − τ(η(c)) / τ(c), or 1 where no sphere holds x; τ is a radius and η(c)
/// the centre nearest to c. Between 0 and 1, higher is more anomalous. A sphere of radius 0 (rows that are equal) scores 0.
///
/// τ is the square of the radius, as in the authors' own program and in PyOD, which ranks anomalies higher on labelled
/// tables; without `squaredRadii` it is the radius, as the paper's text has it.
///
/// ψ is 4, which ranks anomalies higher on labelled tables than PyOD's 8; larger samples see finer clusters.
///
/// Rows are dealt to the sets so that all come into about the same number of them.
///
/// **Cost.** O(t · ψ² · d) to fit, O(n · t · ψ · d) to score, O(t · ψ · d) memory, for t sets.
///
/// **Not promised.** Distances mix all features: scale them first.
///
/// Paper: T. R. Bandaragoda, K. M. Ting, D. Albrecht, F. T. Liu, Y. Zhu, J. R. Wells: *Isolation-based anomaly detection
/// using nearest-neighbor ensembles*, 2018.
///
/// Throws: ``OutlierError/Code/notEnoughRows`` for fewer than two rows. A sample larger than the table is the whole table.
public struct IsolatingNeighborEnsemble: Detector {
    public static let name = "inne"
    public static let aliases = ["isolating-neighbor-ensemble"]
    public static let summary =
        "Scores a row by the spheres around random rows that hold it: global and local anomalies, in linear time."
    public static let reference: String? =
        "Tharindu R. Bandaragoda et al.: Isolation-based anomaly detection using nearest-neighbor ensembles, 2018"

    /// The number of sets of spheres.
    public var sets = 200
    /// How many rows each set is made of; `nil` for 4, or all where there are fewer.
    public var sampleSize: Int?
    /// Whether radii are compared by their squares.
    public var squaredRadii = true

    public init() {}

    public init(sets: Int = 200, sampleSize: Int? = nil, squaredRadii: Bool = true) {
        self.sets = sets
        self.sampleSize = sampleSize
        self.squaredRadii = squaredRadii
    }

    public static var parameters: [Parameter<Self>] {
        [
            .integer("sets", \.sets, in: .between(1, 1_000_000), "Number of sets of spheres."),
            .integer(
                "sample-size", \.sampleSize, in: .atLeast(2), null: "4, or all rows where there are fewer",
                "How many rows each set is made of."),
            .boolean(
                "squared-radii", \.squaredRadii,
                "Whether radii are compared by their squares; false for the paper's text."),
        ]
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedIsolatingNeighborEnsemble {
        let size = min(sampleSize ?? 4, data.rowCount)
        guard size >= 2 else {
            throw OutlierError(
                .notEnoughRows, "spheres that reach to a neighbor need at least 2 rows, but there is 1",
                suggestion: "Fit it on more rows.")
        }
        let width = data.columnCount
        let samples = TreeSamples(
            size, of: data.rowCount, trees: sets, bootstrap: false, context: context)
        let made = try data.matrix.withUnsafeBufferPointer { values in
            let scale = SphereSet.scale(for: values)
            if scale < 1 { try SafeScale.check(data.matrix, scaledBy: scale) }
            let table = SharedReadBuffer(values)
            return (
                scale,
                try growForest(trees: sets, empty: SphereSet(), context: context) { set, random in
                    let rows = samples.rows(of: set, random: &random)
                    return try SphereSet(
                        table: table.buffer, width: width, rows: rows, scale: scale, squaredRadii: squaredRadii,
                        cancellation: context.execution.cancellation)
                }
            )
        }
        return try FittedIsolatingNeighborEnsemble(
            sets: made.1, size: size, featureCount: width, scale: made.0)
    }
}
