public import OutlierCore
public import OutlierData

/// The section `data` of a configuration: where the table is and what its columns are.
public struct DataConfiguration: Component {
    public static let name = "data"
    public static let summary = "Where the table is and what its columns are."
    public static var parameters: [Parameter<DataConfiguration>] {
        [
            .string(
                "source", \.source, null: "none", "A file, or - for standard input; relative to the configuration."),
            .choice("format", \.format, null: "by the file's extension", "What the file is written in."),
            .string("query", \.query, null: "none", "The SQL query that gives the rows of a SQLite database."),
            .string("array", \.array, null: "X, or the only one", "The array of an .npz file that holds the rows."),
            .string("label", \.label, null: "none", "The column that says which rows are anomalies."),
            .words(
                "anomaly", \.anomalyWords, "The words and numbers of the label column that mean an anomaly: [-1, bad]."),
            .string(
                "known-labels", \.knownLabels, null: "the fit sees no labels",
                "The column that says what the fit may know of the rows; may be the label column itself."),
            .string("identifier", \.identifier, null: "the row's number", "The column that names the rows."),
            .string(
                "time", \.time, null: "time plays no part",
                "The column of the rows' times: dates, or seconds since 1970. The rows are sorted by it."),
            .string("series", \.series, null: "one series", "The column that tells several series in time apart."),
            .words("ignore", \.ignore, "Columns that are not looked at."),
            .choices("columns", \.columns, "What columns hold, where it is not to be recognised: {age: number}."),
            .words(
                "missing", \.missing,
                "Words and numbers that mean a missing value, besides the usual ones: [-999, none]."),
            .choice(
                "usual-missing", \.usualMissing,
                "Where NA, null, None, ? and the like mean a missing value; automatic: everywhere in CSV, and except in "
                    + "columns of words in JSON and databases."),
            .integer(
                "memory-limit", \.memoryLimit, in: .atLeast(1), null: "none",
                "MiB that the rows may take; a larger table is kept in a temporary file (in TMPDIR) and read from there."
            ),
            .string("delimiter", \.delimiter, null: "guessed", "What stands between two fields of a CSV file."),
            .choice(
                "decimal", \.decimal,
                "What stands between the whole and the fraction of a number in text; automatic: what the column proves."),
            .choice(
                "thousands", \.thousands,
                "What stands between groups of three digits in text; automatic: what the column proves."),
            .choice(
                "date-order", \.dateOrder,
                "Which part of a date like 05/01/2024 comes first; automatic: what the column proves."),
            .choice("header", \.header, "Whether the first line of a CSV file names the columns."),
        ]
    }

    public var source: String?
    public var format: DataFormat?
    public var query: String?
    public var array: String?
    public var label: String?
    public var anomalyWords: [String] = []
    public var knownLabels: String?
    public var identifier: String?
    public var time: String?
    public var series: String?
    public var ignore: [String] = []
    public var columns: [String: ReadOptions.ColumnKind] = [:]
    public var missing: [String] = []
    public var memoryLimit: Int?
    public var delimiter: String?
    public var usualMissing: ReadOptions.UsualMissing = .automatic
    public var decimal: ReadOptions.Decimal = .automatic
    public var thousands: ReadOptions.Thousands = .automatic
    public var dateOrder: ReadOptions.DateOrder = .automatic
    public var header: ReadOptions.Header = .automatic

    public init() {}

    /// How the table is to be read.
    ///
    /// - Parameter columns: the columns of a model, where the table is to be scored by one.
    /// - Throws: ``OutlierError/Code/invalidParameter`` where the delimiter is not one character.
    public func options(expecting columns: [Column] = []) throws -> ReadOptions {
        var options = ReadOptions(
            format: format, label: label, anomalyWords: anomalyWords, identifier: identifier, ignore: ignore,
            missing: missing, delimiter: try delimiterOption(), header: header,
            columnKinds: self.columns, expecting: columns, query: query, member: array)
        options.knownLabels = knownLabels
        options.usualMissing = usualMissing
        options.time = time
        options.series = series
        options.decimal = decimal
        options.thousands = thousands
        options.dateOrder = dateOrder
        options.memoryLimit = memoryLimit.map { $0.multipliedReportingOverflow(by: 1 << 20) }
            .map { $0.overflow ? .max : $0.partialValue }
        options.toleratesAbsentColumns = !columns.isEmpty
        return options
    }

    /// Reads the table.
    ///
    /// - Throws: ``OutlierError`` where there is no source or it cannot be read.
    public func read(expecting columns: [Column] = [], execution: Execution = Execution()) throws -> Table {
        guard let source else {
            throw OutlierError(
                .invalidConfiguration, "the configuration names no table",
                suggestion: "Add a line: “data: {source: table.csv}”.", path: ["data"])
        }
        return try Table(contentsOf: source, options: options(expecting: columns), execution: execution)
    }

    private func delimiterOption() throws -> ReadOptions.Delimiter {
        switch delimiter {
        case nil: return .automatic
        case "tab", "\\t": return .character("\t")
        case let text? where text.utf8.count == 1: return .character(Character(text))
        case let text?:
            throw OutlierError(
                .invalidParameter, "the delimiter must be one ASCII character or “tab”, but “\(text)” was given",
                path: ["data", "delimiter"])
        }
    }
}
