public import OutlierCore

/// The one-class support vector machine for large tables: random Fourier features stand in for the RBF kernel, and
/// stochastic gradient descent finds the hyperplane in their space, in time linear in the rows.
///
/// The score of a row x is ρ − w·φ(x), above 0 outside the surface: the negated decision function of scikit-learn's
/// `SGDOneClassSVM` after its `RBFSampler`, whose objective ½ν‖w‖² + ν(1 − ρ) + mean(max(0, ρ − w·φ(x))) and whose
/// steps 1 / (ν (t₀ + t)) these are. It is not on the scale of ``OneClassSupportVectorMachine``. Columns should be on
/// one scale: put `standard-scaler` first.
///
/// A row's hinge loss counts as often as its weight says, as `SGDOneClassSVM` has it; only the proportions of the weights
/// matter.
///
/// Costs n·D·(d + 1) for each pass over the rows with D features, at most ``epochs`` passes; memory for the features
/// and a block of rows. A fitted model learns from further rows by one pass more (``Updatable``).
///
/// Not promised: that scores agree with the kernel's to more than about 1/√D, or that two seeds agree to more. Far from
/// every training row the score wavers about ρ, as the features do.
///
/// Ali Rahimi and Benjamin Recht: Random Features for Large-Scale Kernel Machines (2007).
public struct OneClassStochasticGradient: Detector, WeightLearning {
    public static let name = "ocsvm-sgd"
    public static let aliases = ["sgd-one-class-svm"]
    public static let summary =
        "One-class SVM for large tables: random Fourier features and stochastic gradient descent, in linear time."
    public static let reference: String? =
        "A. Rahimi, B. Recht: Random Features for Large-Scale Kernel Machines (2007)"

    /// The number D of random features.
    public var features: Int
    /// About this part of the rows lies outside.
    public var nu: Double
    /// γ of the kernel; `nil` for ``gammaRule``.
    public var gamma: Double?
    public var gammaRule: OneClassSupportVectorMachine.GammaRule
    /// At most so many passes over the rows.
    public var epochs: Int
    /// The fit ends where five passes in a row have not lowered the objective by more.
    public var tolerance: Double
    /// Whether the model is the mean over all steps instead of what the last step left.
    public var average: Bool

    public init(
        features: Int = 256, nu: Double = 0.5, gamma: Double? = nil,
        gammaRule: OneClassSupportVectorMachine.GammaRule = .auto, epochs: Int = 1000, tolerance: Double = 1e-3,
        average: Bool = false
    ) {
        self.features = features
        self.nu = nu
        self.gamma = gamma
        self.gammaRule = gammaRule
        self.epochs = epochs
        self.tolerance = tolerance
        self.average = average
    }

    public init() { self.init(features: 256) }

    public static var parameters: [Parameter<Self>] {
        [
            .integer("features", \.features, in: .between(1, 1_000_000), "The number of random features."),
            .number("nu", \.nu, in: .above(0, upTo: 1), "About this part of the rows lies outside."),
            .number("gamma", \.gamma, in: .positive, null: "by gamma-rule", "γ of the RBF kernel."),
            .choice(
                "gamma-rule", \.gammaRule,
                "γ where it is not given: auto is 1 / columns, scale 1 / (columns × variance of all values)."),
            .integer("epochs", \.epochs, in: .atLeast(1), "At most so many passes over the rows."),
            .number(
                "tolerance", \.tolerance, in: .atLeast(0),
                "The fit ends where five passes in a row have not lowered the objective by more."),
            .boolean("average", \.average, "Take the mean of the models after each step instead of the last."),
        ]
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedOneClassStochasticGradient {
        guard !data.columnCount.multipliedReportingOverflow(by: features + 32).overflow else {
            throw OutlierError(.invalidParameter, "there are too many features for so many columns")
        }
        try context.checkCancellation()
        let data = data.rowsThatCount
        let weights = FittedOneClassStochasticGradient.relativeWeights(of: data)
        let gamma = try gamma ?? gammaRule.value(for: data.replacing(labels: nil, weights: weights))
        var random = context.random()
        var model = FittedOneClassStochasticGradient(
            map: RandomFourierFeatures(columns: data.columnCount, count: features, gamma: gamma, random: &random),
            nu: nu, averages: average)
        var best = Double.infinity
        var withoutGain = 0
        for epoch in 0..<epochs {
            let objective = try model.learn(data, weights: weights, context: context, stream: epoch + 1)
            withoutGain = objective > best - tolerance ? withoutGain + 1 : 0
            best = min(best, objective)
            context.report(Double(epoch + 1) / Double(epochs), stage: "descending", loss: objective)
            if withoutGain == 5 { break }
        }
        context.report(1, stage: "done")
        return model
    }
}
