import OutlierNumerics

/// How probable it is that a score would be called an anomaly had the detector been fitted on other rows of the same kind.
///
/// Of n training scores, c are at most s: a row scores at most s with the posterior mean p = (1 + c) / (2 + n). A fit on
/// other rows with the share γ of anomalies calls s an anomaly where at least n − ⌊n γ⌋ + 1 of n rows score at most s,
/// which a binomial number of n draws with the probability p does with the probability that is given.
///
/// Of scores that are equal, none lies above the others: a score of which there are several counts those below it and
/// itself, as if they were one. So a row at a cutoff that it shares with many, which `score > cutoff` does not call an
/// anomaly, is as sure as fits on other rows are.
///
/// Paper: L. Perini, V. Vercruyssen, J. Davis: *Quantifying the Confidence of Anomaly Detectors in Their Example-Wise
/// Predictions* (ExCeeD), 2020, as in PyOD's `predict_confidence`.
struct DecisionStability: Sendable {
    /// Ascending.
    let scores: [Double]
    /// ⌊n γ⌋.
    let anomalyCount: Int

    init(_ scores: [Double], contamination: Double) {
        self.scores = scores.sorted()
        anomalyCount = min(scores.count, max(0, Shares.floor(contamination, of: scores.count)))
    }

    /// - Throws: ``OutlierError/Code/invalidModel`` where the scores are not in order.
    init(sorted: [Double], anomalyCount: Int) throws {
        guard !sorted.isEmpty, zip(sorted, sorted.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw OutlierError(.invalidModel, "the training scores are damaged")
        }
        scores = sorted
        self.anomalyCount = anomalyCount
    }

    func probabilitiesOfAlarm(_ new: [Double]) -> [Double] {
        let count = scores.count
        let needed = count - anomalyCount + 1
        // Many rows share a rank, and only ranks near the border need to be computed.
        var known: [Int: Double] = [:]
        return new.map { score in
            if score.isNaN { return .nan }
            let rank = min(
                SortedSearch.count(upTo: score, in: scores), SortedSearch.count(below: score, in: scores) + 1)
            if let value = known[rank] { return value }
            let p = Double(1 + rank) / Double(2 + count)
            let mean = Double(count) * p
            let deviation = (mean * (1 - p)).squareRoot()
            let value: Double
            // Beyond so many deviations (and draws) the tail is 0 to every digit.
            if abs(Double(needed) - mean) > 40 * deviation + 40 {
                value = Double(needed) > mean ? 0 : 1
            } else {
                value = min(1, max(0, SpecialFunctions.binomialTail(atLeast: needed, of: count, p)))
            }
            known[rank] = value
            return value
        }
    }
}
