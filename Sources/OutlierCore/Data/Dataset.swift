/// What a detector is fitted on and scores: a ``Matrix``, its columns, and labels, weights and an index of series if there
/// are any.
public struct Dataset: Sendable {
    /// Rows × columns. A missing value is `NaN`.
    public let matrix: Matrix
    /// One entry for each column of `matrix`, in its order.
    public let columns: [Column]
    /// One entry for each row, or `nil` where nothing is known. Only components that are ``LabelLearning`` see them.
    public let labels: [Label]?
    /// How much each row counts in a fit, or `nil` where all count 1: at least 0, not all 0, and of a finite sum. Only detectors
    /// that are ``WeightLearning`` can be fitted on weighted rows. Scoring does not look at them.
    public let weights: [Double]?
    /// Which rows are one series, in which order and at what times; `nil` if nothing is known of it. Detectors that read rows
    /// in order then take all rows for one series. Every other component ignores it.
    public let index: SeriesIndex?
    /// How the table was read that the rows are of, if they are of one. A fitted pipeline keeps it, to read new rows by.
    public package(set) var reading: TableReading?

    /// - Throws: ``OutlierError/Code/shapeMismatch`` where the columns, labels, weights or the index's rows are not as many as
    ///   the matrix has, or where two columns share a name; ``OutlierError/Code/invalidValue`` where a weight is negative or no
    ///   number, all are 0, or their sum is infinite.
    public init(
        _ matrix: Matrix, columns: [Column], labels: [Label]? = nil, weights: [Double]? = nil, index: SeriesIndex? = nil
    ) throws {
        guard columns.count == matrix.columnCount else {
            throw OutlierError(
                .shapeMismatch, "\(columns.count) column names were given for \(matrix.columnCount) columns")
        }
        if let labels, labels.count != matrix.rowCount {
            throw OutlierError(.shapeMismatch, "\(labels.count) labels were given for \(matrix.rowCount) rows")
        }
        if let weights { try Dataset.check(weights, rowCount: matrix.rowCount) }
        if let index, index.rowCount != matrix.rowCount {
            throw OutlierError(
                .shapeMismatch, "the index of series has \(index.rowCount) rows, but the matrix has \(matrix.rowCount)")
        }
        var seen: Set<String> = []
        for column in columns where !seen.insert(column.name).inserted {
            throw OutlierError(
                .shapeMismatch, "two columns are called “\(column.name)”", suggestion: "Rename one of them.")
        }
        self.matrix = matrix
        self.columns = columns
        self.labels = labels
        self.weights = weights
        self.index = index
    }

