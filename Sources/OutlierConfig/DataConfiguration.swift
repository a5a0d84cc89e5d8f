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
            .strings("anomaly", \.anomalyWords, "The words of the label column that mean an anomaly."),
            .string("identifier", \.identifier, null: "the row's number", "The column that names the rows."),
            .strings("ignore", \.ignore, "Columns that are not looked at."),
            .choices("columns", \.columns, "What columns hold, where it is not to be recognised: {age: number}."),
            .strings("missing", \.missing, "Words that mean a missing value, besides the usual ones."),
            .string("delimiter", \.delimiter, null: "guessed", "What stands between two fields of a CSV file."),
            .choice("header", \.header, "Whether the first line of a CSV file names the columns."),
        ]
    }

    /// Whether the first line names the columns.
    public enum Header: String, CaseIterable, Sendable {
        case automatic
        case present
        case absent
    }

    /// What a column holds.
    public enum Kind: String, CaseIterable, Sendable {
        case number
        case boolean
        case date
        case category
    }

    public var source: String?
    public var format: DataFormat?
    public var query: String?
    public var array: String?
    public var label: String?
    public var anomalyWords: [String] = []
    public var identifier: String?
    public var ignore: [String] = []
    public var columns: [String: Kind] = [:]
    public var missing: [String] = []
    public var delimiter: String?
    public var header: Header = .automatic

    public init() {}
}
