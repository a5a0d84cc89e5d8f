public import OutlierCore

/// How a table is to be read, and what its columns are.
///
///     var options = ReadOptions(label: "outlier", identifier: "id")
///     options.ignore = ["note"]
///     let table = try Table(contentsOf: "sensors.csv", options: options)
///
/// What has to be known to read other tables of the same kind is the ``reading``; its properties are those of the options
/// as well: `options.label` is `options.reading.label`.
@dynamicMemberLookup
public struct ReadOptions: Sendable {
    public typealias Header = TableReading.Header
    public typealias Delimiter = TableReading.Delimiter
    public typealias Decimal = TableReading.Decimal
    public typealias Thousands = TableReading.Thousands
    public typealias DateOrder = TableReading.DateOrder
    public typealias UsualMissing = TableReading.UsualMissing
    public typealias ColumnKind = TableReading.ColumnKind

    /// What the columns are for and what the words mean: label, identifier, missing values and so on.
    public var reading: TableReading
    /// `nil` to take it from the file's extension, or else from its first bytes.
    public var format: DataFormat?
    /// The query that makes the table, for a database.
    public var query: String?
    /// The member of a `.npz` file that holds the matrix; `nil` for `X`, or the only one there is.
    public var member: String?
    /// The columns that are read, where the table has them, besides the label and the identifier; `nil` for all.
    public var only: [String]?
    /// The columns of a model: those that the table has too are read as the kind that they had at the fit.
    public var expecting: [Column]
    /// Whether a table may lack the label, the identifier, and columns that are ignored or declared: new rows have no
    /// label yet, and none of them need be an anomaly.
    public var toleratesAbsentColumns = false
    /// Whether the identifier must be there though a table may lack columns.
    public var requiresIdentifier = false

    /// The number of bytes of text that a thread reads at a time.
    package var chunkSize = 1 << 20

    public subscript<Member>(dynamicMember path: WritableKeyPath<TableReading, Member>) -> Member {
        get { reading[keyPath: path] }
        set { reading[keyPath: path] = newValue }
    }

    /// The words of ``TableReading/missing`` and the usual ones: those that mean it in every column, and those that do only in columns
    /// that hold no words.
    ///
    /// - Parameter saysMissing: whether the format has another way to say that there is no value.
    func missingWords(saysMissing: Bool) -> (firm: [String], soft: [String]) {
        let declared = [""] + reading.missing
        return switch reading.usualMissing {
        case .nowhere: (declared, [])
        case .everywhere: (declared + Self.usualMissingWords, [])
        case .exceptWords: (declared, Self.usualMissingWords)
        case .automatic:
            saysMissing ? (declared, Self.usualMissingWords) : (declared + Self.usualMissingWords, [])
        }
    }

    /// Whether numbers have a decimal comma, as it was stated.
    var statesComma: Bool {
        reading.decimal == .comma || (reading.decimal == .automatic && reading.thousands == .point)
    }

    /// pandas' words, without those that are hardly ever meant so, and the question mark.
    public static let usualMissingWords = [
        "NA", "N/A", "n/a", "NaN", "nan", "-NaN", "-nan", "null", "NULL", "Null", "None", "#N/A", "<NA>",
        "?",
    ]

    public init(
        reading: TableReading, format: DataFormat? = nil, query: String? = nil, member: String? = nil,
        expecting: [Column] = []
    ) {
        self.reading = reading
        self.format = format
        self.query = query
        self.member = member
        self.expecting = expecting
    }

    /// - Parameters:
    ///   - label: the column of the truth (``TableReading/label``).
    ///   - anomalyWords: the words of that column that mean an anomaly, if they are not the usual ones.
    ///   - knownLabels: the column of what a fit may know of the rows.
    ///   - identifier: the column that names the rows.
    ///   - ignore: columns that are not read.
    ///   - missing: the words that mean that there is no value, besides the usual ones.
    ///   - columnKinds: what columns hold, by name, if it is not to be recognised.
    ///   - member: the array of a `.npz` file that holds the rows.
    public init(
        format: DataFormat? = nil,
        label: String? = nil,
        anomalyWords: [String] = [],
        knownLabels: String? = nil,
        identifier: String? = nil,
        ignore: [String] = [],
        missing: [String] = [],
        delimiter: Delimiter = .automatic,
        decimal: Decimal = .automatic,
        header: Header = .automatic,
        columnKinds: [String: ColumnKind] = [:],
        expecting: [Column] = [],
        query: String? = nil,
        member: String? = nil
    ) {
        var reading = TableReading()
        reading.label = label
        reading.anomalyWords = anomalyWords
        reading.knownLabels = knownLabels
        reading.identifier = identifier
        reading.ignore = ignore
        reading.missing = missing
        reading.delimiter = delimiter
        reading.decimal = decimal
        reading.header = header
        reading.columnKinds = columnKinds
        self.init(reading: reading, format: format, query: query, member: member, expecting: expecting)
    }
}
