public import OutlierCore

/// Deviation networks (Pang, Shen & van den Hengel 2019): a network whose output is the score itself. Scores of rows that
/// are not known to be anomalies are drawn to the mean of a standard normal reference, those of known anomalies pushed
/// at least `margin` of its deviations above it.
///
/// A step draws half its rows from the known anomalies and half from all others, known normal ones and those of which
/// nothing is known, most of which are normal. A row costs |z| where it is no known anomaly and max(0, margin − z) where
/// it is, with z the distance of its score from the mean of 5,000 reference numbers, in their standard deviations. The
/// score is the network's output: about 0 for usual rows, about `margin` for rows like the known anomalies.
///
/// Columns are scaled inside to mean 0 and variance 1. Training: O(epochs · steps · batch · weights); scoring: O(weights)
/// a row. The same seed gives the same model on any number of threads.
public struct DeviationNetwork: ScoreLearning {
    public static let name = "devnet"
    public static let summary = "A network that puts known anomalies several deviations above all other rows."
    public static let reference: String? =
        "G. Pang, C. Shen, A. van den Hengel: Deep Anomaly Detection with Deviation Networks, 2019"
    public static let parameters: [Parameter<DeviationNetwork>] =
        [
            .number(
                "margin", \.margin, in: .positive,
                "Standard deviations that known anomalies are to be above the others.")
        ] + sharedParameters

    public var margin: Double
    public var hidden: [Int]
    public var training: ScoreTraining

    public init() { self.init(margin: 5) }

    public init(margin: Double = 5, hidden: [Int] = [20], training: ScoreTraining = ScoreTraining()) {
        self.margin = margin
        self.hidden = hidden
        self.training = training
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedScoreNetwork {
        try ScoreNetworkFit(data, hidden: hidden, training: training, recipe: recipe, context: context).deviation(
            margin: margin)
    }
}
