/// What metrics say of scores and decisions, in the order of the metrics.
public struct Measures: RandomAccessCollection, Sendable, Hashable {
    public var values: [Measure]
    /// What a reader must know of the rows that were measured, one sentence each, without a full stop.
    public var notes: [String]

    public init(_ values: [Measure] = [], notes: [String] = []) {
        self.values = values
        self.notes = notes
    }

    /// Computes each metric.
    public init(_ metrics: [any Metric], of evaluation: Evaluation, notes: [String] = []) throws {
        self.init(try evaluation.measures(metrics), notes: notes)
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { values.count }

    public subscript(position: Int) -> Measure { values[position] }

    /// The number of that name, of a metric or in a table of one; `nil` if there is none.
    public subscript(name: String) -> Double? {
        values.lazy.flatMap(\.numbers).first { $0.name == name }?.value
    }
}

extension Measures: CustomStringConvertible {
    /// A line for each number, then the notes.
    public var description: String {
        let lines = values.flatMap { measure in
            measure.numbers.map { name, value in
                "\(name) \(value.map(String.init(describing:)) ?? measure.reason ?? "undefined")"
            }
        }
        return (lines + notes).joined(separator: "\n")
    }
}

extension Scores {
    /// Measures the scores, and the decisions on them.
    ///
    /// Rows without a score or of unknown truth are left out, and so are rows of known labels, unless the others are of one
    /// class: ``Measures/notes`` says so.
    ///
    /// - Parameters:
    ///   - truth: which rows are anomalies.
    ///   - decisions: for metrics that need them.
    ///   - knownLabels: what the fit knew of these rows; `nil` if it saw no labels of theirs.
    ///   - index: which of the rows are one series, for metrics of series.
    /// - Returns: one entry for each metric; a metric that is not defined by these rows has a reason instead of a value.
    /// - Throws: ``OutlierError/Code/missingTruth`` if there is no truth, or none of a scored row;
    ///   ``OutlierError/Code/shapeMismatch`` if the parts are not of one length.
    public func measure(
        against truth: Truth?, _ metrics: [any Metric], decisions: Decisions? = nil, knownLabels: [Label]? = nil,
        index: SeriesIndex? = nil
    ) throws -> Measures {
        let rows = try truth.map {
            try MeasurableRows(self, truth: $0, seen: knownLabels.map { $0.map { $0 != .unlabeled } })
        }
        let evaluation = try Evaluation(
            scores: self, decisions: decisions, truth: truth, rows: rows?.rows, index: index)
        return try Measures(metrics, of: evaluation, notes: rows?.notes ?? [])
    }
}
