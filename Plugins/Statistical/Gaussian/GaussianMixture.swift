internal import LinearAlgebra
public import OutlierCore

/// The negative logarithm of a row's density under a mixture of normal distributions, fitted by expectation
/// maximization (Dempster, Laird & Rubin, “Maximum likelihood from incomplete data via the EM algorithm”, 1977).
///
/// score = −log Σₖ wₖ N(x; mₖ, Cₖ): higher for rows in thinner places; it has no bounds. With one component, the
/// default as in PyOD, it is half the squared Mahalanobis distance plus a constant.
///
/// A training row is scored by the mixture without what the row itself gave to it (`leaveOneOut`): otherwise a handful of
/// anomalies that found a component of their own would be the most normal rows of all. With one component the order
/// of the rows is that of PyOD, which lets each row vouch for itself.
///
/// Iterations begin with k-means (seeded by greedy k-means++: Arthur & Vassilvitskii, 2007) or random
/// responsibilities, and end when the mean log-likelihood gains less than `tolerance`; of several `starts` the one of
/// the highest likelihood is taken. `regularization` is added to every variance, so that a component that shrinks to a
/// point keeps a finite density: bring columns to one scale first.
///
/// Weights of rows count in every step but k-means', so that with several components weighted rows and repeated rows may
/// begin differently; a fit that goes on until nothing changes ends alike.
///
/// Training: O(iterations · k · n d²) with full covariances, O(iterations · k · n d) with diagonal ones; memory O(n k)
/// beyond the table; scoring: O(k d²) a row. The same seed gives the same model on any number of threads.
///
/// - Throws: ``OutlierError/Code/notEnoughRows`` where rows are fewer than components,
///   ``OutlierError/Code/numericalFailure`` where a covariance matrix is not positive definite despite the
///   regularization.
public struct GaussianMixture: Detector, WeightLearning {
    public static let name = "gmm"
    public static let aliases = ["gaussian-mixture"]
    public static let summary = "Negative log-density under a mixture of normal distributions."
    public static let reference: String? =
        "A. P. Dempster, N. M. Laird, D. B. Rubin: Maximum likelihood from incomplete data via the EM algorithm, 1977"
    public static let parameters: [Parameter<GaussianMixture>] = [
        .integer("components", \.components, in: .between(1, 10_000), "Number of normal distributions.")
            .searched(.logarithmic(1...16)),
        .choice(
            "covariance", \.covariance,
            "Form of the covariance matrices: full, tied (one for all), diagonal or spherical."
        )
        .searched(.values(["full", "tied", "diagonal"])),
        .number("tolerance", \.tolerance, in: .atLeast(0), "Gain of the mean log-likelihood that ends the iterations."),
        .number("regularization", \.regularization, in: .atLeast(0), "What is added to every variance."),
        .integer("iterations", \.iterations, in: .between(1, 1_000_000), "Iterations of a start at most."),
        .integer("starts", \.starts, in: .between(1, 10_000), "Number of starts, of which the best is taken."),
        .choice("initialization", \.initialization, "How a start begins: k-means or random."),
        .boolean(
            "leave-one-out", \.leaveOneOut,
            "Whether a training row is scored by the mixture of the other rows; PyOD lets it vouch for itself."),
    ]

    public var components: Int
    public var covariance: MixtureCovariance
    public var tolerance: Double
    public var regularization: Double
    public var iterations: Int
    public var starts: Int
    public var initialization: MixtureInitialization
    public var leaveOneOut: Bool

    public init() { self.init(components: 1) }

    public init(
        components: Int = 1, covariance: MixtureCovariance = .full, tolerance: Double = 1e-3,
        regularization: Double = 1e-6, iterations: Int = 100, starts: Int = 1,
        initialization: MixtureInitialization = .kMeans, leaveOneOut: Bool = true
    ) {
        self.components = components
        self.covariance = covariance
        self.tolerance = tolerance
        self.regularization = regularization
        self.iterations = iterations
        self.starts = starts
        self.initialization = initialization
        self.leaveOneOut = leaveOneOut
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedGaussianMixture {
        // Rows of weight 0 are as good as absent.
        let rows = data.weights.map { weights in weights.indices.filter { weights[$0] > 0 } }
        let matrix = rows.map { data.matrix.selectingRows($0) } ?? data.matrix
        let weights = data.weights.map { $0.filter { $0 > 0 } }
        guard matrix.rowCount >= components else {
            throw OutlierError(
                .notEnoughRows,
                "\(components) components need at least \(components) rows, but there are \(matrix.rowCount)",
                suggestion: "Lower “components”, or fit it on more rows.")
        }
        var best: (model: MixtureParameters, likelihood: Double)?
        for start in 0..<starts {
            let length = 1 / Double(starts)
            let part = context.part(start, covering: Double(start) * length...Double(start + 1) * length)
            let run = try ExpectationMaximization(
                recipe: self, matrix: matrix, weights: weights, context: part
            ).run()
            if best.map({ run.likelihood > $0.likelihood }) ?? true { best = run }
        }
        guard let best else { throw OutlierError(.numericalFailure, "no start gave a mixture") }
        return FittedGaussianMixture(best.model)
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedGaussianMixture, scores: [Double]) {
        let model = try train(on: data, context: context)
        guard leaveOneOut, data.weights?.reduce(0, +) ?? Double(data.rowCount) > 1 else {
            return (model, try model.computeScores(of: data, execution: context.execution))
        }
        let scores = try model.parameters.leaveOneOutScores(
            of: data.matrix, weights: data.weights, form: covariance, execution: context.execution)
        return (model, scores)
    }
}

/// The form of a mixture's covariance matrices.
public enum MixtureCovariance: String, CaseIterable, Sendable {
    /// A matrix of its own for each component.
    case full
    /// One matrix for all components.
    case tied
    /// A variance for each component and column.
    case diagonal
    /// A variance for each component.
    case spherical
}

/// How the first responsibilities of a mixture are found.
public enum MixtureInitialization: String, CaseIterable, Sendable {
    /// Each row belongs to its nearest center.
    case kMeans = "k-means"
    /// Each row belongs to all components at random.
    case random
}
