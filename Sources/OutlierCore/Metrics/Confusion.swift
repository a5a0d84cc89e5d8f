/// How often each decision met each truth.
struct Confusion {
    var truePositives = 0.0
    var falsePositives = 0.0
    var trueNegatives = 0.0
    var falseNegatives = 0.0

    /// - Throws: ``OutlierError/Code/missingDecisions`` where there are no decisions.
    init(_ evaluation: Evaluation, for metric: String) throws {
        guard let decisions = evaluation.decisions else {
            throw OutlierError(
                .missingDecisions, "needs decisions, but there are only scores",
                suggestion: "Give the pipeline a threshold: {quantile: {contamination: 0.1}}.", component: metric)
        }
        for (decision, truth) in zip(decisions, evaluation.truth) {
            switch (decision, truth) {
            case (true, true): truePositives += 1
            case (true, false): falsePositives += 1
            case (false, false): trueNegatives += 1
            case (false, true): falseNegatives += 1
            }
        }
    }

    /// 0 where the denominator is, as scikit-learn has it.
    static func ratio(_ numerator: Double, _ denominator: Double) -> Double {
        denominator == 0 ? 0 : numerator / denominator
    }
}
