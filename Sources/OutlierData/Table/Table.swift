public import OutlierCore

/// Rows read from a file, a database or standard input: the numbers to learn from, and what is known about the rows.
///
///     let table = try Table(contentsOf: "sensors.csv", options: ReadOptions(label: "outlier", identifier: "id"))
///     let model = try IsolationForest().fit(table.dataset)
///
/// ## What a column holds
/// A column whose every value is a number is one of numbers; else it is one of dates (ISO 8601, as seconds since 1970,
/// in UTC where they have no zone) or of booleans (true, false, yes, no, t, f, y, n) if every value is one; else it is
/// a category. Where half of the values or more are numbers or dates but not all, the others are taken for mistakes,
/// and the first one is the error's. A category with more than 50 different words that are more than half as many as
/// the rows is taken for free text, which is an error too. ``ReadOptions/columnKinds`` declares what is otherwise.
public struct Table: Sendable {
    /// The columns without the label, the identifier and those that are ignored; with the labels of the rows, where
    /// there is a label column.
    public let dataset: Dataset
    /// What the fit may know of the rows, where the options name a column for it: one entry a row.
    public let knownLabels: [Label]?
    /// The texts of the identifier column, one a row.
    public let identifiers: [String]?
    /// The name of the identifier column.
    public let identifierName: String?
    /// What the table was read from, as a person would call it.
    public let source: String

    /// One entry a row: `true` for an anomaly. `nil` where there is no label column, or where a row has no label.
    public var truth: [Bool]? {
        guard let labels = dataset.labels, !labels.contains(.unlabeled) else { return nil }
        return labels.map { $0 == .anomaly }
    }

    /// What a pipeline is to be fitted on: the rows with the labels that the fit may know, which are not those of the
    /// label column unless the options say so.
    public var trainingData: Dataset {
        get throws { try dataset.replacing(labels: knownLabels) }
    }

    /// Runs `body`, which works on the rows; what it finds wrong with them gets the table's name.
    package func attributing<Result>(_ body: () throws -> Result) throws -> Result {
        let codes: Set<OutlierError.Code> = [
            .missingValue, .infiniteValue, .columnMismatch, .missingLabels, .notEnoughRows,
        ]
        do {
            return try body()
        } catch var error as OutlierError where error.location == nil && codes.contains(error.code) {
            error.location = .init(file: source)
            throw error
        }
    }

    init(
        dataset: Dataset, knownLabels: [Label]? = nil, identifiers: [String]?, identifierName: String?, source: String
    ) {
        self.dataset = dataset
        self.knownLabels = knownLabels
        self.identifiers = identifiers
        self.identifierName = identifierName
        self.source = source
    }

    /// Reads a table. The format is that of the options, of the extension or of the first bytes; gzip and zstd are
    /// unpacked.
    ///
    /// - Parameters:
    ///   - path: a file, or `-` for standard input.
    ///   - execution: text is read on as many threads as this allows; the table does not depend on it.
    /// - Throws: ``OutlierError`` with the file, and the line and column where there are such:
    ///   ``OutlierError/Code/inputOutput``, ``OutlierError/Code/malformedFile``, ``OutlierError/Code/emptyData``,
    ///   ``OutlierError/Code/columnMismatch`` where an option names a column that is not there,
    ///   ``OutlierError/Code/invalidValue`` where a value is not what its column holds.
    public init(
        contentsOf path: String, options: ReadOptions = ReadOptions(), execution: Execution = Execution()
    ) throws {
        try self.init(contentsOf: DataSource(path), options: options, execution: execution)
    }

    /// Reads a table from `source`, as ``init(contentsOf:options:execution:)`` does.
    public init(
        contentsOf source: DataSource, options: ReadOptions = ReadOptions(), execution: Execution = Execution()
    ) throws {
        self = try TableReader(source: source, options: options, execution: execution).table()
    }
}
