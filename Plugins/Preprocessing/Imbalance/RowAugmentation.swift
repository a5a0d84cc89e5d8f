public import OutlierCore

extension TrainingRowsPreprocessor where Fitted == UnchangedRows {
    /// There is nothing to learn for rows that are scored.
    public func train(on data: Dataset, context: FitContext) throws -> UnchangedRows {
        UnchangedRows(featureCount: data.columnCount)
    }
}

/// A preprocessor that makes up rows out of those there are: so many of each, beside them.
public protocol RowAugmentation: TrainingRowsPreprocessor, LabelLearning where Fitted == UnchangedRows {
    /// How many rows are made of each.
    var copies: Int { get }
    /// Which rows others are made of.
    var rows: AugmentedRows { get }

    /// Rows of one kind that others are made of, each kind by itself.
    ///
    /// - Parameter chosen: all of them.
    func groups(of chosen: [Int], in data: Dataset) -> [[Int]]

    /// What makes the values of a new row out of a row, and out of those of its group.
    func maker(for data: Dataset) -> (_ row: Int, _ group: [Int], _ random: inout RandomSource) -> [Double]
}

extension RowAugmentation {
    public var labelUse: LabelUse { rows.labelUse }

    /// All are of one kind.
    public func groups(of chosen: [Int], in data: Dataset) -> [[Int]] { [chosen] }

    public func changeTrainingRows(
        of data: Dataset, fitted: UnchangedRows, context: FitContext
    ) throws -> TrainingRows {
        let groups = groups(of: try rows.rows(of: data), in: data)
        let make = maker(for: data)
        var random = context.random()
        var made = MadeRows(beside: data)
        for group in groups {
            for row in group {
                for _ in 0..<copies { made.append(make(row, group, &random), like: row) }
            }
        }
        return try made.joined()
    }
}
