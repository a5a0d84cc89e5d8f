public import OutlierCore

/// The scores of a table's rows, with what is known about the rows: what ``ScoreWriter`` writes.
public struct ScoreTable: Sendable {
    /// The name of the first column.
    public var identifierName: String
    /// The texts of the first column; `nil` for the rows' numbers, from 1.
    public var identifiers: [String]?
    /// One for each row; that of a row that was not scored is written as nothing.
    public var scores: Scores
    /// The decisions of a threshold: an anomaly is written as 1, a normal row as 0, an undecided one as nothing.
    public var decisions: [Decision]?
    /// Probability, p-value, confidence and rejection, where there are such: columns of their own.
    public var measures: [Measure]
    /// Which rows are anomalies; a row of which nothing is known is written as nothing.
    public var truth: Truth?
    /// Whether there is a column that says why rows were not scored.
    public var includesReasons: Bool

    /// - Throws: ``OutlierError/Code/shapeMismatch`` where the parts are not equally long.
    public init(
        scores: Scores, decisions: Decisions = Decisions(), truth: Truth? = nil, identifiers: [String]? = nil,
        identifierName: String? = nil, includingReasons: Bool = false
    ) throws {
        self.scores = scores
        self.decisions = decisions.values
        measures = [
            ("probability", decisions.probabilities), ("p-value", decisions.pValues),
            ("confidence", decisions.confidences),
        ].compactMap { name, values in values.map { Measure(name: name, values: $0, isFlag: false) } }
        if let rejections = decisions.rejections {
            let values = zip(rejections, scores).map { $1.isNaN ? .nan : $0 ? 1.0 : 0 }
            measures.append(Measure(name: "rejected", values: values, isFlag: true))
        }
        self.truth = truth
        includesReasons = includingReasons
        self.identifiers = identifiers
        self.identifierName = identifierName ?? "row"
        for count in [self.decisions?.count, truth?.count, identifiers?.count] + measures.map(\.values.count) {
            guard let count, count != scores.count else { continue }
            throw OutlierError(.shapeMismatch, "there are \(scores.count) scores, but \(count) rows")
        }
    }

    /// The scores of `table`'s rows, with its identifiers.
    public init(
        _ table: Table, scores: Scores, decisions: Decisions = Decisions(), includingTruth: Bool = false,
        includingReasons: Bool = false
    ) throws {
        try self.init(
            scores: scores, decisions: decisions, truth: includingTruth ? table.truth : nil,
            identifiers: table.identifiers, identifierName: table.identifiers == nil ? nil : table.identifierName,
            includingReasons: includingReasons)
    }

    /// A column of numbers, `NaN` for nothing.
    public struct Measure: Sendable {
        public var name: String
        public var values: [Double]
        /// Whether the numbers are 0 and 1.
        public var isFlag: Bool
    }

    /// The names of the columns that are written.
    public var columnNames: [String] {
        [identifierName, "score"] + (decisions == nil ? [] : ["decision"]) + measures.map(\.name)
            + (truth == nil ? [] : ["truth"]) + (includesReasons ? ["reason"] : [])
    }
}
