import CTextParsing
import GRDB
import GRDBSQLite
import OutlierCore

/// Reads the rows of a query from a SQLite database, which is opened for reading only.
struct DatabaseReader {
    let path: String
    let options: ReadOptions
    let execution: Execution

    private static let batchSize = 8192
    /// The bytes of text after which a batch is full, whatever its rows.
    private static let batchText = 1 << 24
    /// The longest text of one value.
    private static let longestText: Int32 = 1 << 26
    /// How many rows a view may have beyond what its file could hold.
    private static let freeRows = 1_000_000

    func table(asWords: Set<String>) throws -> Table {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            return try DatabaseQueue(path: path, configuration: configuration).read { database in
                try table(database, asWords: asWords)
            }
        } catch let error as DatabaseError {
            throw OutlierError(
                error.resultCode == .SQLITE_NOTADB || error.resultCode == .SQLITE_CORRUPT
                    ? .malformedFile : .invalidConfiguration,
                "the database says: \(error.message ?? error.resultCode.description)",
                suggestion: error.resultCode == .SQLITE_ERROR ? tables().map { "There are \($0)." } : nil,
                location: .init(file: path))
        }
    }

    private func table(_ database: Database, asWords: Set<String>) throws -> Table {
        // A view can make texts and rows that no file holds.
        if let connection = database.sqliteConnection {
            sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, DatabaseReader.longestText)
        }
        let mostRows = options.query == nil ? DatabaseReader.freeRows + fileSize : .max
        let query = try options.query ?? "SELECT * FROM \(onlyTable(database))"
        let statement = try database.makeStatement(sql: query)
        let rows = try Row.fetchCursor(statement)
        let layout = try ColumnLayout(names: statement.columnNames, options: options, file: path)
        let words = options.missingWords(saysMissing: true)
        let missing = try MissingWords(firm: words.firm, soft: words.soft)
        let declaredModes = layout.modes(asWords: asWords)
        var chunks: [Chunk] = []
        var batch: [[DatabaseValue]] = []
        let width = layout.names.count
        var isEnded = false
        var rowsBefore = 0
        var size = 0
        while !isEnded {
            try execution.checkCancellation()
            batch.removeAll(keepingCapacity: true)
            var text = 0
            while batch.count < DatabaseReader.batchSize, text < DatabaseReader.batchText {
                guard let row = try rows.next() else {
                    isEnded = true
                    break
                }
                let values = (0..<width).map { row[$0] as DatabaseValue }
                for case .string(let value) in values.lazy.map(\.storage) { text += value.utf8.count }
                batch.append(values)
            }
            if batch.isEmpty { break }
            let chunk = try chunk(
                batch, layout, layout.modes(declaredModes, after: chunks.first), missing, rowsBefore)
            rowsBefore += chunk.rowCount
            guard rowsBefore <= mostRows else {
                throw OutlierError(
                    .invalidValue,
                    "the view has more than \(mostRows) rows, which its file of \(fileSize) bytes cannot hold",
                    suggestion:
                        "Look at the view; or read it by a query with a limit: data: {query: \"SELECT * FROM … LIMIT "
                        + "1000000\"}.", location: .init(file: path))
            }
            size += chunk.rowCount * chunk.stride * MemoryLayout<Double>.stride
            if let limit = options.memoryLimit, size > limit / 4 { try chunk.spill(to: TemporaryFolder.path) }
            chunks.append(chunk)
        }
        guard !chunks.isEmpty else {
            throw OutlierError(
                .emptyData, "the query gives no rows", suggestion: "Look at its conditions.",
                location: .init(file: path))
        }
        return try TableAssembler(
            layout: layout, chunks: chunks, options: options, file: path, linesBefore: nil, positions: nil,
            isTyped: true
        ).table(execution: execution)
    }

    private func chunk(
        _ rows: [[DatabaseValue]], _ layout: ColumnLayout, _ modes: [UInt8], _ missing: MissingWords,
        _ rowsBefore: Int
    ) throws -> Chunk {
        guard let chunk = text_chunk_make(missing.pointer, modes, modes.count) else {
            throw OutlierError(.inputOutput, "there is no memory left")
        }
        var isDone = false
        defer { if !isDone { text_chunk_free(chunk) } }
        var again = false
        repeat {
            for (index, row) in rows.enumerated() {
                try check(text_chunk_begin_row(chunk))
                for (column, value) in row.enumerated() where modes[column] != UInt8(TEXT_COLUMN_SKIPPED) {
                    switch value.storage {
                    case .null: break
                    case .int64(let number):
                        try set(chunk, column, Double(number)) { String(number) }
                    case .double(let number):
                        try set(chunk, column, number) { number.description }
                    case .string(let text): try setText(chunk, column, text)
                    case .blob:
                        throw OutlierError(
                            .invalidValue,
                            "the column “\(layout.names[column])”, row \(rowsBefore + index + 1), holds bytes (a BLOB)",
                            suggestion: "Ignore the column, or leave it out of the query.",
                            location: .init(file: path))
                    }
                }
            }
            try check(text_chunk_finish(chunk, &again))
        } while again
        isDone = true
        return Chunk(chunk)
    }

    private var fileSize: Int { (try? FileSource(path: path).size) ?? 0 }

    private func check(_ code: Int32) throws {
        guard Int(code) != Int(TEXT_OK) else { return }
        var error = TextChunks.explainMemory(text_failure(code: code, line: 0, column: 0, expected: 0, found: 0))
        error.location = .init(file: path)
        throw error
    }

    private func set(_ chunk: OpaquePointer, _ column: Int, _ number: Double, _ text: () -> String) throws {
        if text_chunk_wants_text(chunk, column) {
            try setText(chunk, column, text())
        } else {
            text_chunk_set_number(chunk, column, number)
        }
    }

    private func setText(_ chunk: OpaquePointer, _ column: Int, _ text: String) throws {
        var text = text
        try check(
            text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { text_chunk_set_text(chunk, column, $0.baseAddress, $0.count) }
            })
    }

    private func tableNames(_ database: Database) throws -> [String] {
        try String.fetchAll(
            database,
            sql:
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
    }

    /// The name of the only table, quoted.
    private func onlyTable(_ database: Database) throws -> String {
        let names = try tableNames(database)
        guard names.count == 1 else {
            throw OutlierError(
                names.isEmpty ? .emptyData : .invalidConfiguration,
                names.isEmpty ? "there is no table in the database" : "a database of several tables needs a query",
                suggestion: names.isEmpty ? nil : "For instance: SELECT * FROM \(DatabaseNames.quoted(names[0]))",
                location: .init(file: path))
        }
        return DatabaseNames.quoted(names[0])
    }

    /// The names of the tables, for an error.
    private func tables() -> String? {
        var configuration = Configuration()
        configuration.readonly = true
        guard let queue = try? DatabaseQueue(path: path, configuration: configuration),
            let names = try? queue.read(tableNames), !names.isEmpty
        else { return nil }
        return names.prefix(12).map { "“\($0)”" }.joined(separator: ", ")
    }
}

/// Names of tables and columns in SQL.
enum DatabaseNames {
    /// The name in quotes, whatever it is made of.
    static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
}