    private static func check(_ weights: [Double], rowCount: Int) throws {
        guard weights.count == rowCount else {
            throw OutlierError(.shapeMismatch, "\(weights.count) weights were given for \(rowCount) rows")
        }
        if let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
            throw OutlierError(
                .invalidValue, "the weight of row \(row + 1) is \(weights[row]), but it must be a number of at least 0")
        }
        guard rowCount == 0 || weights.contains(where: { $0 > 0 }) else {
            throw OutlierError(
                .invalidValue, "every row has the weight 0, so there is nothing to learn from",
                suggestion: "Give some rows a weight above 0.")
        }
        guard weights.reduce(0, +).isFinite else {
            throw OutlierError(
                .invalidValue, "the weights are so large that their sum is infinite",
                suggestion: "Divide them all by the largest.")
        }
    }

    /// Numbers without names: the columns are called `x1`, `x2` and so on.
    public init(_ matrix: Matrix) {
        self.matrix = matrix
        self.columns = (0..<matrix.columnCount).map { Column("x\($0 + 1)") }
        self.labels = nil
        self.weights = nil
        self.index = nil
    }

    /// Numbers, a row an array.
    ///
    /// - Throws: ``OutlierError/Code/shapeMismatch`` where a row is not as long as the first.
    public init(rows: [[Double]]) throws {
        self.init(try Matrix(rows: rows))
    }

    /// The same rows, with what is known of them, over other values.
    ///
    /// - Parameter columns: what the values are, where they are not the same columns as before. Without it, each column is still
    ///   made of what it was made of: see ``Column/origin``.
    public func replacing(_ matrix: Matrix, columns: [Column]? = nil) throws -> Dataset {
        guard matrix.rowCount == rowCount else {
            throw OutlierError(.shapeMismatch, "\(matrix.rowCount) rows were given in place of \(rowCount)")
        }
        return asRead(
            try Dataset(matrix, columns: columns ?? self.columns, labels: labels, weights: weights, index: index))
    }

    /// The same rows with other labels and weights.
    public func replacing(labels: [Label]?, weights: [Double]? = nil) throws -> Dataset {
        asRead(try Dataset(matrix, columns: columns, labels: labels, weights: weights ?? self.weights, index: index))
    }

    /// The same rows as series.
    ///
    /// - Throws: ``OutlierError/Code/shapeMismatch`` if the index has more or fewer rows.
    public func replacing(index: SeriesIndex?) throws -> Dataset {
        asRead(try Dataset(matrix, columns: columns, labels: labels, weights: weights, index: index))
    }

    /// `rows`, which are of the same table.
    private func asRead(_ rows: Dataset) -> Dataset {
        var rows = rows
        rows.reading = reading
        return rows
    }

    /// The rows of each series as a dataset of its own, in order; all rows as one if there is no index.
    public var seriesParts: [Dataset] {
        guard let index, index.series.count != 1 else { return rowCount == 0 ? [] : [self] }
        return index.series.map(rows)
    }

    /// The same rows, each column made of itself: the table that later columns' ``Column/origin`` speaks of.
    public var numberingColumns: Dataset {
        let numbered = columns.enumerated().map { Column($1.name, kind: $1.kind, origin: .column($0)) }
        return Dataset(unchecked: matrix, columns: numbered, labels: labels, weights: weights, index: index)
    }

    /// For whoever is given rows that nothing has checked.
    ///
    /// - Parameters:
    ///   - count: how many columns there must be.
    ///   - fitted: what was fitted on so many, for the message.
    /// - Throws: ``OutlierError/Code/shapeMismatch`` where there are more or fewer.
    public func requireColumns(_ count: Int, of fitted: String = "model") throws {
        guard columnCount == count else {
            throw OutlierError(
                .shapeMismatch, "the data have \(columnCount) columns, but the \(fitted) was fitted on \(count)")
        }
    }

    public var rowCount: Int { matrix.rowCount }
    public var columnCount: Int { matrix.columnCount }

    /// A view of consecutive rows.
    public func rows(_ range: Range<Int>) -> Dataset {
        asRead(
            Dataset(
                unchecked: matrix.rows(range), columns: columns, labels: labels.map { Array($0[range]) },
                weights: weights.map { Array($0[range]) }, index: index?.selecting(range)))
    }

    /// The rows at `indices`, in that order. They keep their index of series if `indices` ascend.
    public func selectingRows(_ indices: [Int]) -> Dataset {
        asRead(
            Dataset(
                unchecked: matrix.selectingRows(indices), columns: columns,
                labels: labels.map { labels in indices.map { labels[$0] } },
                weights: weights.map { weights in indices.map { weights[$0] } }, index: index?.selecting(indices)))
    }

    /// The columns at `indices`, in that order; no index may occur twice.
    public func selectingColumns(_ indices: [Int]) throws -> Dataset {
        try replacing(matrix.selectingColumns(indices), columns: indices.map { columns[$0] })
    }

    /// The same rows without labels.
    public var unlabeled: Dataset {
        asRead(Dataset(unchecked: matrix, columns: columns, labels: nil, weights: weights, index: index))
    }

    /// The rows of a weight above 0: what a fit counts. The same rows where all have one.
    public var rowsThatCount: Dataset {
        guard let weights, weights.contains(0) else { return self }
        return selectingRows(weights.indices.filter { weights[$0] > 0 })
    }

    /// The same rows without weights.
    public var unweighted: Dataset {
        asRead(Dataset(unchecked: matrix, columns: columns, labels: labels, weights: nil, index: index))
    }

    private init(
        unchecked matrix: Matrix, columns: [Column], labels: [Label]?, weights: [Double]?, index: SeriesIndex?
    ) {
        self.matrix = matrix
        self.columns = columns
        self.labels = labels
        self.weights = weights
        self.index = index
    }
}
