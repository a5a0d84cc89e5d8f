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
        OutlierError(
            .invalidValue, "the label column “\(column)” holds words whose meaning is not known: \(list(words))",
            suggestion: "Declare which words mean an anomaly; all others then mean a normal row: "
                + "data: {anomaly: [\"\(words.min() ?? "")\"]}.",
            location: location)
    }

    /// Declared words of which the column has none are a slip that would make every row normal.
    ///
    /// A column of one word is left alone: a table of normal rows only is a table like another. So is one of new rows,
    /// among which there need be no anomaly.
    /// - Parameter words: the different words of the column.
    static func checkDeclared(
        _ labels: [Label], words: @autoclosure () -> Set<String>, column: String, file: String, options: ReadOptions
    ) throws {
        guard !options.anomalyWords.isEmpty, !options.toleratesAbsentColumns, !labels.contains(.anomaly) else { return }
        let words = words()
        guard words.count > 1 else { return }
        let declared = list(options.anomalyWords, sorts: false)
        throw OutlierError(
            .invalidConfiguration,
            "none of the words under “anomaly” (\(declared)) is in “\(column)”, which holds \(list(Array(words)))",
            suggestion: "Name those of its words that mean an anomaly; where no row is one, name no label column.",
            location: .init(file: file))
    }

    private static func list(_ words: [String], sorts: Bool = true) -> String {
        let shown = (sorts ? words.sorted() : words).prefix(10).map { "“\($0)”" }.joined(separator: ", ")
        return words.count > 10 ? "\(shown) and \(words.count - 10) more" : shown
    }
}
