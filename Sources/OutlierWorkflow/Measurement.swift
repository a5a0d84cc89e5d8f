public import Outlier

/// The rows by which scores may be measured: those that are scored and whose truth is known, without those whose labels
/// the fit has seen, if others of both classes are left.
public struct Measurement: Sendable {
    /// The rows that are measured, ascending.
    public let rows: [Int]
    /// Their scores, decisions and truth; `nil` if there is no truth, or no row to measure.
    public let evaluation: Evaluation?
    /// The truth of the rows that are measured; nothing is said of the others. `nil` if there is no truth.
    public let truth: Truth?
    /// What a reader of the metrics must know of the rows.
    public let notes: [String]

    /// - Parameters:
    ///   - decisions: for metrics that need them.
    ///   - truth: `nil` if the table has no label column.
    ///   - seen: for each row, whether the fit has seen its label; `nil` if it has seen none.
    ///   - index: which rows are one series, for metrics of series.
    /// - Throws: ``OutlierError/Code/shapeMismatch`` if they are not of one length.
    public init(
        scores: Scores, decisions: Decisions = Decisions(), truth: Truth?, seen: [Bool]? = nil,
        index: SeriesIndex? = nil
    ) throws {
        guard let truth else {
            rows = scores.scoredRows
            notes = []
            self.truth = nil
            evaluation = nil
            return
        }
        let measurable = try MeasurableRows(scores, truth: truth, seen: seen)
        rows = measurable.rows
        notes = measurable.notes
        var measured = [Bool?](repeating: nil, count: truth.count)
        for row in rows { measured[row] = truth[row] }
        self.truth = Truth(measured)
        evaluation =
            rows.isEmpty
            ? nil : try Evaluation(scores: scores, decisions: decisions, truth: truth, rows: rows, index: index)
    }

    /// Every metric of the rows; none if there is no truth or no row.
    public func measures(_ metrics: [any Metric]) throws -> [Measure] {
        try evaluation?.measures(metrics) ?? []
    }
}
