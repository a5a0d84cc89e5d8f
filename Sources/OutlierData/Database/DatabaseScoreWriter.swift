import GRDB
import OutlierCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes scores into a table of a SQLite database, in one transaction.
///
/// In a database that is there already the table is replaced, and everything else stays. A new database appears under
/// its name only when it is complete.
struct DatabaseScoreWriter {
    let path: String
    let tableName: String

    func write(_ table: ScoreTable) throws {
        do {
            let path = try LinkTarget.path(path)
            AtomicFile.removeAbandoned(for: path)
            if access(path, F_OK) == 0 { return try fill(path, table) }
            let temporary = AtomicFile.temporaryPath(for: path)
            let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw OutlierError.unwritable(path, errno) }
            // How others see that the file is being written.
            flock(descriptor, LOCK_EX | LOCK_NB)
            defer {
                unlink(temporary)
                close(descriptor)
            }
            try fill(temporary, table)
            // Another writer may have made the database meanwhile, which then holds other tables.
            if link(temporary, path) != 0 {
                if errno == EEXIST { return try fill(path, table) }
                // Not every file system has a second name for a file.
                guard rename(temporary, path) == 0 else { throw OutlierError.unwritable(path, errno) }
            }
            AtomicFile.syncFolder(of: path)
        } catch let error as DatabaseError {
            throw OutlierError(
                .outputFailed,
                "cannot write to the database “\(path)”: \(error.message ?? error.resultCode.description)")
        }
    }

    private func fill(_ path: String, _ table: ScoreTable) throws {
        var configuration = Configuration()
        // Another program that writes is waited for.
        configuration.busyMode = .timeout(30)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        try queue.write { database in
            let name = DatabaseNames.quoted(tableName)
            let types =
                [table.identifiers == nil ? "INTEGER" : "TEXT", "REAL"] + (table.decisions == nil ? [] : ["INTEGER"])
                + table.measures.map { $0.isFlag ? "INTEGER" : "REAL" } + (table.truth == nil ? [] : ["INTEGER"])
                + (table.includesReasons ? ["TEXT"] : [])
            let columns = zip(table.columnNames, types).map { "\(DatabaseNames.quoted($0)) \($1)" }
            try database.execute(sql: "DROP TABLE IF EXISTS \(name)")
            try database.execute(sql: "CREATE TABLE \(name) (\(columns.joined(separator: ", ")))")
            let places = columns.map { _ in "?" }.joined(separator: ", ")
            let statement = try database.makeStatement(sql: "INSERT INTO \(name) VALUES (\(places))")
            for row in table.scores.indices {
                var values: [DatabaseValue] = [
                    table.identifiers?[row].databaseValue ?? (row + 1).databaseValue,
                    table.scores[row].isNaN ? .null : table.scores[row].databaseValue,
                ]
                if let decisions = table.decisions {
                    values.append(
                        decisions[row] == .undecided ? .null : (decisions[row].isAnomaly ? 1 : 0).databaseValue)
                }
                for measure in table.measures {
                    let value = measure.values[row]
                    values.append(
                        value.isNaN ? .null : measure.isFlag ? Int(value).databaseValue : value.databaseValue)
                }
                if let truth = table.truth {
                    values.append(truth[row].map { ($0 ? 1 : 0).databaseValue } ?? .null)
                }
                if table.includesReasons { values.append(table.scores.exclusions[row]?.databaseValue ?? .null) }
                statement.setUncheckedArguments(StatementArguments(values))
                try statement.execute()
            }
        }
    }
}
