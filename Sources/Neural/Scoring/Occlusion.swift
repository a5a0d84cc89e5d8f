package import OutlierCore

/// What a score falls by when one column alone takes the value that is usual in it.
///
/// For scores that mix the columns, so that they have no terms. The differences do not add up to the score, and one may be
/// negative. They cost as many scores as there are columns.
package enum Occlusion {
    /// Rows × columns.
    ///
    /// - Parameters:
    ///   - usual: one value a column, as ``NetworkColumns/usual``.
    ///   - scores: one score a row.
    package static func contributions(
        of data: Dataset, usual: [Double], execution: Execution, scores: (Dataset) throws -> [Double]
    ) throws -> Matrix {
        let whole = try scores(data)
        var result = Matrix(rowCount: data.rowCount, columnCount: data.columnCount)
        for column in 0..<data.columnCount {
            try execution.checkCancellation()
            var matrix = data.matrix
            for row in 0..<data.rowCount { matrix[row, column] = usual[column] }
            let without = try scores(data.replacing(matrix))
            for row in 0..<data.rowCount { result[row, column] = whole[row] - without[row] }
        }
        return result
    }
}
