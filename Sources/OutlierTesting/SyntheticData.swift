public import OutlierCore

/// Small tables for tests, the same for the same seed.
public enum SyntheticData {
    /// Rows of two normal clusters, of which the last `anomalies` are spread over a wider region.
    ///
    /// - Returns: the table, and which rows are anomalies.
    public static func clusters(
        rows: Int = 300, columns: Int = 4, anomalies: Int = 15, seed: UInt64 = 1
    ) -> (data: Dataset, truth: [Bool]) {
        var random = RandomSource(seed: seed)
        let truth = (0..<rows).map { $0 >= rows - anomalies }
        let matrix = Matrix(rowCount: rows, columnCount: columns) { values in
            for row in 0..<rows {
                for column in 0..<columns {
                    let value =
                        truth[row]
                        ? 12 * random.uniform() - 6 + (random.uniform() < 0.5 ? -6 : 6)
                        : random.normal() + (row % 2 == 0 ? 2 : -2)
                    values.initializeElement(at: row * columns + column, to: value)
                }
            }
        }
        return (Dataset(matrix), truth)
    }

    /// The same table, of whose values a random part is missing; each column keeps its first value.
    public static func withHoles(_ data: Dataset, share: Double, seed: UInt64 = 1) -> Dataset {
        var random = RandomSource(seed: seed, stream: 99)
        var matrix = data.matrix
        for row in 1..<max(1, matrix.rowCount) {
            for column in 0..<matrix.columnCount where random.uniform() < share { matrix[row, column] = .nan }
        }
        return (try? data.replacing(matrix)) ?? data
    }
}
