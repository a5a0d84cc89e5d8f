public import OutlierCore

/// What a detector makes of weights, by the meaning that ``WeightLearning`` gives them.
///
///     let agreement = try WeightAgreement(of: KernelDensity(), on: data)
///     #expect(agreement.repetitions < 1e-9 && agreement.onesAreNone && agreement.zerosAreAbsent)
public struct WeightAgreement: Sendable {
    /// The largest relative difference between the scores of a model fitted on rows of weights 0 to 3 and those of one
    /// fitted on the rows repeated as often; of new rows, and of the rows of the fit by the rule for those.
    public let repetitions: Double
    /// Whether weights of 1 give the scores that none give, to the bit.
    public let onesAreNone: Bool
    /// Whether rows of weight 0 give the scores that the table without them gives, to the bit. Not where a detector draws
    /// rows at random.
    public let zerosAreAbsent: Bool
    /// Whether the weights changed the scores at all.
    public let matters: Bool

    /// - Parameter data: some rows without labels; they are scored too.
    public init(of detector: some Detector, on data: Dataset, context: FitContext = FitContext()) throws {
        let data = data.unlabeled.unweighted
        let rows = Array(0..<data.rowCount)
        let counts = rows.map { ($0 * 7 + $0 / 4) % 4 }
        let weighted = try data.replacing(labels: nil, weights: counts.map(Double.init))
        let repeated = rows.flatMap { Array(repeating: $0, count: counts[$0]) }
        let first = try detector.fitAndScore(weighted, context: context)
        let scores = try first.model.scores(of: data).values
        let second = try detector.fitAndScore(data.selectingRows(repeated), context: context)
        repetitions = max(
            WeightAgreement.largestDifference(scores, try second.model.scores(of: data).values),
            WeightAgreement.largestDifference(repeated.map { first.scores[$0] }, second.scores.values))

        let plain = try detector.fitAndScore(data, context: context)
        let ones = try detector.fitAndScore(
            data.replacing(labels: nil, weights: rows.map { _ in 1 }), context: context)
        let plainScores = try plain.model.scores(of: data).values
        onesAreNone = try plain.scores == ones.scores && ones.model.scores(of: data).values == plainScores
        matters = scores != plainScores

        let fractions = rows.map { $0 % 3 == 0 ? 0 : 0.25 + Double($0 % 5) }
        let kept = rows.filter { fractions[$0] > 0 }
        let zeros = try data.replacing(labels: nil, weights: fractions)
        zerosAreAbsent =
            try detector.fit(zeros, context: context).scores(of: data).values
            == detector.fit(zeros.selectingRows(kept), context: context).scores(of: data).values
    }

    private static func largestDifference(_ first: [Double], _ second: [Double]) -> Double {
        zip(first, second).reduce(0) { max($0, abs($1.0 - $1.1) / max(1, abs($1.1))) }
    }
}
