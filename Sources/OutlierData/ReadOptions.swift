public import OutlierCore

/// How a table is to be read, and what its columns are.
///
///     var options = ReadOptions(label: "outlier", identifier: "id")
///     options.ignore = ["note"]
///     let table = try Table(contentsOf: "sensors.csv", options: options)
public struct ReadOptions: Sendable {
    /// The first line of delimited text.
    public enum Header: String, Sendable, Hashable, CaseIterable {
        /// A header, unless one of its fields is a number or a date. Where an option names a column that the first
        /// line has, it is a header.
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

    /// What stands between the whole and the fraction of a number in delimited text.
    public enum Decimal: String, Sendable, Hashable, CaseIterable {
        case point = "."
        /// A number with a point in it is none then, for it may be 1.234 or 1234.
        case comma = ","
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
    /// Columns that are not read.
    public var ignore: [String]
    /// The columns that are read, where the table has them, besides the label and the identifier; `nil` for all.
    public var only: [String]?
    /// Whether a table may lack the label, the identifier, and columns that are ignored or declared: new rows have no
    /// label yet, and none of them need be an anomaly.
    public var toleratesAbsentColumns = false
    /// Whether the identifier must be there though a table may lack columns.
    public var requiresIdentifier = false
    /// The words that mean that there is no value. An empty field is one where the empty word is among them. A word that
    /// is a number, as -999, means it however the number is written, in columns of numbers.
    public var missing: [String]
    public var delimiter: Delimiter
    public var decimal = Decimal.point
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

    /// pandas' words, without those that are hardly ever meant so, and the question mark.
    public static let usualMissingWords = [
        "", "NA", "N/A", "n/a", "NaN", "nan", "-NaN", "-nan", "null", "NULL", "Null", "None", "#N/A", "<NA>",
        "?",
    ]

    public init(
        format: DataFormat? = nil,
        label: String? = nil,
        anomalyWords: [String] = [],
        identifier: String? = nil,
        ignore: [String] = [],
        missing: [String] = ReadOptions.usualMissingWords,
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
