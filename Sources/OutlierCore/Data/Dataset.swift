/// What a detector is fitted on and scores: a ``Matrix``, its columns, and labels where there are any.
public struct Dataset: Sendable {
    /// Rows × columns. A missing value is `NaN`.
    public let matrix: Matrix
    /// One entry for each column of `matrix`, in its order.
    public let columns: [Column]
    /// One entry for each row, or `nil` where nothing is known. Unsupervised detectors do not look at them.
    public let labels: [Label]?

    /// - Throws: ``OutlierError/Code/shapeMismatch`` where the columns or labels are not as many as the matrix has,
    ///   or where two columns share a name.
    public init(_ matrix: Matrix, columns: [Column], labels: [Label]? = nil) throws {
        guard columns.count == matrix.columnCount else {
            throw OutlierError(
                .shapeMismatch, "\(columns.count) column names were given for \(matrix.columnCount) columns")
        }
        if let labels, labels.count != matrix.rowCount {
            throw OutlierError(.shapeMismatch, "\(labels.count) labels were given for \(matrix.rowCount) rows")
        }
        var seen: Set<String> = []
        for column in columns where !seen.insert(column.name).inserted {
            throw OutlierError(
                .shapeMismatch, "two columns are called “\(column.name)”", suggestion: "Rename one of them.")
        }
        self.matrix = matrix
        self.columns = columns
        self.labels = labels
    }

    /// Numbers without names: the columns are called `x1`, `x2` and so on.
    public init(_ matrix: Matrix) {
        self.matrix = matrix
        self.columns = (0..<matrix.columnCount).map { Column("x\($0 + 1)") }
        self.labels = nil
    }

    /// Numbers, a row an array.
    ///
    /// - Throws: ``OutlierError/Code/shapeMismatch`` where a row is not as long as the first.
    public init(rows: [[Double]]) throws {
        self.init(try Matrix(rows: rows))
    }

    /// The same columns and labels over other values of the same shape.
    public func replacing(_ matrix: Matrix) throws -> Dataset {
        try Dataset(matrix, columns: columns, labels: labels)
    }

    public var rowCount: Int { matrix.rowCount }
    public var columnCount: Int { matrix.columnCount }

    /// A view of consecutive rows.
    public func rows(_ range: Range<Int>) -> Dataset {
        Dataset(unchecked: matrix.rows(range), columns: columns, labels: labels.map { Array($0[range]) })
    }

    /// The rows at `indices`, in that order.
    public func selectingRows(_ indices: [Int]) -> Dataset {
        Dataset(
            unchecked: matrix.selectingRows(indices), columns: columns,
            labels: labels.map { labels in indices.map { labels[$0] } })
    }

    /// The columns at `indices`, in that order; no index may occur twice.
    public func selectingColumns(_ indices: [Int]) throws -> Dataset {
        try Dataset(matrix.selectingColumns(indices), columns: indices.map { columns[$0] }, labels: labels)
    }

    /// The same rows without labels.
    public var unlabeled: Dataset { Dataset(unchecked: matrix, columns: columns, labels: nil) }

    private init(unchecked matrix: Matrix, columns: [Column], labels: [Label]?) {
        self.matrix = matrix
        self.columns = columns
        self.labels = labels
    }
}
