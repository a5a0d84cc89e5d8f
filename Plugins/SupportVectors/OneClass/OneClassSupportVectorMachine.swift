public import OutlierCore

/// The one-class support vector machine: a surface in the space of a kernel that has at most the part `nu` of the rows
/// on its outer side.
///
/// The score of a row x is ρ − Σ αᵢ k(xᵢ, x): above 0 outside the surface, below 0 inside; it is the negated decision
/// function of libsvm and scikit-learn, in their scale (0 ≤ αᵢ ≤ 1, Σαᵢ = ν·n). Training rows are scored like new ones.
///
/// The optimum is found by sequential minimal optimisation with second-order choice of the pair (Fan, Chen and Lin,
/// 2005), shrinking and a bounded cache of kernel rows, and begins, where the kernel is positive semidefinite, near the
/// solution for a part of the rows. It does not depend on the seed or the threads. Two solvers that stop at the same
/// ``tolerance`` agree in the scores to about the tolerance.
///
/// A row of weight w counts as w equal rows: its α may be up to w, and Σα = ν·Σw, as scikit-learn's libsvm has it. Weights
/// that are c times others give c times the scores.
///
/// Columns should be on one scale: put `standard-scaler` first.
///
/// Fitting costs between n·d·(ν·n) and n²·d kernel terms in practice (worse where `tolerance` is small for the scale of
/// the kernel) and memory for n·d numbers and the cache, never n². Scoring costs d for each support vector, of which
/// there are at least ν·n. An exponential is computed to a relative error below 1e-15.
///
/// Not promised: the global optimum for the `sigmoid` kernel and for `poly` with a negative `coef0`, which are not
/// positive semidefinite; for them the search begins with the first rows, as libsvm's does.
///
/// - Throws: ``OutlierError/Code/numericalFailure`` where kernel values are too large for the arithmetic.
///
/// Bernhard Schölkopf, John C. Platt, John Shawe-Taylor, Alex J. Smola and Robert C. Williamson: Estimating the Support
/// of a High-Dimensional Distribution (2001).
public struct OneClassSupportVectorMachine: Detector, WeightLearning {
    public static let name = "ocsvm"
    public static let aliases = ["one-class-svm"]
    public static let summary =
        "Finds a surface in the space of a kernel that has at most the part nu of the rows outside (one-class SVM)."
    public static let reference: String? =
        "B. Schölkopf, J. C. Platt, J. Shawe-Taylor, A. J. Smola, R. C. Williamson: "
        + "Estimating the Support of a High-Dimensional Distribution (2001)"

    /// How `gamma` follows from the table where no number is given.
    public enum GammaRule: String, Sendable, CaseIterable {
        /// 1 / d for d columns.
        case auto
        /// 1 / (d · v), where v is the variance of all values of the table.
        case scale
    }

    /// How alike two rows are.
    public var kernel: SupportVectorKernel
    /// At most this part of the rows lies outside, at least this part are support vectors.
    public var nu: Double
    /// γ of the kernels `rbf`, `poly` and `sigmoid`; `nil` for ``gammaRule``.
    public var gamma: Double?
    public var gammaRule: GammaRule
    /// The exponent of the kernel `poly`.
    public var degree: Int
    /// The constant c of the kernels `poly` and `sigmoid`.
    public var coef0: Double
    /// The search ends where no pair of rows violates the conditions of the optimum by more.
    public var tolerance: Double
    /// Whether rows that are likely to stay at their bounds are left out for a while. It changes nothing but the time.
    public var shrinking: Bool
    /// Memory for kernel rows, in megabytes (10⁶ bytes).
    public var cacheSize: Double

    public init(
        kernel: SupportVectorKernel = .rbf, nu: Double = 0.5, gamma: Double? = nil, gammaRule: GammaRule = .auto,
        degree: Int = 3, coef0: Double = 0, tolerance: Double = 1e-3, shrinking: Bool = true, cacheSize: Double = 200
    ) {
        self.kernel = kernel
        self.nu = nu
        self.gamma = gamma
        self.gammaRule = gammaRule
        self.degree = degree
        self.coef0 = coef0
        self.tolerance = tolerance
        self.shrinking = shrinking
        self.cacheSize = cacheSize
    }

    public init() { self.init(kernel: .rbf) }

    public static var parameters: [Parameter<Self>] {
        [
            .choice("kernel", \.kernel, "How alike two rows are."),
            .number(
                "nu", \.nu, in: .above(0, upTo: 1),
                "At most this part of the rows lies outside, at least this part are support vectors."
            )
            .searched(.linear(0.02...0.8)),
            .number(
                "gamma", \.gamma, in: .positive, null: "by gamma-rule", "γ of the kernels rbf, poly and sigmoid."
            )
            .searched(.logarithmic(0.001...10)),
            .choice(
                "gamma-rule", \.gammaRule,
                "γ where it is not given: auto is 1 / columns, scale 1 / (columns × variance of all values)."),
            .integer("degree", \.degree, in: .between(1, 100), "The exponent of the kernel poly."),
            .number("coef0", \.coef0, "The constant that the kernels poly and sigmoid add."),
            .number("tolerance", \.tolerance, in: .atLeast(1e-12), "By how much the optimum may be missed."),
            .boolean("shrinking", \.shrinking, "Leave out rows that are likely to stay at their bounds; saves time."),
            .number("cache-size", \.cacheSize, in: .between(1, 1_000_000), "Megabytes for rows of the kernel matrix."),
        ]
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedOneClassSupportVectorMachine {
        let data = data.rowsThatCount
        guard data.rowCount <= Int(Int32.max) else {
            throw OutlierError(
                .shapeMismatch, "at most \(Int32.max) rows can be fitted, but there are \(data.rowCount)")
        }
        try context.checkCancellation()
        let function = KernelFunction(
            kernel: kernel, gamma: try gamma ?? gammaRule.value(for: data), coefficient: coef0, degree: degree)
        return try data.matrix.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { throw OutlierError(.emptyData, "there is no row to fit") }
            let rows = RowTable(base: base, count: data.rowCount, columns: data.columnCount)
            let diagonal = function.diagonal(rows)
            // Kernel rows are kept in Float, and a gradient adds up as many kernels as there are rows.
            guard let largest = diagonal.map(abs).max(), largest < Double(Float.greatestFiniteMagnitude) / 8 else {
                throw OutlierError(
                    .numericalFailure, "the values are too large for the kernel “\(kernel.rawValue)”",
                    suggestion: "Put the preprocessor “standard-scaler” or “robust-scaler” before the detector.")
            }
            let bounds = data.weights ?? [Double](repeating: 1, count: rows.count)
            let problem = OneClassProblem(
                rows: rows, function: function, nu: nu, bounds: bounds, diagonal: diagonal, tolerance: tolerance,
                shrinking: shrinking, cacheBytes: Int(cacheSize * 1e6), context: context)
            context.report(0, stage: "starting")
            let start = try problem.start()
            context.report(0.2, stage: "optimizing")
            let solution = try SequentialMinimalOptimization(problem, start: start).solve()
            context.report(1, stage: "done")
            return try FittedOneClassSupportVectorMachine(
                function: function, rows: rows, bounds: bounds, solution: solution)
        }
    }
}
