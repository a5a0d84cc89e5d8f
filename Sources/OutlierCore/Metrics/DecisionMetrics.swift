/// The share of decisions that are right.
public struct Accuracy: Metric {
    public static let name = "accuracy"
    public static let summary = "Share of decisions that are right."

    public init() {}

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let confusion = try Confusion(evaluation, for: Self.name)
        return .number((confusion.truePositives + confusion.trueNegatives) / Double(evaluation.truth.count))
    }
}

/// The share of true anomalies among the rows that were called anomalies; 0 where none was.
public struct Precision: Metric {
    public static let name = "precision"
    public static let summary = "Share of true anomalies among the alarms; 0 where there is no alarm."

    public init() {}

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let confusion = try Confusion(evaluation, for: Self.name)
        return .number(
            Confusion.ratio(confusion.truePositives, confusion.truePositives + confusion.falsePositives))
    }
}

/// The share of the anomalies that were called so; 0 where there is none.
public struct Recall: Metric {
    public static let name = "recall"
    public static let summary = "Share of the anomalies that were found; 0 where there is none."

    public init() {}

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let confusion = try Confusion(evaluation, for: Self.name)
        return .number(
            Confusion.ratio(confusion.truePositives, confusion.truePositives + confusion.falseNegatives))
    }
}

/// The harmonic mean of precision and recall; 0 where both are.
public struct F1: Metric {
    public static let name = "f1"
    public static let summary = "Harmonic mean of precision and recall."

    public init() {}

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let confusion = try Confusion(evaluation, for: Self.name)
        return .number(
            Confusion.ratio(
                2 * confusion.truePositives,
                2 * confusion.truePositives + confusion.falsePositives + confusion.falseNegatives))
    }
}

/// The mean of the recall of anomalies and the recall of normal rows.
public struct BalancedAccuracy: Metric {
    public static let name = "balanced-accuracy"
    public static let summary = "Mean of the recall of anomalies and the recall of normal rows."

    public init() {}

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let confusion = try Confusion(evaluation, for: Self.name)
        try RankedCounts(evaluation).requireBothClasses(for: Self.name)
        let sensitivity = confusion.truePositives / (confusion.truePositives + confusion.falseNegatives)
        let specificity = confusion.trueNegatives / (confusion.trueNegatives + confusion.falsePositives)
        return .number((sensitivity + specificity) / 2)
    }
}

/// The correlation of decisions and truth, -1...1; 0 where one of them has one class only.
public struct MatthewsCorrelation: Metric {
    public static let name = "mcc"
    public static let aliases = ["matthews-correlation"]
    public static let summary = "Correlation of decisions and truth, from -1 to 1."
    public static let reference: String? =
        "Matthews: Comparison of the Predicted and Observed Secondary Structure of T4 Phage Lysozyme, 1975"

    public init() {}

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let c = try Confusion(evaluation, for: Self.name)
        let covariance = c.truePositives * c.trueNegatives - c.falsePositives * c.falseNegatives
        let variances =
            ((c.truePositives + c.falsePositives) * (c.truePositives + c.falseNegatives)).squareRoot()
            * ((c.trueNegatives + c.falsePositives) * (c.trueNegatives + c.falseNegatives)).squareRoot()
        return .number(Confusion.ratio(covariance, variances))
    }
}

/// The four counts of decisions against truth.
public struct ConfusionMatrix: Metric {
    public static let name = "confusion"
    public static let aliases = ["confusion-matrix"]
    public static let summary = "Counts of true and false positives and negatives."

    public init() {}

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let confusion = try Confusion(evaluation, for: Self.name)
        return .table([
            .init("true-positives", confusion.truePositives),
            .init("false-positives", confusion.falsePositives),
            .init("false-negatives", confusion.falseNegatives),
            .init("true-negatives", confusion.trueNegatives),
        ])
    }
}
