public import Outlier
public import OutlierData

/// A table that was scored with a saved model.
///
///     let model = try FittedPipeline(contentsOf: "model.outlier", registry: .standard)
///     let scoring = try Scoring(of: Table("new.csv", for: model), with: model)
///     for row in scoring.scores.top(10) { print(scoring.name(of: row.index), row.score) }
public struct Scoring: Sendable {
    public let model: FittedPipeline
    public let table: Table
    public let scores: Scores
    /// What the pipeline says of the rows besides their scores.
    public let decisions: Decisions
    private let registry: Registry

    /// - Parameter registry: knows the components of the model.
    /// - Throws: ``OutlierError`` with the table's name if the rows cannot be scored.
    public init(
        of table: Table, with model: FittedPipeline, registry: Registry = .standard, execution: Execution = Execution()
    ) throws {
        self.table = table
        self.model = model
        self.registry = registry
        scores = try table.attributing { try model.scores(of: table.rows, execution: execution) }
        try execution.checkCancellation()
        decisions = model.decisions(for: scores)
    }

    /// What the names of the rows are called.
    public var identifierName: String { table.rowNaming }

    /// What a row is called: its identifier, or its number from 1.
    public func name(of row: Int) -> String { table.name(of: row) }

    /// The rows by which the scores may be measured: without those whose labels the fit has seen, if others are left.
    public func measurement() throws -> Measurement {
        try Measurement(
            scores: scores, decisions: decisions, truth: table.truth, seen: seenLabels(), index: table.rows.index)
    }

    /// For each row, whether the fit has seen its label.
    private func seenLabels() throws -> [Bool]? {
        if let seen = try model.hasSeenLabels(of: table.rows) { return seen }
        // A model that does not remember what it has seen: what the table says is known was known to the fit, if a part of
        // the pipeline learns from labels.
        guard let known = table.rows.labels,
            try Pipeline(parameters: model.recipe.parameters, registry: registry).labelUse != .ignored
        else { return nil }
        return known.map { $0 != .unlabeled }
    }

    /// Which columns make the rows with the highest scores so, highest first. The rows' numbers are those of the table.
    ///
    /// - Throws: what ``FittedPipeline/explain(_:method:samples:execution:)`` throws.
    public func explanations(
        ofHighest count: Int, method: RowExplanation.Method? = nil, samples: Int? = nil,
        execution: Execution = Execution()
    ) throws -> [RowExplanation] {
        let rows = scores.top(count).map(\.index)
        let explanations = try model.explain(
            table.rows.selectingRows(rows).unlabeled, method: method, samples: samples, execution: execution)
        try execution.checkCancellation()
        return explanations.map { explanation in
            var explanation = explanation
            explanation.row = rows[explanation.row]
            return explanation
        }
    }

    /// The scores with all that is known of the rows, to be written.
    public func scoreTable() throws -> ScoreTable {
        try ScoreTable(
            table, scores: scores, decisions: decisions, includingTruth: true, includingReasons: model.canExclude)
    }
}

extension Table {
    /// What the names of the rows are called.
    public var rowNaming: String { identifiers == nil ? "row" : identifierName ?? "row" }
}
