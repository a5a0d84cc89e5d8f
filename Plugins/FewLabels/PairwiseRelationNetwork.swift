public import OutlierCore

/// Pairwise relation networks (Pang, Shen, Jin & van den Hengel 2023): a network that is shown pairs of rows and tells how
/// many known anomalies are among the two, which makes many examples of few anomalies.
///
/// Both rows of a pair pass the hidden layers; a linear unit over what they give for the two is to answer `both-anomalous`
/// for two known anomalies, `one-anomalous` for one, 0 for none, and its absolute error is minimised. Half the pairs of a
/// step have no known anomaly, a quarter one and a quarter two. Rows that are not known to be anomalies are taken for
/// normal, as most are.
///
/// The score is the mean answer for a row paired with known anomalies and with other rows. The unit is linear, so the mean
/// over all such pairs is had at the price of one pass; the paper draws 30 of each. Columns are scaled inside to mean
/// 0 and variance 1. Training: O(epochs · steps · batch · weights); scoring: O(weights) a row. The same seed gives the same
/// model on any number of threads.
public struct PairwiseRelationNetwork: ScoreLearning {
    public static let name = "prenet"
    public static let summary = "A network that tells from pairs of rows how many of the two are known anomalies."
    public static let reference: String? =
        "G. Pang, C. Shen, H. Jin, A. van den Hengel: Deep Weakly-supervised Anomaly Detection, 2023"
    public static let parameters: [Parameter<PairwiseRelationNetwork>] =
        [
            .number("both-anomalous", \.bothAnomalous, in: .positive, "The answer for two known anomalies."),
            .number("one-anomalous", \.oneAnomalous, in: .positive, "The answer for a known anomaly and another row."),
        ] + sharedParameters

    public var bothAnomalous: Double
    public var oneAnomalous: Double
    public var hidden: [Int]
    public var training: ScoreTraining

    public init() { self.init(bothAnomalous: 8) }

    public init(
        bothAnomalous: Double = 8, oneAnomalous: Double = 4, hidden: [Int] = [20],
        training: ScoreTraining = ScoreTraining()
    ) {
        self.bothAnomalous = bothAnomalous
        self.oneAnomalous = oneAnomalous
        self.hidden = hidden
        self.training = training
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedScoreNetwork {
        try ScoreNetworkFit(data, hidden: hidden, training: training, recipe: recipe, context: context).relation(
            answers: [0, oneAnomalous, bothAnomalous])
    }
}
