import OutlierCore

extension Dataset {
    /// The data with every value of a number's, a boolean's or a date's column changed; categories and missing values
    /// pass.
    func mappingNumbers(
        execution: Execution, _ transform: @Sendable (_ column: Int, _ value: Double) -> Double
    ) throws -> Dataset {
        let width = columnCount
        let isCategory = columns.map { $0.levels != nil }
        let mapped = try matrix.withUnsafeBufferPointer { source in
            let source = SharedReadBuffer(source)
            return try Matrix(rowCount: rowCount, columnCount: width) { target in
                let target = SharedBuffer(target)
                try execution.forEachBlock(of: rowCount, size: max(1, 16_384 / max(1, width))) { rows in
                    for row in rows {
                        for column in 0..<width {
                            let index = row * width + column
                            let value = source.buffer[index]
                            target.buffer.initializeElement(
                                at: index, to: value.isNaN || isCategory[column] ? value : transform(column, value))
                        }
                    }
                }
            }
        }
        return try replacing(mapped)
    }

    /// The values of a column that are there.
    func presentValues(_ column: Int) -> [Double] { matrix.column(column).filter { !$0.isNaN } }
}
