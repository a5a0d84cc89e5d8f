public import OutlierCore
public import OutlierData

/// The section `data` of a configuration: where the table is and how it is to be read.
///
/// The properties of the ``reading`` are those of the section as well: `data.label` is `data.reading.label`.
@dynamicMemberLookup
public struct DataConfiguration: Component {
    public static let name = "data"
    public static let summary = "Where the table is and what its columns are."
    public static var parameters: [Parameter<DataConfiguration>] {
        let place: [Parameter<DataConfiguration>] = [
            .string(
                "source", \.source, null: "none", "A file, or - for standard input; relative to the configuration."),
            .choice("format", \.format, null: "by the file's extension", "What the file is written in."),
            .string("query", \.query, null: "none", "The SQL query that gives the rows of a SQLite database."),
            .string("array", \.array, null: "X, or the only one", "The array of an .npz file that holds the rows."),
        ]
        return place + TableReading.parameters.map { $0.of(\DataConfiguration.reading) }
    }

    public var source: String?
    public var format: DataFormat?
    public var query: String?
    public var array: String?
    /// What the columns are for and what the words mean.
    public var reading = TableReading()

    public init() {}

    public subscript<Member>(dynamicMember path: WritableKeyPath<TableReading, Member>) -> Member {
        get { reading[keyPath: path] }
        set { reading[keyPath: path] = newValue }
    }

    /// How the table is to be read.
    public var options: ReadOptions {
        ReadOptions(reading: reading, format: format, query: query, member: array)
    }

    /// Reads the table.
    ///
    /// - Throws: ``OutlierError`` where there is no source or it cannot be read.
    public func read(execution: Execution = Execution()) throws -> Table {
        guard let source else {
            throw OutlierError(
                .invalidConfiguration, "the configuration names no table",
                suggestion: "Add a line: “data: {source: table.csv}”.", path: ["data"])
        }
        return try Table(contentsOf: source, options: options, execution: execution)
    }
}
