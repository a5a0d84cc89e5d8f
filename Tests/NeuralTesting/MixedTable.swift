package import OutlierCore

/// Tables of numbers and words for the detectors that take both.
package enum MixedTable {
    /// Rows of a number, a service of four, a port of five that follows from it (with a fifth that goes with every one),
    /// and a second number that follows from the service. The first `anomalies` rows have a port that each other column
    /// alone shows to be ordinary: the combination is what is wrong.
    ///
    /// - Returns: the table, and which rows are anomalies.
    package static func services(
        rows: Int, anomalies: Int, seed: UInt64, extraWord: Bool = false
    ) throws -> (data: Dataset, truth: [Bool]) {
        var random = RandomSource(seed: seed)
        let values = (0..<rows).map { row -> [Double] in
            let service = random.index(below: 4)
            var port = random.uniform() < 0.2 ? 4 : service
            if row < anomalies { port = (service + 1 + random.index(below: 3)) % 4 }
            return [
                random.normal(), Double(service), Double(port), Double(service) + 0.1 * random.normal(),
            ]
        }
        let services = ["web", "mail", "names", "files"] + (extraWord ? ["time"] : [])
        let columns = [
            Column("load"), Column("service", kind: .category(levels: services)),
            Column("port", kind: .category(levels: ["80", "25", "53", "445", "8080"])), Column("size"),
        ]
        return (try Dataset(Matrix(rows: values), columns: columns), (0..<rows).map { $0 < anomalies })
    }

    /// The same rows with the words of every category in the opposite order, and codes to match.
    package static func withReversedWords(_ data: Dataset) throws -> Dataset {
        var matrix = data.matrix
        var columns = data.columns
        for (index, column) in columns.enumerated() {
            guard let levels = column.levels else { continue }
            columns[index].kind = .category(levels: levels.reversed())
            for row in 0..<matrix.rowCount { matrix[row, index] = Double(levels.count - 1) - matrix[row, index] }
        }
        return try Dataset(matrix, columns: columns)
    }

    /// The same rows where the word of `column` in every row is one that the fit never saw.
    package static func withUnknownWord(_ data: Dataset, column: Int) throws -> Dataset {
        var matrix = data.matrix
        let unknown = data.columns[column].levels?.count ?? 0
        for row in 0..<matrix.rowCount { matrix[row, column] = Double(unknown) }
        return try data.replacing(matrix)
    }
}
