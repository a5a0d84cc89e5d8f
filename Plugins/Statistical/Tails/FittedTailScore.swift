public import OutlierCore

/// The distributions that ``EmpiricalCumulativeOutlierDetection`` or ``CopulaBasedOutlierDetection`` learnt.
public struct FittedTailScore: Explainable, MissingTolerant {
    let distributions: TailDistributions
    let rule: TailRule
    let newRows: NewRows

    public var featureCount: Int { distributions.columnCount }

    init(distributions: TailDistributions, rule: TailRule, newRows: NewRows) {
        self.distributions = distributions
        self.rule = rule
        self.newRows = newRows
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        switch newRows {
        case .training: try distributions.scores(of: data.matrix, rule: rule, execution: execution)
        case .batch: try distributions.jointScores(of: data.matrix, rule: rule, execution: execution)
        }
    }

    /// What each column says of a row ranked among the training rows: its larger tail, or its term of the largest sum.
    ///
    /// With the rule of a column `copod` counts a tail against the column's skewness by half. Of a column without much of it
    /// the sign is chance, so that a value far out on one side would be named behind a less rare one in another column: the
    /// terms are the tails themselves, and do not add up to that score.
    public func contributions(of data: Dataset, execution: Execution) throws -> Matrix {
        try data.requireColumns(featureCount)
        let rule = rule == .meanInColumn ? .largestInColumn : rule
        var result = Matrix(rowCount: data.rowCount, columnCount: featureCount)
        try result.withUnsafeMutableBufferPointer { result in
            let result = SharedBuffer(result)
            try execution.forEachBlock(of: data.rowCount, size: 256) { rows in
                for row in rows {
                    let columns = distributions.contributions(of: data.matrix.row(row), rule: rule).columns
                    for column in 0..<featureCount { result.buffer[row * featureCount + column] = columns[column] }
                }
            }
        }
        return result
    }

    public func encode(to archive: inout ModelArchive) throws {
        try distributions.encode(to: &archive)
        archive.store(rule.rawValue, as: "rule")
        archive.store(newRows.rawValue, as: "new-rows")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        distributions = try TailDistributions(from: archive, registry: registry)
        guard let rule = TailRule(rawValue: try archive.string("rule")),
            let newRows = NewRows(rawValue: try archive.string("new-rows"))
        else { throw OutlierError(.invalidModel, "the model's rule is not known") }
        self.rule = rule
        self.newRows = newRows
    }
}
