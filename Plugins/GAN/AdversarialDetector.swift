public import Neural
public import OutlierCore

/// A detector of this family, with the settings that all of them share.
///
/// Words are taken as they are: the networks see them one-hot, the generator ends in a softmax of each category's words,
/// and wherever a row is compared with what the generator makes of it, a word counts −ln of the probability that it is
/// given, in place of a difference. So an encoder's first layer has a vector for each word, as an embedding would, and a
/// discriminator sees what is real and what is made in one form.
public protocol AdversarialDetector: FineTunable, LabelLearning, NetworkTraining
where Fitted == FittedGenerativeModel {
    /// Numbers of a code; `nil` to choose them by the columns.
    var latent: Int? { get set }
    /// Widths of the hidden layers; empty to choose them by the columns.
    var hidden: [Int] { get set }
    var score: CombinedScore { get set }

    /// Trains the networks and scores the rows of the fit.
    ///
    /// - Parameters:
    ///   - data: the rows, already checked.
    ///   - first: the model to go on from and how, or `nil` to begin anew.
    /// - Throws: ``OutlierError`` where sizes are not those of the first model, `CancellationError`.
    func train(
        on data: Dataset, from first: (model: FittedGenerativeModel, settings: FineTuning)?, context: FitContext
    ) throws -> (model: FittedGenerativeModel, scores: [Double])
}

extension AdversarialDetector {
    static var latentParameter: Parameter<Self> {
        .integer(
            "latent", \.latent, in: .between(1, 65_536), null: "half the columns, at most 32", "Numbers of a code.")
    }

    /// - Parameter networks: which networks have these widths.
    static func hiddenParameter(_ networks: String) -> Parameter<Self> {
        .integers(
            "hidden", \.hidden, in: .between(1, 65_536),
            "Widths of the hidden layers of \(networks), the generator's in reverse; [] for two, by the number of columns."
        )
    }

    static var scoreParameter: Parameter<Self> {
        .section("score", \.score, "How the score is put together.")
    }

    public var labelUse: LabelUse { score.labelUse }

    public func validateTogether() throws { try score.requireDistance(own: .discriminator) }

    public func train(on data: Dataset, context: FitContext) throws -> FittedGenerativeModel {
        try trainAndScore(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedGenerativeModel, scores: [Double]) {
        try train(on: data, from: nil, context: context)
    }

    /// Goes on from `model`: columns that it had keep their scale and weights, others begin anew.
    public func fineTune(
        _ model: FittedGenerativeModel, on data: Dataset, settings: FineTuning, context: FitContext
    ) throws -> (model: FittedGenerativeModel, scores: [Double]) {
        try train(on: data, from: (model, settings), context: context)
    }
}
