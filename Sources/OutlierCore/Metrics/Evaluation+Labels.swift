extension Evaluation {
    /// What can be measured of scores where not every row has a label, and not every row a score: rows without either are
    /// left out.
    ///
    ///     let evaluation = try Evaluation(scores: scores, predictions: model.labels(for: scores), truth: table.truth)
    ///
    /// - Parameters:
    ///   - scores: one a row, `NaN` for a row that was not scored.
    ///   - predictions: one decision a row; `nil` where no threshold was applied.
    ///   - truth: one entry a row; `nil` where there is no label column.
    /// - Throws: ``OutlierError/Code/shapeMismatch`` where the three are not of one length, ``OutlierError/Code/missingLabels``
    ///   where no row that was scored has a label.
    public init(scores: [Double], predictions: [Bool]? = nil, truth: [Label]?) throws {
        guard let truth else {
            throw OutlierError(
                .missingLabels, "there is no truth to measure the scores by",
                suggestion: "Name the label column where the table is read.")
        }
        guard scores.count == truth.count, predictions.map({ $0.count == truth.count }) ?? true else {
            throw OutlierError(
                .shapeMismatch,
                "\(scores.count) scores and \(predictions?.count ?? scores.count) decisions for \(truth.count) labels")
        }
        let rows = scores.indices.filter { !scores[$0].isNaN && truth[$0] != .unlabeled }
        guard !rows.isEmpty else {
            throw OutlierError(
                .missingLabels, "no row that was scored has a label", suggestion: "Measure rows whose labels are known."
            )
        }
        try self.init(
            scores: rows.map { scores[$0] }, predictions: predictions.map { all in rows.map { all[$0] } },
            truth: rows.map { truth[$0] == .anomaly })
    }
}
