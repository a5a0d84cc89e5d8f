public import OutlierCore

/// Leaves out columns of which the training rows lack too much. A column without any value is always left out.
///
///     preprocess: [{drop-columns: {max-missing: 0.3}}, impute]
public struct DropColumns: Preprocessor, MissingTolerant, CategoryTolerant {
    public static let name = "drop-columns"
    public static let summary = "Leaves out columns that lack more than a share of their values."
    public static var parameters: [Parameter<DropColumns>] {
        [
            .number(
                "max-missing", \.maxMissing, in: .between(0, 1),
                "The largest part of a column's values that may be missing.")
        ]
    }

    /// The largest part of a column's values that may be missing, 0 to 1.
    public var maxMissing: Double

    public init() { self.init(maxMissing: 0.5) }

    public init(maxMissing: Double) { self.maxMissing = maxMissing }

    public func train(on data: Dataset, context: FitContext) throws -> SelectedColumns {
        let width = data.columnCount
        var counts = [Int](repeating: 0, count: width)
        data.matrix.withUnsafeBufferPointer { values in
            for row in 0..<data.rowCount {
                for column in 0..<width where values[row * width + column].isNaN { counts[column] += 1 }
            }
        }
        let rows = Double(data.rowCount)
        return try SelectedColumns(
            (0..<width).filter { counts[$0] < data.rowCount && Double(counts[$0]) <= maxMissing * rows },
            of: width, takes: takes, otherwise: "every column lacks more than \(maxMissing) of its values",
            suggestion: "Raise the parameter “max-missing”.")
    }
}
