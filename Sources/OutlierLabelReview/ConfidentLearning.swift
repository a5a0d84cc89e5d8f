/// Which labels a model that did not see them contradicts: the confident joint (Northcutt, Jiang & Chuang 2021).
///
/// A row speaks for a class where its probability of it is at least the mean probability of the rows that are said to be
/// of that class; of two such classes, for the more probable one. The thresholds are the classes' own, so that it does not
/// matter how rare anomalies are or how well probabilities are calibrated. A row is suspect where the other class than
/// its label is the more probable one, and remains so when each class's threshold is subtracted, as cleanlab does it: a
/// row need not reach a threshold, which wrong labels among the others have moved.
public struct ConfidentLearning: Sendable {
    /// For rows that are said to be normal and rows that are said to be anomalies, the mean probability of what they are
    /// said to be.
    public let thresholds: [Double]
    /// Rows by what they are said to be (first: normal, anomaly) and what they speak for (second: normal, anomaly).
    /// Rows that speak for nothing are in none.
    public let joint: [[Int]]
    /// Whether each row's label is probably wrong.
    public let isSuspect: [Bool]

    /// Probabilities are compared up to rounding.
    private static let tolerance = 1e-6

    /// - Parameters:
    ///   - probabilities: of being an anomaly, by models that did not see the row.
    ///   - isAnomaly: what each row is said to be; there must be rows of both kinds.
    public init(probabilities: [Double], isAnomaly: [Bool]) {
        precondition(probabilities.count == isAnomaly.count, "a label for each probability")
        func threshold(_ kind: Bool) -> Double {
            let own = zip(probabilities, isAnomaly).filter { $0.1 == kind }.map { kind ? $0.0 : 1 - $0.0 }
            return own.reduce(0, +) / Double(max(1, own.count))
        }
        let thresholds = [threshold(false), threshold(true)]
        var joint = [[0, 0], [0, 0]]
        isSuspect = zip(probabilities, isAnomaly).map { probability, said in
            let isNormal = 1 - probability >= thresholds[0] - ConfidentLearning.tolerance
            let isAnomalous = probability >= thresholds[1] - ConfidentLearning.tolerance
            if isNormal || isAnomalous {
                let speaksForAnomaly = isNormal && isAnomalous ? probability > 0.5 : isAnomalous
                joint[said ? 1 : 0][speaksForAnomaly ? 1 : 0] += 1
            }
            let adjusted = (probability - thresholds[1]) - (1 - probability - thresholds[0])
            return said ? probability < 0.5 && adjusted < 0 : probability > 0.5 && adjusted > 0
        }
        self.thresholds = thresholds
        self.joint = joint
    }
}
