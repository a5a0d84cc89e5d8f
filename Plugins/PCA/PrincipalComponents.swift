internal import LinearAlgebra
public import OutlierCore

/// Principal components: how far a row is from the bulk of the table along the directions in which the table varies
/// most and least (Shyu, Chen, Sarinnapakorn & Chang, “A novel anomaly detection scheme based on principal component
/// classifier”, 2003).
///
/// With the columns standardized (z), the eigenvectors vᵢ of their correlation matrix and its eigenvalues λᵢ, and
/// yᵢ = vᵢ·z, the score is one of these, higher for more anomalous:
///
/// - ``PrincipalComponentScore/standardized`` (default): Σ yᵢ²/λᵢ over the major components, which have
///   `majorShare` of the variance between them, and over the minor ones, whose eigenvalue is below `minorEigenvalue`.
///   With the default share, 1, all components are major, and the score is the squared Mahalanobis distance of the
///   standardized row: at least 0, and of mean about d over the training rows. The paper's classifier has
///   `majorShare` 0.5 and `minorEigenvalue` 0.2.
/// - ``PrincipalComponentScore/reconstruction``: ‖z − Σ yᵢ vᵢ‖² over the leading components that have
///   `reconstructionShare` of the variance between them: at least 0.
/// - ``PrincipalComponentScore/pyod``: Σ ‖z − vᵢ‖ · Σλ / λᵢ, as PyOD computes it. It takes the unit eigenvectors for
///   points, depends on their signs, and is mostly the length of z; for parity with PyOD only.
///
/// Directions without variance (λᵢ of the order of rounding), those of constant columns and of columns that depend on each
/// other, add nothing to the score of a row of the fit. A new row that leaves the space of these rows, with another value
/// in a constant column or a word that the fit did not know, has its squared distance from it added to the standardized score
/// of all components, in standard deviations of the columns; the reconstruction error sees such a row too. The
/// reconstruction leaves out one component at least, for nothing but rounding errors would be left of all. A table of equal
/// rows gives 0 for all.
///
/// **Missing values.** The means and the covariance of the columns are found by expectation maximization (Little & Rubin,
/// “Statistical Analysis with Missing Data”, 1987), and a row that lacks values has the expectation of its score given
/// those it has. Where there are more than 200 columns, these are taken to be independent for that purpose. Each of at most
/// 30 rounds, and scoring, takes min(m, p)³ + m p steps for every pattern of m missing and p present values; of more than 10⁹
/// steps in all only as many rounds are done as take these, at least 5.
///
/// A row of weight 2 counts as two equal rows in the means and the covariance.
///
/// Training: O(n d²) and O(d³), or O(n d k) for k `components` with the randomized solver; scoring: O(d²) a row, or
/// O(d k). The same seed gives the same model on any number of threads; only the randomized solver draws numbers.
///
/// - Throws: ``OutlierError/Code/numericalFailure`` where values are too large for a variance.
public struct PrincipalComponents: Detector, WeightLearning {
    public static let name = "pca"
    public static let summary =
        "Squared distance along the principal components in units of their variance, or the reconstruction error."
    public static let reference: String? =
        "M.-L. Shyu, S.-C. Chen, K. Sarinnapakorn, L. Chang: A novel anomaly detection scheme based on principal "
        + "component classifier, 2003"
    public static let parameters: [Parameter<PrincipalComponents>] = [
        .choice("score", \.score, "What is scored: standardized, reconstruction, or pyod for parity with PyOD.")
            .searched(.values(["standardized", "reconstruction"])),
        .integer(
            "components", \.components, in: .atLeast(1), null: "all",
            "Number of leading components that are computed; at most as many as there are are kept."),
        .number(
            "major-share", \.majorShare, in: .above(0, upTo: 1),
            "Share of the variance that the major components have; for the standardized score."),
        .number(
            "minor-eigenvalue", \.minorEigenvalue, in: .atLeast(0),
            "Components whose eigenvalue is below this multiple of the mean eigenvalue are minor ones."
        )
        .searched(.linear(0...0.5)),
        .number(
            "reconstruction-share", \.reconstructionShare, in: .above(0, upTo: 1),
            "Share of the variance that the kept components have; for the reconstruction score without “components”."
        )
        .searched(.linear(0.5...0.99)),
        .integer(
            "selected-components", \.selectedComponents, in: .atLeast(1), null: "all",
            "How many of the last computed components the pyod score uses."),
        .boolean("weighted", \.weighted, "Whether the pyod score divides by the components' shares of the variance."),
        .boolean("standardize", \.standardize, "Whether columns are brought to the mean 0 and the variance 1 first."),
        .choice("solver", \.solver, "How the components are computed: auto, exact or randomized."),
    ]

