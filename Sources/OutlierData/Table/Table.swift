public import OutlierCore

/// Rows read from a file, a database or standard input: the numbers to learn from, and what is known about the rows.
///
///     let table = try Table("sensors.csv", label: "fault", identifier: "id")
///     let model = try IsolationForest().fit(table.rows)
///
/// ## What a fit may know, and the truth
/// ``rows`` is what a pipeline is fitted on and scores. The label column is not in it: it is the ``truth``, by which scores
/// are measured, and a fit that saw it would be measured by what it was told. Where a fit may learn from labels, as
/// `deep-sad` and `boosted-trees` do, ``TableReading/knownLabels`` names the column that says what is known of the rows.
/// It may be the label column itself.
///
/// ## What a column holds
/// A column whose every value is a number is one of numbers, also where they are written as people do (`1.599,84`,
/// `$1,599.84`, `15%`, `(1,200)`) and the column or the options say what point and comma mean. Else it is one of dates (as
/// seconds since 1970, in UTC where they have no zone; ISO 8601, or as `25/01/2024` where the column or the options say
/// what is the day) or of booleans (true, false, yes, no, t, f, y, n) if every value is one; else it is
/// a category. Where half of the values or more are numbers or dates but not all, the others are taken for mistakes,
/// and the first one is the error's. A category with more than 50 different words that are more than half as many as
/// the rows is taken for free text, which is an error too. ``TableReading/columnKinds`` declares what is otherwise.
public struct Table: Sendable {
    /// The columns without the label, the identifier and those that are ignored. Its labels are those that a fit may
    /// know (``TableReading/knownLabels``), and no others: without such a column there are none.
    public let rows: Dataset
    /// What the label column says of the rows. `nil` if there is no label column.
    public let truth: Truth?
    /// The texts of the identifier column, one a row.
    public let identifiers: [String]?
    /// The name of the identifier column.
    public let identifierName: String?
    /// What the table was read from, as a person would call it.
    public let source: String
    /// What was decided while the table was read that the source does not say in so many words, one sentence each.
    public let notes: [String]
    /// How the columns write numbers and dates, where they prove it.
    public let notation: StatedNotation

    /// What a person would call the row: its identifier, or else its number from 1.
    public func name(of row: Int) -> String { identifiers?[row] ?? String(row + 1) }

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

    /// The table whose rows know how it was read. What its dates prove of the order of day and month holds of other tables of
    /// the same kind as well, which may not prove it.
    func remembering(_ reading: TableReading) -> Table {
        var rows = rows
        var reading = reading
        // Other tables may not prove how numbers and dates are written.
        if reading.decimal == .automatic, reading.thousands == .automatic {
            reading.decimal = notation.decimal ?? .automatic
            reading.thousands = notation.thousands ?? .automatic
        }
        if reading.dateOrder == .automatic, let proven = notation.dateOrder { reading.dateOrder = proven }
        rows.reading = reading
        return Table(
            rows: rows, truth: truth, identifiers: identifiers, identifierName: identifierName, source: source,
            notes: notes, notation: notation)
    }

    init(
        rows: Dataset, truth: Truth?, identifiers: [String]?, identifierName: String?, source: String,
        notes: [String] = [], notation: StatedNotation = StatedNotation()
    ) {
        self.rows = rows
        self.truth = truth
        self.identifiers = identifiers
        self.identifierName = identifierName
        self.source = source
        self.notes = notes
        self.notation = notation
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

    /// Reads a table: ``init(contentsOf:options:execution:)`` for what is declared most often.
    ///
    ///     let table = try Table("breast-cancer.csv", label: "diagnosis", anomaly: "malignant", identifier: "case")
    ///
    /// - Parameters:
    ///   - path: a file, or `-` for standard input.
    ///   - label: the column of the truth. No fit sees it.
    ///   - anomaly: the words of that column that mean an anomaly, where they are not the usual ones (``TableReading/anomalyWords``).
    ///   - knownLabels: the column of what a fit may know of the rows. It may be the label column itself.
    ///   - identifier: the column that names the rows.
    ///   - ignore: columns that are not read.
    public init(
        _ path: String, label: String? = nil, anomaly: String..., knownLabels: String? = nil,
        identifier: String? = nil, ignore: [String] = [], execution: Execution = Execution()
    ) throws {
        let options = ReadOptions(
            label: label, anomalyWords: anomaly, knownLabels: knownLabels, identifier: identifier, ignore: ignore)
        try self.init(contentsOf: path, options: options, execution: execution)
    }

    /// Reads a table from `source`, as ``init(contentsOf:options:execution:)`` does.
    public init(
        contentsOf source: DataSource, options: ReadOptions = ReadOptions(), execution: Execution = Execution()
    ) throws {
        self = try TableReader(source: source, options: options, execution: execution).table()
    }
}
