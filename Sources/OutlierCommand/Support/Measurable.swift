import Outlier

/// The rows by which scores can be measured.
struct Measurable {
    /// `nil` where there is no truth, or no row that is scored.
    let scores: [Double]
    let predictions: [Bool]?
    let truth: [Bool]?
    /// What a reader of the metrics must know of the rows; `nil` where they are plain.
    let note: String?

    /// - Parameter known: what the fit knew of the rows; `nil` where it saw no labels. Rows whose labels it knew are left
    ///   out, where others of both classes remain.
    init(scores: [Double], predictions: [Bool]?, truth: [Bool]?, known: [Label]?) {
        var rows = scores.indices.filter { !scores[$0].isNaN }
        var note: String?
        if let known, let truth {
            let unknown = rows.filter { known[$0] == .unlabeled }
            if Set(unknown.map { truth[$0] }).count == 2 {
                if unknown.count < rows.count {
                    note = "metrics of the \(unknown.count) rows whose labels the fit did not see"
                }
                rows = unknown
            } else if unknown.count < rows.count {
                note = "the metrics are of rows whose labels the fit has seen: they flatter"
            }
        }
        let all = rows.count == scores.count
        self.scores = all ? scores : rows.map { scores[$0] }
        self.predictions = all ? predictions : predictions.map { all in rows.map { all[$0] } }
        self.truth = all ? truth : truth.map { all in rows.map { all[$0] } }
        self.note = note
    }

    /// Every metric of the rows; none where there is no truth or no row.
    func measures(_ metrics: [any Metric]) throws -> [Summary.Measure] {
        guard let truth, !truth.isEmpty else { return [] }
        return try Summary.measures(
            metrics, Evaluation(scores: scores, predictions: predictions, truth: truth))
    }
}
