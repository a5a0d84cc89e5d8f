import Outlier

/// The rows by which scores can be measured.
struct Measurable {
    /// `nil` where there is no truth, or no row that is scored.
    let scores: [Double]
    let decisions: [Bool]?
    let truth: [Bool]?
    /// Which of the rows are one series.
    let index: SeriesIndex?
    /// What a reader of the metrics must know of the rows.
    let notes: [String]

    /// - Parameters:
    ///   - labels: the truth; `nil` where the table has no label column. Rows without a label are left out.
    ///   - known: what the fit knew of the rows; `nil` where it saw no labels. Rows whose labels it knew are left out,
    ///     where others of both classes remain.
    ///   - index: which rows are one series.
    init(
        scores: [Double], decisions: [Decision]?, truth labels: Truth?, known: [Label]?, index: SeriesIndex? = nil
    ) {
        var rows = scores.indices.filter { !scores[$0].isNaN }
        var notes: [String] = []
        if let labels {
            let labelled = rows.filter { labels[$0] != nil }
            let left = rows.count - labelled.count
            if labelled.isEmpty {
                notes.append("no metrics: no row has a label")
            } else if left > 0 {
                let rows = left == 1 ? "1 row without a label is" : "\(left) rows without a label are"
                notes.append("\(rows) left out")
            }
            rows = labelled
        }
        if let known, let labels {
            let unknown = rows.filter { known[$0] == .unlabeled }
            let seen = rows.count - unknown.count
            if Set(unknown.map { labels[$0] }).count == 2 {
                if seen > 0 { notes.append("metrics of the \(unknown.count) rows whose labels the fit did not see") }
                rows = unknown
            } else if seen > 0 {
                let which = unknown.isEmpty ? "rows whose labels" : "\(rows.count) rows, the labels of \(seen) of which"
                notes.append("the metrics are of \(which) the fit has seen: they flatter")
            }
        }
        let all = rows.count == scores.count
        self.index = all ? index : index?.selecting(rows)
        self.scores = all ? scores : rows.map { scores[$0] }
        self.decisions = decisions.map { all in rows.map { all[$0].isAnomaly } }
        truth = labels.map { labels in rows.map { labels[$0] == true } }
        self.notes = notes
    }

    /// Every metric of the rows; none where there is no truth or no row.
    func measures(_ metrics: [any Metric]) throws -> [Summary.Measure] {
        guard let truth, !truth.isEmpty else { return [] }
        return try Summary.measures(
            metrics, Evaluation(scores: scores, decisions: decisions, truth: truth, index: index))
    }
}
