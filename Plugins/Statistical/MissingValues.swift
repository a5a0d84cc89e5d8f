import OutlierCore

/// A value of each column that is there, to stand for missing ones where a kernel needs a number.
enum Surrogates {
    /// - Throws: ``OutlierError/Code/missingValue`` where a column has no value at all.
    static func find(in data: Dataset) throws -> [Double] {
        try (0..<data.columnCount).map { column in
            for row in 0..<data.rowCount {
                let value = data.matrix[row, column]
                if !value.isNaN { return value }
            }
            throw OutlierError(
                .missingValue, "the column “\(data.columns[column].name)” has no value at all",
                suggestion: "Put the preprocessor “drop-columns” first, which leaves such columns out.")
        }
    }

    /// The matrix without holes, and where they were: row · columns + column.
    static func fill(_ matrix: Matrix, with surrogates: [Double]) -> (matrix: Matrix, holes: [Int]) {
        var filled = matrix
        var holes: [Int] = []
        let width = matrix.columnCount
        filled.withUnsafeMutableBufferPointer { values in
            for index in values.indices where values[index].isNaN {
                holes.append(index)
                values[index] = surrogates[index % width]
            }
        }
        return (filled, holes)
    }
}
