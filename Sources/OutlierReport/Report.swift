public import OutlierCore

/// What a model found in a table, as one HTML page without scripts that needs nothing from the network: for a browser, a
/// phone or paper, in light and dark.
///
///     let fit = try pipeline.fitAndScore(table.rows)
///     let report = try Report(model: fit.model, data: table.rows, scores: fit.scores, truth: table.truth)
///     try report.html().write(toFile: "report.html", atomically: true, encoding: .utf8)
///
/// Tables of any length make a page of less than 2 MiB: the charts show counts and samples. The same input makes the same
/// page, to the byte. Whatever names and values hold, they are shown as text.
public struct Report: Sendable {
    /// A metric and its value, or why it has none.
    public typealias Measure = OutlierCore.Measure

    /// A sentence above the page; “Anomalies in SOURCE” where empty.
    public var title = ""
    /// What the table is called.
    public var source: String
    public var model: FittedPipeline
    /// The rows that were scored, before any preprocessing.
    public var data: Dataset
    /// One for each row, or why it has none.
    public var scores: Scores
    public var decisions: Decisions
    /// Which rows are anomalies, one entry for each row; `nil` if it is not known of any.
    public var truth: Truth?
    /// The truth of the rows that the model may be measured by, if not of all: a row whose label the fit has seen is unknown
    /// here. Curves, areas and counts of right and wrong decisions are of these rows.
    public var measuredTruth: Truth?
    /// One a row; `nil` for the rows' numbers from 1.
    public var identifiers: [String]?
    /// What the identifiers are called.
    public var identifierName = "row"
    public var measures: [Measure] = []
    /// What a reader of the metrics must know.
    public var notes: [String] = []
    /// Commands that make the page again.
    public var commands: [String] = []
    /// What was used, and its version.
    public var versions: [(name: String, version: String)] = []
    /// How many of the highest rows are explained.
    public var explainedRowCount = 20

    /// - Throws: ``OutlierError/Code/shapeMismatch`` where there is not one score (decision, truth, identifier) a row.
    public init(
        model: FittedPipeline, data: Dataset, scores: Scores, truth: Truth? = nil, identifiers: [String]? = nil,
        source: String = "the table"
    ) throws {
        for count in [scores.count, truth?.count, identifiers?.count] {
            guard let count, count != data.rowCount else { continue }
            throw OutlierError(
                .shapeMismatch, "there are \(data.rowCount) rows, but \(count) scores, identifiers or rows of the truth"
            )
        }
        self.model = model
        self.data = data
        self.scores = scores
        self.truth = truth
        self.identifiers = identifiers
        self.source = source
        decisions = model.decisions(for: scores)
    }

    /// The page.
    ///
    /// - Throws: what explaining throws; `CancellationError`.
    public func html(execution: Execution = Execution()) throws -> String {
        try ReportPage(self, execution: execution).html
    }

    /// What decisions and scores are measured by.
    var measuring: Truth? { measuredTruth ?? truth }

    /// What the row is called.
    func name(of row: Int) -> String { identifiers?[row] ?? String(row + 1) }
}
