import OutlierCore

extension Table {
    /// The table in which numbers that stand for a missing value, as -999, are missing, however they were written.
    ///
    /// - Parameter words: those that are numbers count, and only in columns of numbers.
    func replacingSentinels(_ words: [String]) throws -> Table {
        let sentinels = Set(words.compactMap { SingleValue.number(Array($0.utf8)) }.filter(\.isFinite))
        guard !sentinels.isEmpty else { return self }
        let isNumber = rows.columns.map { $0.kind == .number }
        let width = rows.columnCount
        func replace(in values: UnsafeMutableBufferPointer<Double>) {
            for index in values.indices where isNumber[index % width] && sentinels.contains(values[index]) {
                values[index] = .nan
            }
        }
        var matrix = rows.matrix
        if matrix.isMapped {
            // What is in a file for want of memory stays in one.
            matrix = try Matrix(
                rowCount: matrix.rowCount, columnCount: width, inFolder: TemporaryFolder.path
            ) { values in
                rows.matrix.withUnsafeBufferPointer { _ = values.initialize(from: $0) }
                replace(in: values)
            }
        } else {
            matrix.withUnsafeMutableBufferPointer(replace)
        }
        return Table(
            rows: try rows.replacing(matrix), truth: truth, identifiers: identifiers, identifierName: identifierName,
            source: source, notes: notes, notation: notation)
    }
}
