/// How a table was read: what its columns are for and what its words mean. All but where the table is.
///
/// A table that is read carries it (``Dataset/reading``), a pipeline that is fitted on the table keeps it
/// (``FittedPipeline/reading``), and `Table("new.csv", for: model)` reads new rows by it. The section `data` of a
/// configuration has the same parameters.
public struct TableReading: Component, Hashable {
    /// The first line of delimited text.
    public enum Header: String, Sendable, Hashable, CaseIterable {
        /// A header if all its fields are words, if an option names one of them, or if the lines below show it: words
        /// above numbers, or whole numbers that count up (`0,1,2`, `region,2019,2020`) above lines that do not. What was
        /// taken for what is said in the table's notes where the first line has numbers.
        case automatic
        case present
        /// The columns are called `x1`, `x2` and so on.
        case absent
    }

    /// What stands between two fields of delimited text.
    public enum Delimiter: Sendable, Hashable {
        /// The one of comma, tab, semicolon, bar and space that splits the first lines into equally many fields.
        case automatic
        /// An ASCII character. Several spaces count as one.
        case character(Character)
    }

    /// What stands between the whole and the fraction of a number in text.
    public enum Decimal: String, Sendable, Hashable, CaseIterable {
        /// What each column proves: `1.599,84` and `1,5` are written with a comma, `1,599.84` and `1,234,567` with a
        /// point. A column that proves nothing (`1,234`) is an error. Plain numbers (`1.234`) have a point.
        case automatic
        case point = "."
        case comma = ","
    }

    /// What stands between groups of digits (`1,234,567`) in text.
    public enum Thousands: String, Sendable, Hashable, CaseIterable {
        /// What each column proves: a number with two groups or more, or with a group and a fraction. Spaces and
        /// apostrophes need no proof.
        case automatic
        case comma = ","
        case point = "."
    }

    /// The order of day and month in dates as `05/01/2024`. ISO 8601 (`2024-01-05`) is always read.
    public enum DateOrder: String, Sendable, Hashable, CaseIterable {
        /// What each column proves: `25/01/2024` has the day first. A column that proves nothing is an error.
        case automatic
        case dayFirst = "day-first"
        case monthFirst = "month-first"
        case yearFirst = "year-first"
    }

    /// Where the usual words (`NA`, `null`, `?` and the like) mean that there is no value.
    public enum UsualMissing: String, Sendable, Hashable, CaseIterable {
        /// Everywhere in delimited text, which has no other way to say it; in columns of numbers, booleans and dates in
        /// JSON and databases, which have.
        case automatic
        case everywhere
        /// In columns of numbers, booleans and dates; in a column of words they are words.
        case exceptWords = "except-words"
        /// Nowhere: only the empty field and the declared words do.
        case nowhere
    }

    /// What a column holds, where it is declared.
    public enum ColumnKind: String, Sendable, Hashable, CaseIterable {
        case number, boolean, date, category
    }

    public static let name = "reading"
    public static let summary = "What a table's columns are for and what its words mean."
    public static var parameters: [Parameter<TableReading>] {
        [
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
            .choices("columns", \.columnKinds, "What columns hold, where it is not to be recognised: {age: number}."),
            .words(
                "missing", \.missing,
                "Words and numbers that mean a missing value, besides the usual ones: [-999, none]."),
            .choice(
                "usual-missing", \.usualMissing,
                "Where NA, null, None, ? and the like mean a missing value; automatic: everywhere in CSV, and except in "
                    + "columns of words in JSON and databases."),
            .memoryLimit,
            .delimiter,
            .choice(
                "decimal", \.decimal,
                "What stands between the whole and the fraction of a number in text; automatic: what the column proves."
            ),
            .choice(
                "thousands", \.thousands,
                "What stands between groups of three digits in text; automatic: what the column proves."),
            .choice(
                "date-order", \.dateOrder,
                "Which part of a date like 05/01/2024 comes first; automatic: what the column proves."),
            .choice("header", \.header, "Whether the first line of a CSV file names the columns."),
        ]
    }

    /// The column that says which rows are anomalies: the truth. It is not among the columns of the data set.
    public var label: String?
    /// The words of the label column that mean an anomaly; every other word then means a normal row. If there are none, the
    /// words are 0 and 1, true and false, yes and no, or the usual ones. A column of several words that has none of the declared
    /// ones is an error, unless the table is one of new rows.
    public var anomalyWords: [String] = []
    /// The column that says what the fit may know of the rows: words for normal and anomalous rows, as in the label
    /// column, and nothing where nothing is known. It may be the label column itself. It is not among the columns of the
    /// data set.
    public var knownLabels: String?
    /// The column that names the rows. It is kept as text, as it stands, and is not among the columns of the data set.
    public var identifier: String?
    /// The column of the times of the rows: dates, or numbers since 1970. The rows are sorted by it, and it is not among the
    /// columns of the data set. `nil` if time plays no part.
    public var time: String?
    /// The column that tells several series apart. The rows are sorted by it, and it is not among the columns of the data
    /// set. `nil` if there is one series.
    public var series: String?
    /// Columns that are not read.
    public var ignore: [String] = []
    /// What the columns hold, by name, if it is not to be recognised.
    public var columnKinds: [String: ColumnKind] = [:]
    /// The words that mean that there is no value, in every column, besides the usual ones and the empty field. A word that is a number, as -999, means it however
    /// the number is written, in columns of numbers.
    public var missing: [String] = []
    /// Where the usual words mean it.
    public var usualMissing = UsualMissing.automatic
    /// The bytes of memory that the rows may take; a larger table is kept in a temporary file, from which it is read when it
    /// is needed. `nil` for no limit. What a detector makes of the rows is not counted.
    public var memoryLimit: Int?
    public var delimiter = Delimiter.automatic
    public var decimal = Decimal.automatic
    public var thousands = Thousands.automatic
    public var dateOrder = DateOrder.automatic
    public var header = Header.automatic

    public init() {}
}

extension Parameter<TableReading> {
    private static var bytesPerMebibyte: Int { 1 << 20 }

    fileprivate static var memoryLimit: Parameter {
        Parameter(
            "memory-limit",
            "MiB that the rows may take; a larger table is kept in a temporary file (in TMPDIR) and read from there.",
            .optional(.integer(.atLeast(1)), null: "none"), defaultValue: .null,
            read: { reading in
                // What was set in Swift to a part of a MiB is rounded up.
                reading.memoryLimit.map { .integer(($0 - 1) / bytesPerMebibyte + 1) } ?? .null
            },
            write: { reading, value, _ in
                reading.memoryLimit = value.int.map { $0.multipliedReportingOverflow(by: bytesPerMebibyte) }
                    .map { $0.overflow ? .max : $0.partialValue }
            })
    }

    fileprivate static var delimiter: Parameter {
        Parameter(
            "delimiter", "What stands between two fields of a CSV file.", .optional(.string, null: "guessed"),
            defaultValue: .null,
            read: { reading in
                switch reading.delimiter {
                case .automatic: .null
                case .character("\t"): "tab"
                case .character(let character): .string(String(character))
                }
            },
            write: { reading, value, _ in
                switch value.string {
                case nil: reading.delimiter = .automatic
                case "tab", "\\t": reading.delimiter = .character("\t")
                case let text? where text.utf8.count == 1: reading.delimiter = .character(Character(text))
                case let text?:
                    throw OutlierError(
                        .invalidParameter,
                        "the delimiter must be one ASCII character or “tab”, but “\(text)” was given")
                }
            })
    }
}
