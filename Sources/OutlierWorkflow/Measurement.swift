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
    ///   - scores: one a row, `NaN` for a row that was not scored.
    ///   - decisions: one a row; `nil` if there is no threshold.
    ///   - truth: `nil` if the table has no label column.
    ///   - seen: for each row, whether the fit has seen its label; `nil` if it has seen none.
    /// - Throws: ``OutlierError/Code/shapeMismatch`` if they are not of one length.
    public init(scores: [Double], decisions: [Decision]?, truth: Truth?, seen: [Bool]? = nil) throws {
        for count in [decisions?.count, truth?.count, seen?.count] {
            guard let count, count != scores.count else { continue }
            throw OutlierError(.shapeMismatch, "there are \(scores.count) scores, but \(count) rows to measure them by")
        }
        var rows = scores.indices.filter { !scores[$0].isNaN }
        var notes: [String] = []
        if let truth {
            let known = rows.filter { truth[$0] != nil }
            if known.isEmpty {
                notes.append("no metrics: no row has a label")
            } else if known.count < rows.count {
                let left = rows.count - known.count
                notes.append("\(left == 1 ? "1 row without a label is" : "\(left) rows without a label are") left out")
            }
            rows = known
            if let seen { Self.leaveOut(seen, of: &rows, truth, &notes) }
        }
        self.rows = rows
        self.notes = notes
        self.truth = truth.map { truth in
            var measured = [Bool?](repeating: nil, count: truth.count)
            for row in rows { measured[row] = truth[row] }
            return Truth(measured)
        }
        guard let truth, !rows.isEmpty else {
            evaluation = nil
            return
        }
        let all = rows.count == scores.count
        evaluation = try Evaluation(
            scores: all ? scores : rows.map { scores[$0] },
            decisions: decisions.map { all in rows.map { all[$0].isAnomaly } }, truth: rows.map { truth[$0] == true })
    }

    /// Leaves out the rows whose labels the fit has seen, if others of both classes are left.
    private static func leaveOut(_ seen: [Bool], of rows: inout [Int], _ truth: Truth, _ notes: inout [String]) {
        let unseen = rows.filter { !seen[$0] }
        let count = rows.count - unseen.count
        guard count > 0 else { return }
        if Set(unseen.map { truth[$0] }).count == 2 {
            notes.append("metrics of the \(unseen.count) rows whose labels the fit did not see")
            rows = unseen
        } else {
            let which = unseen.isEmpty ? "rows whose labels" : "\(rows.count) rows, the labels of \(count) of which"
            notes.append("the metrics are of \(which) the fit has seen: they flatter")
        }
    }

    /// Every metric of the rows; none if there is no truth or no row.
    public func measures(_ metrics: [any Metric]) throws -> [Measure] {
        try evaluation?.measures(metrics) ?? []
    }
}
