public import OutlierCore

/// The scores of a table's rows, with what is known about the rows: what ``ScoreWriter`` writes.
public struct ScoreTable: Sendable {
    /// The name of the first column.
    public var identifierName: String
    /// The texts of the first column; `nil` for the rows' numbers, from 1.
    public var identifiers: [String]?
    /// One score a row, `NaN` for a row that was not scored, which is written as nothing.
    public var scores: [Double]
    /// The decisions of a threshold: `true` for an anomaly, written as 1.
    public var labels: [Bool]?
    /// Probability, p-value, confidence and rejection, where there are such: columns of their own.
    public var measures: [Measure] = []
    /// What was known of the rows before; `unlabeled` is written as nothing.
    public var truth: [Label]?
    /// Why rows were not scored, by their numbers from 0. `nil` for no column of reasons.
    public var reasons: [Int: String]?

    /// - Throws: ``OutlierError/Code/shapeMismatch`` where the parts are not equally long.
    public init(
        scores: [Double], labels: [Bool]? = nil, truth: [Label]? = nil, identifiers: [String]? = nil,
        identifierName: String? = nil, reasons: [Int: String]? = nil
    ) throws {
        for count in [labels?.count, truth?.count, identifiers?.count] {
            guard let count, count != scores.count else { continue }
            throw OutlierError(.shapeMismatch, "there are \(scores.count) scores, but \(count) rows")
        }
        self.scores = scores
        self.labels = labels
        self.truth = truth
        self.reasons = reasons
        self.identifiers = identifiers
        self.identifierName = identifierName ?? "row"
    }

    /// The scores of `table`'s rows, with its identifiers.
    public init(
        _ table: Table, scores: [Double], labels: [Bool]? = nil, includingTruth: Bool = false,
        reasons: [Int: String]? = nil
    ) throws {
        try self.init(
            scores: scores, labels: labels, truth: includingTruth ? table.truth : nil,
            identifiers: table.identifiers, identifierName: table.identifiers == nil ? nil : table.identifierName,
            reasons: reasons)
    }

    /// A column of numbers, `NaN` for nothing.
    public struct Measure: Sendable {
        public var name: String
        public var values: [Double]
        /// Whether the numbers are 0 and 1.
        public var isFlag: Bool
    }

    /// Writes what a pipeline says of the rows: the labels and a column for each further thing that it gives.
    public mutating func add(_ decisions: Decisions) {
        labels = decisions.labels
        measures = [
            ("probability", decisions.probabilities), ("p-value", decisions.pValues),
            ("confidence", decisions.confidences),
        ].compactMap { name, values in values.map { Measure(name: name, values: $0, isFlag: false) } }
        if let rejections = decisions.rejections {
            let values = zip(rejections, scores).map { $1.isNaN ? .nan : $0 ? 1.0 : 0 }
            measures.append(Measure(name: "rejected", values: values, isFlag: true))
        }
    }

    /// The names of the columns that are written.
    public var columnNames: [String] {
        [identifierName, "score"] + (labels == nil ? [] : ["label"]) + measures.map(\.name)
            + (truth == nil ? [] : ["truth"]) + (reasons == nil ? [] : ["reason"])
    }
}
