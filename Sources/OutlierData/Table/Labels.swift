import OutlierCore

/// What the words of a label column mean.
///
/// Words are compared without regard to case. Where the anomalous words are declared, every other word means a normal
/// row. Otherwise 1, true, yes, t, y, anomaly, anomalous, anomalies, abnormal, outlier, fraud, fraudulent, attack and
/// malignant mean an anomaly, and 0, false, no, f, n, normal, nominal, inlier, regular, legitimate and benign a normal
/// row; any other word is an error. A missing word means that nothing is known of the row.
///
/// In a column of knowledge, which a person fills in by hand, the usual words keep their meaning beside the declared ones.
enum Labels {
    private static let anomalous: Set<String> = [
        "true", "yes", "t", "y", "anomaly", "anomalous", "anomalies", "abnormal", "outlier", "fraud", "fraudulent",
        "attack", "malignant",
    ]
    private static let normal: Set<String> = [
        "false", "no", "f", "n", "normal", "nominal", "inlier", "regular", "legitimate", "benign",
    ]

    /// `nil` for a word that says nothing.
    static func label(
        _ word: String, number: Double?, anomalyWords: [String], isKnowledge: Bool = false
    ) -> Label? {
        let lowered = word.lowercased()
        if !anomalyWords.isEmpty {
            let isAnomaly = anomalyWords.contains {
                if $0.lowercased() == lowered { return true }
                guard let number else { return false }
                return SingleValue.number(Array($0.utf8)) == number
            }
            let isUsual = isKnowledge && (number == 1 || anomalous.contains(lowered))
            return isAnomaly || isUsual ? .anomaly : .normal
        }
        if number == 1 || anomalous.contains(lowered) { return .anomaly }
        if number == 0 || normal.contains(lowered) { return .normal }
        return nil
    }

    static func unknown(_ words: [String], column: String, location: OutlierError.Location) -> OutlierError {
        let shown = words.sorted().prefix(10).map { "“\($0)”" }.joined(separator: ", ")
        let rest = words.count > 10 ? " and \(words.count - 10) more" : ""
        return OutlierError(
            .invalidValue, "the label column “\(column)” holds words whose meaning is not known: \(shown)\(rest)",
            suggestion: "Declare which words mean an anomaly; all others then mean a normal row.",
            location: location)
    }
}
