/// What a metric looks at: scores, decisions where there are any, and the truth.
public struct Evaluation: Sendable {
    /// One score a row, higher for more anomalous.
    public let scores: [Double]
    /// One decision a row: `true` for an anomaly. `nil` where no threshold was applied.
    public let decisions: [Bool]?
    /// One entry a row: `true` for an anomaly.
    public let truth: [Bool]
    /// Which rows are one series, for metrics of series; `nil` if all are one, in their order. Other metrics ignore it.
    public let index: SeriesIndex?

    /// - Throws: ``OutlierError/Code/shapeMismatch`` where they are not of one length,
    ///   ``OutlierError/Code/emptyData`` where they are empty.
    public init(
        scores: [Double], decisions: [Bool]? = nil, truth: [Bool], index: SeriesIndex? = nil
    ) throws {
        guard scores.count == truth.count, decisions.map({ $0.count == truth.count }) ?? true else {
            throw OutlierError(
                .shapeMismatch,
                "\(scores.count) scores and \(decisions?.count ?? scores.count) decisions for a truth of \(truth.count) rows"
            )
        }
        if let index, index.rowCount != truth.count {
            throw OutlierError(
                .shapeMismatch, "the series have \(index.rowCount) rows, but \(truth.count) are evaluated")
        }
        guard !truth.isEmpty else {
            throw OutlierError(
                .emptyData, "there is no row to evaluate", suggestion: "Evaluate rows whose labels are known.")
        }
        if let row = scores.firstIndex(where: \.isNaN) {
            throw OutlierError(
                .invalidValue, "the score of row \(row + 1) is not a number",
                suggestion: "Look at what gave the scores.")
        }
        self.scores = scores
        self.decisions = decisions
        self.truth = truth
        self.index = index
    }
}

extension Evaluation {
    /// What metrics look at of scores and decisions: rows without a score or of unknown truth are left out.
    ///
    /// - Parameters:
    ///   - decisions: for metrics that need them.
    ///   - truth: one entry for each row; `nil` if there is no label column.
    ///   - rows: the rows to look at, by their numbers; `nil` for every one that can be measured.
    ///   - index: which rows are one series, for metrics of series; of the same rows as `scores`.
    /// - Throws: ``OutlierError/Code/shapeMismatch`` if the parts are not of one length,
    ///   ``OutlierError/Code/missingTruth`` if no row can be measured.
    public init(
        scores: Scores, decisions: Decisions? = nil, truth: Truth?, rows: [Int]? = nil, index: SeriesIndex? = nil
    ) throws {
        guard let truth else {
            throw OutlierError(
                .missingTruth, "there is nothing to measure by: which rows are anomalies is not known",
                suggestion: "Name the column that says it: {data: {label: COLUMN}}.")
        }
        for count in [truth.count, decisions?.values?.count] {
            guard let count, count != scores.count else { continue }
            throw OutlierError(
                .shapeMismatch, "there are \(scores.count) scores, but decisions or a truth of \(count) rows")
        }
        if let index, index.rowCount != scores.count {
            throw OutlierError(
                .shapeMismatch, "the series have \(index.rowCount) rows, but there are \(scores.count) scores")
        }
        let chosen = (rows ?? Array(scores.indices)).filter { !scores[$0].isNaN && truth[$0] != nil }
        guard !chosen.isEmpty else {
            throw OutlierError(
                .missingTruth, "of no row that has a score is it known whether it is an anomaly",
                suggestion: "Measure rows whose labels are known.")
        }
        let all = rows == nil && chosen.count == scores.count
        try self.init(
            scores: all ? scores.values : chosen.map { scores[$0] },
            decisions: decisions?.values.map { values in chosen.map { values[$0].isAnomaly } },
            truth: chosen.map { truth[$0] == true }, index: all ? index : index?.selecting(chosen))
    }
}

/// A pure function of scores (or decisions) and truth.
public protocol Metric: Component {
    /// - Throws: ``OutlierError/Code/undefinedMetric`` where the truth has one class only and the metric needs both,
    ///   ``OutlierError/Code/missingDecisions`` where the metric needs decisions and there are none.
    func value(of evaluation: Evaluation) throws -> MetricValue
}

extension Metric {
    /// The value of a metric that gives one number, as all do but ``ConfusionMatrix``.
    ///
    /// - Throws: as ``value(of:)``; ``OutlierError/Code/invalidConfiguration`` if the metric gives a table.
    public func number(of evaluation: Evaluation) throws -> Double {
        guard let number = try value(of: evaluation).number else {
            throw OutlierError(
                .invalidConfiguration, "the metric “\(recipe.name)” does not give one number",
                suggestion: "Take one that does, for instance roc-auc or average-precision.")
        }
        return number
    }
}

/// What a metric gives: one number, or some with names.
public enum MetricValue: Sendable, Hashable {
    case number(Double)
    case table([Entry])

    public struct Entry: Sendable, Hashable {
        public var name: String
        public var value: Double

        public init(_ name: String, _ value: Double) {
            self.name = name
            self.value = value
        }
    }

    /// The number, where it is one.
    public var number: Double? { if case .number(let value) = self { value } else { nil } }
}
