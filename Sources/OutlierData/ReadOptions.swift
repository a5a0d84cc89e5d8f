public import OutlierCore

/// How a table is to be read, and what its columns are.
///
///     var options = ReadOptions(label: "outlier", identifier: "id")
///     options.ignore = ["note"]
///     let table = try Table(contentsOf: "sensors.csv", options: options)
public struct ReadOptions: Sendable {
    /// The first line of delimited text.
    public enum Header: String, Sendable, Hashable, CaseIterable {
        /// A header if all its fields are words, if an option names one of them, or if the lines below show it: words
        /// above numbers, or whole numbers that count up (`0,1,2`, `region,2019,2020`) above lines that do not. What was
        /// taken for what is said in ``Table/notes`` where the first line has numbers.
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

    /// Where ``usualMissingWords`` mean that there is no value.
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

    /// `nil` to take it from the file's extension, or else from its first bytes.
    public var format: DataFormat?
    /// The column that says which rows are anomalies. It is not among the columns of the data set.
    public var label: String?
    /// The words of the label column that mean an anomaly; every other word then means a normal row. Where empty, the
    /// words are 0 and 1, true and false, yes and no, or the usual ones (``Labels``). A column of several words that has
    /// none of these is an error, unless ``toleratesAbsentColumns``.
    public var anomalyWords: [String]
    /// The column that says what the fit may know of the rows: words for normal and anomalous rows, as in the label
    /// column, and nothing where nothing is known. It may be the label column itself. It is not among the columns of the
    /// data set.
    public var knownLabels: String?
    /// The column that names the rows. It is kept as text, as it stands, and is not among the columns of the
    /// data set.
    public var identifier: String?
    /// The column of the times of the rows: dates, or numbers since 1970. The rows are sorted by it, and it is not among the
    /// columns of the data set. `nil` if time plays no part.
    public var time: String?
    /// The column that tells several series apart. The rows are sorted by it, and it is not among the columns of the data
    /// set. `nil` if there is one series.
    public var series: String?
    /// Columns that are not read.
    public var ignore: [String]
    /// The columns that are read, where the table has them, besides the label and the identifier; `nil` for all.
    public var only: [String]?
    /// Whether a table may lack the label, the identifier, and columns that are ignored or declared: new rows have no
    /// label yet, and none of them need be an anomaly.
    public var toleratesAbsentColumns = false
    /// Whether the identifier must be there though a table may lack columns.
    public var requiresIdentifier = false
    /// The words that mean that there is no value, in every column, besides the usual ones and the empty field. A word
    /// that is a number, as -999, means it however the number is written, in columns of numbers.
    public var missing: [String]
    /// Where the usual words mean it.
    public var usualMissing = UsualMissing.automatic
    public var delimiter: Delimiter
    public var decimal = Decimal.automatic
    public var thousands = Thousands.automatic
    public var dateOrder = DateOrder.automatic
    public var header: Header
    /// What the columns hold, by name, where it is not to be recognised.
    public var columnKinds: [String: ColumnKind]
    /// The columns of a model: those that the table has too are read as the kind that they had at the fit.
    public var expecting: [Column]
    /// The query that makes the table, for a database.
    public var query: String?
    /// The member of a `.npz` file that holds the matrix; `nil` for `X`, or the only one there is.
    public var member: String?

    /// The bytes of memory that the rows may take; a larger table is kept in a temporary file, from which it is read where
    /// it is needed. `nil` for no limit. What a detector makes of the rows is not counted.
    public var memoryLimit: Int?

    /// The number of bytes of text that a thread reads at a time.
    package var chunkSize: Int

    /// The words of ``missing`` and the usual ones: those that mean it in every column, and those that do only in columns
    /// that hold no words.
    ///
    /// - Parameter saysMissing: whether the format has another way to say that there is no value.
    func missingWords(saysMissing: Bool) -> (firm: [String], soft: [String]) {
        let declared = [""] + missing
        return switch usualMissing {
        case .nowhere: (declared, [])
        case .everywhere: (declared + Self.usualMissingWords, [])
        case .exceptWords: (declared, Self.usualMissingWords)
        case .automatic:
            saysMissing ? (declared, Self.usualMissingWords) : (declared + Self.usualMissingWords, [])
        }
    }

    /// Whether numbers have a decimal comma, as it was stated.
    var statesComma: Bool { decimal == .comma || (decimal == .automatic && thousands == .point) }

    /// pandas' words, without those that are hardly ever meant so, and the question mark.
    public static let usualMissingWords = [
        "NA", "N/A", "n/a", "NaN", "nan", "-NaN", "-nan", "null", "NULL", "Null", "None", "#N/A", "<NA>",
        "?",
    ]

    public init(
        format: DataFormat? = nil,
        label: String? = nil,
        anomalyWords: [String] = [],
        identifier: String? = nil,
        ignore: [String] = [],
        missing: [String] = [],
        delimiter: Delimiter = .automatic,
        header: Header = .automatic,
        columnKinds: [String: ColumnKind] = [:],
        expecting: [Column] = [],
        query: String? = nil,
        member: String? = nil
    ) {
        self.format = format
        self.label = label
        self.anomalyWords = anomalyWords
        self.identifier = identifier
        self.ignore = ignore
        self.missing = missing
        self.delimiter = delimiter
        self.header = header
        self.columnKinds = columnKinds
        self.expecting = expecting
        self.query = query
        self.member = member
        chunkSize = 1 << 20
    }
}
