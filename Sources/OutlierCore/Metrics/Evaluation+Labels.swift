extension Evaluation {
    /// What can be measured of scores where not every row has a label, and not every row a score: rows without either are
    /// left out.
    ///
    ///     let evaluation = try Evaluation(scores: scores, decisions: model.decisions(for: scores), truth: table.truth)
    ///
    /// - Parameters:
    ///   - scores: one a row, `NaN` for a row that was not scored.
    ///   - decisions: for metrics that need them.
    ///   - truth: one entry for each row; `nil` if there is no label column.
    /// - Throws: ``OutlierError/Code/shapeMismatch`` where the three are not of one length, ``OutlierError/Code/missingLabels``
    ///   where no row that was scored has a label.
    public init(scores: [Double], decisions: Decisions? = nil, truth: Truth?) throws {
        guard let truth else {
            throw OutlierError(
                .missingLabels, "there is no truth to measure the scores by",
                suggestion: "Name the label column where the table is read.")
        }
        guard scores.count == truth.count, decisions?.values.map({ $0.count == truth.count }) ?? true else {
            throw OutlierError(
                .shapeMismatch,
                "\(scores.count) scores and \(decisions?.values?.count ?? scores.count) decisions for a truth of \(truth.count) rows"
            )
        }
        let rows = scores.indices.filter { !scores[$0].isNaN && truth[$0] != nil }
        guard !rows.isEmpty else {
            throw OutlierError(
                .missingLabels, "no row that was scored has a label", suggestion: "Measure rows whose labels are known."
            )
        }
        try self.init(
            scores: rows.map { scores[$0] },
            decisions: decisions?.values.map { all in rows.map { all[$0].isAnomaly } },
            truth: rows.map { truth[$0] == true })
    }
}
