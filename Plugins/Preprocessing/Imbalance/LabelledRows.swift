import OutlierCore

/// Which rows are known anomalies, and which are not.
struct LabelledRows {
    let anomalies: [Int]
    /// Rows that are normal or of which nothing is known.
    let others: [Int]

    /// - Throws: ``OutlierError/Code/missingLabels`` where one of the two is empty.
    init(_ data: Dataset) throws {
        _ = try SupervisedRows(data)
        let labels = data.labels ?? []
        anomalies = labels.indices.filter { labels[$0] == .anomaly }
        others = labels.indices.filter { labels[$0] != .anomaly }
    }

    /// How many anomalies there are to be more, for `ratio` of them to one other row.
    func lacking(for ratio: Double) -> Int {
        // What the ratio asks for may be more than any memory holds: whoever makes the rows looks at that.
        max(0, CheckedNumbers.whole((ratio * Double(others.count)).rounded(), in: 0...(Int.max / 2)) - anomalies.count)
    }
}

/// Rows that are made up, as they are collected.
struct MadeRows {
    private let data: Dataset
    private var values: [Double] = []
    private var labels: [Label] = []
    private var weights: [Double] = []

    init(beside data: Dataset) { self.data = data }

    /// - Parameter row: the row whose label and weight the new one has.
    mutating func append(_ row: [Double], like origin: Int) {
        values += row
        if let known = data.labels { labels.append(known[origin]) }
        if let given = data.weights { weights.append(given[origin]) }
    }

    /// The given rows and then the new ones.
    func joined() throws -> TrainingRows {
        let count = values.count / max(1, data.columnCount)
        let matrix = try Matrix(
            rowCount: data.rowCount + count, columnCount: data.columnCount, values: data.matrix.values + values)
        let all = try Dataset(
            matrix, columns: data.columns, labels: data.labels.map { $0 + labels },
            weights: data.weights.map { $0 + weights })
        return try TrainingRows(all, origins: (0..<data.rowCount).map { $0 } + [Int?](repeating: nil, count: count))
    }
}

extension Dataset {
    /// - Throws: ``OutlierError/Code/missingValue`` where a value is missing in one of the rows.
    func requireComplete(_ rows: [Int], for purpose: String) throws {
        for row in rows {
            for column in 0..<columnCount where matrix[row, column].isNaN {
                throw OutlierError(
                    .missingValue,
                    "row \(row + 1), column “\(columns[column].name)”: the value is missing, but \(purpose) needs it",
                    suggestion: "Put “impute” or “drop-rows” first.")
            }
        }
    }
}