    public var score: PrincipalComponentScore
    public var components: Int?
    public var majorShare: Double
    public var minorEigenvalue: Double
    public var reconstructionShare: Double
    public var selectedComponents: Int?
    public var weighted: Bool
    public var standardize: Bool
    public var solver: PrincipalAxesSolver

    public init() { self.init(score: .standardized) }

    public init(
        score: PrincipalComponentScore = .standardized, components: Int? = nil, majorShare: Double = 1,
        minorEigenvalue: Double = 0.2, reconstructionShare: Double = 0.9, selectedComponents: Int? = nil,
        weighted: Bool = true, standardize: Bool = true, solver: PrincipalAxesSolver = .auto
    ) {
        self.score = score
        self.components = components
        self.majorShare = majorShare
        self.minorEigenvalue = minorEigenvalue
        self.reconstructionShare = reconstructionShare
        self.selectedComponents = selectedComponents
        self.weighted = weighted
        self.standardize = standardize
        self.solver = solver
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedPrincipalComponents {
        let data = data.rowsThatCount
        let axes = try PrincipalAxes(
            ofPossiblyIncomplete: data, weights: data.weights, count: components, standardizing: standardize,
            solver: solver, context: context)
        let all = 0..<axes.eigenvalues.count
        let used: [Int]
        let weights: [Double]
        switch score {
        case .standardized:
            let major = axes.count(forShare: majorShare)
            let bound = minorEigenvalue * axes.totalVariance / Double(data.columnCount)
            used = all.filter { $0 < major || axes.eigenvalues[$0] < bound }
            weights = used.map { 1 / axes.eigenvalues[$0] }
        case .reconstruction:
            // What is left of the variance beside the components that were asked for, and were followed.
            let left = axes.totalVariance - axes.eigenvalues.reduce(0, +)
            if let components, components >= axes.eigenvalues.count, axes.totalVariance > 0,
                left <= 1e-12 * axes.totalVariance
            {
                throw OutlierError(
                    .invalidParameter,
                    "\(components) components hold all of the rows' variance, so that nothing but rounding errors is left of them",
                    suggestion: "Choose fewer “components”, or the score “standardized”.", path: ["components"])
            }
            used = Array(
                all.prefix(components ?? min(axes.count(forShare: reconstructionShare), max(0, all.count - 1))))
            weights = used.map { _ in 1 }
        case .pyod:
            used = Array(all.suffix(selectedComponents ?? all.count))
            weights = used.map { weighted ? axes.totalVariance / axes.eigenvalues[$0] : 1 }
        }
        // PyOD does not even center a table that it does not standardize.
        let centers = score == .pyod && !standardize ? axes.centers.map { _ in 0 } : axes.centers
        func model(outsideNoise: Double?) -> FittedPrincipalComponents {
            FittedPrincipalComponents(
                score: score, centers: centers, scales: axes.scales, axes: axes.axes.selectingRows(used),
                weights: weights, eigenvalues: used.map { axes.eigenvalues[$0] }, covariance: axes.covariance(),
                outsideNoise: outsideNoise)
        }
        // Of few rows every new one leaves the space that they span; where rows are enough, columns depend on each other.
        guard score == .standardized, components == nil, used.count == all.count, all.count < data.columnCount,
            all.count < data.rowCount - 1, !data.matrix.containsNonFinite(execution: context.execution)
        else { return model(outsideNoise: nil) }
        let noise = try model(outsideNoise: nil).squaredResiduals(data.matrix, execution: context.execution).max() ?? 0
        return model(outsideNoise: 4 * noise)
    }
}

/// What `pca` scores.
public enum PrincipalComponentScore: String, CaseIterable, Sendable {
    /// Squared distances along the components, each in units of its variance.
    case standardized
    /// The squared distance to the plane of the leading components.
    case reconstruction
    /// Weighted distances to the unit eigenvectors as points, as PyOD computes them.
    case pyod
}
