public import OutlierCore

/// The centres and spreads of columns that ``MedianAbsoluteDeviation`` or ``InterquartileRange`` found.
public struct FittedColumnDeviations: Explainable {
    let deviations: ColumnDeviations

    public var featureCount: Int { deviations.columnCount }

    init(_ deviations: ColumnDeviations) { self.deviations = deviations }

    /// - Parameter measure: the lower and the upper end of a column's usual values and the unit of their distance.
    static func learn(
        from given: Dataset, aggregation: ColumnAggregation, context: FitContext,
        _ measure: @Sendable (WeightedColumn) -> (lower: Double, upper: Double, scale: Double)
    ) throws -> FittedColumnDeviations {
        let data = given.rowsThatCount
        let width = data.columnCount
        var found = [(lower: Double, upper: Double, scale: Double)](repeating: (0, 0, 1), count: width)
        try found.withUnsafeMutableBufferPointer { found in
            let found = SharedBuffer(found)
            try context.execution.forEach(width) { column in
                var measures = measure(try SortedColumn.weighted(of: data, column: column))
                // A constant column has no spread: it measures in its own unit, as the scalers leave it.
                if measures.scale == 0 { measures.scale = 1 }
                guard measures.lower.isFinite, measures.upper.isFinite, measures.scale.isFinite else {
                    throw OutlierError(
                        .numericalFailure,
                        "the values of the column “\(data.columns[column].name)” are too far apart for their spread to be a number",
                        suggestion: "Divide the column by a large number.")
                }
                found.buffer[column] = measures
            }
        }
        return FittedColumnDeviations(
            ColumnDeviations(
                lower: found.map(\.lower), upper: found.map(\.upper), scales: found.map(\.scale),
                aggregation: aggregation))
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        try deviations.scores(of: data, execution: execution)
    }

    /// The deviation of each column.
    public func contributions(of data: Dataset, execution: Execution) throws -> Matrix {
        try data.requireColumns(featureCount)
        return try deviations.contributions(of: data, execution: execution)
    }

    public func encode(to archive: inout ModelArchive) throws { deviations.encode(to: &archive) }

    public init(from archive: ModelArchive, registry: Registry) throws {
        deviations = try ColumnDeviations(from: archive)
    }
}
