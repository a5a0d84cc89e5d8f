import Foundation
import GRDB
import OutlierCore
import OutlierData
import Testing

@Suite struct JSONLinesTests {
    @Test func objectsOfEveryKind() throws {
        let text = """
            {"id": 7, "x": 1.5, "ok": true, "color": "r\\u00e9d\\ud83d\\ude00", "note": [1, {"a": "]"}], "y": 0}

            {"x": null, "ok": false, "id": "b\\"c", "color": "blue", "late": -2e3, "y": 1}
            { "color" : "blue" , "x" : NaN , "y" : 0 }
            """
        let file = try TemporaryFile(text, extension: "jsonl")
        for size in [1, 30, 1 << 20] {
            var options = ReadOptions(label: "y", identifier: "id", ignore: ["note"])
            options.chunkSize = size
            let table = try Table(contentsOf: file.path, options: options)
            #expect(
                table.rows.columns == [
                    Column("x"), Column("ok", kind: .boolean),
                    Column("color", kind: .category(levels: ["blue", "réd😀"])), Column("late"),
                ])
            #expect(table.identifiers == ["7", "b\"c", ""])
            #expect(table.truth == [false, true, false])
            #expect(table.rows.matrix[0, 0] == 1.5 && table.rows.matrix[1, 0].isNaN)
            #expect(table.rows.matrix[0, 3].isNaN && table.rows.matrix[1, 3] == -2000)
            #expect(table.rows.matrix[2, 1].isNaN && table.rows.matrix[2, 2] == 0)
        }
    }

    @Test(arguments: [
        ("{\"a\": 1}\n{\"a\": [1]}\n", 2), ("{\"a\": 1}\n{\"a\": 1, \"a\": 2}\n", 2), ("{\"a\": 1}\n\n{\"a\" 1}\n", 3),
        ("[1]\n", 1), ("{\"a\": 1} x\n", 1), ("{\"a\": \"\\ud800\"}\n", 1), ("{\"a\": 1", 1), ("{\"a\": tru}", 1),
        ("{\"a\": -}", 1),
    ])
    func errorsSayTheLine(_ text: String, _ line: Int) throws {
        let file = try TemporaryFile(text, extension: "ndjson")
        let error = #expect(throws: OutlierError.self) { try Table(contentsOf: file.path) }
        #expect(error?.location?.line == line)
    }
}

@Suite struct CompressionTests {
    static let text = "a,b\n" + (0..<5000).map { "\($0),\(Double($0).squareRoot())\n" }.joined()

    func packed(_ tool: String, _ text: String) throws -> [UInt8] {
        let file = try TemporaryFile(text)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool, "-c", file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Array(data)
    }

    @Test(arguments: ["gzip"]) func severalMembersAndDamage(_ tool: String) throws {
        let half = CompressionTests.text.utf8.count / 2
        let first = try packed(tool, String(CompressionTests.text.utf8.prefix(half)) ?? "")
        let second = try packed(tool, String(CompressionTests.text.utf8.dropFirst(half)) ?? "")
        // Whatever the name says: the first bytes decide.
        let file = try TemporaryFile(first + second, extension: "csv")
        let table = try Table(contentsOf: file.path)
        #expect(table.rows.rowCount == 5000 && table.rows.matrix[4999, 0] == 4999)
        for length in [5, 12, first.count / 2, first.count - 1, first.count + 30] {
            let short = try TemporaryFile((first + second)[..<length], extension: "csv.gz")
            #expect(throws: OutlierError.self) { try Table(contentsOf: short.path) }
        }
    }

    @Test(arguments: ["gz", "zst"]) func whatIsWrittenIsReadAndDamageIsFound(_ suffix: String) throws {
        let scores = (0..<20000).map { Double($0).squareRoot() }
        let file = TemporaryFile(extension: "csv.\(suffix)")
        try ScoreWriter(path: file.path).write(ScoreTable(scores: Scores(scores)))
        let bytes = try file.bytes
        #expect(bytes.starts(with: suffix == "gz" ? [0x1F, 0x8B] : [0x28, 0xB5, 0x2F, 0xFD]))
        #expect(try Table(contentsOf: file.path).rows.matrix.column(1) == scores)
        let twice = try TemporaryFile(bytes, extension: "x")
        #expect(try Table(contentsOf: twice.path).rows.rowCount == scores.count)
        for length in stride(from: 20, to: bytes.count, by: bytes.count / 9) {
            let short = try TemporaryFile(bytes[..<length], extension: "csv")
            #expect(throws: OutlierError.self) { try Table(contentsOf: short.path) }
        }
        var flipped = bytes
        flipped[bytes.count / 2] ^= 0x10
        let damaged = try TemporaryFile(flipped, extension: "csv")
        #expect(throws: OutlierError.self) { try Table(contentsOf: damaged.path) }
    }
}

@Suite struct DatabaseTests {
    func database(_ body: (Database) throws -> Void) throws -> TemporaryFile {
        let file = TemporaryFile(extension: "sqlite")
        let queue = try DatabaseQueue(path: file.path)
        try queue.write(body)
        try queue.close()
        return file
    }

    @Test func queriesAreRead() throws {
        let file = try database { database in
            try database.execute(
                sql: """
                    CREATE TABLE t (id TEXT, x REAL, n INTEGER, color TEXT, mixed, y INTEGER);
                    INSERT INTO t VALUES ('a', 1.5, 1, 'red', 1, 0), ('b', NULL, 2, 'blue', 'k', 1),
                        ('c', 3, 3, 'red', 'm', 0)
                    """)
        }
        let options = ReadOptions(label: "y", identifier: "id")
        let table = try Table(contentsOf: file.path, options: options)
        #expect(table.identifiers == ["a", "b", "c"] && table.truth == [false, true, false])
        #expect(table.rows.columns.map(\.kind.name) == ["number", "number", "category", "category"])
        #expect(table.rows.columns[3].levels == ["1", "k", "m"])
        #expect(table.rows.matrix[1, 0].isNaN && table.rows.matrix[2, 0] == 3)
        let query = ReadOptions(query: "SELECT x * 2 AS twice FROM t WHERE x > 0 ORDER BY x DESC")
        #expect(try Table(contentsOf: file.path, options: query).rows.matrix.values == [6, 3])
    }

    @Test(arguments: ["SELECT * FROM missing", "SELEC", "DELETE FROM t", "SELECT x'00' AS b", "SELECT 1 AS a WHERE 0"])
    func badQueriesAreErrors(_ query: String) throws {
        let file = try database { try $0.execute(sql: "CREATE TABLE t (x); INSERT INTO t VALUES (1)") }
        #expect(throws: OutlierError.self) { try Table(contentsOf: file.path, options: ReadOptions(query: query)) }
        #expect(try Table(contentsOf: file.path).rows.rowCount == 1)
    }

    @Test func whatIsNoDatabaseIsAnError() throws {
        let file = try TemporaryFile("SQLite format 3\0 and nothing behind it")
        #expect(throws: OutlierError.self) { try Table(contentsOf: file.path) }
    }

    @Test func scoresAreWrittenIntoATable() throws {
        let file = TemporaryFile(extension: "db")
        for turn in 1...2 {
            try ScoreWriter(path: file.path, tableName: "the \"scores\"").write(
                ScoreTable(
                    scores: Scores([0.5, Double(turn)]), decisions: Decisions([.normal, .anomaly]), truth: [nil, true],
                    identifiers: ["a", "b"], identifierName: "name"))
        }
        let table = try Table(contentsOf: file.path, options: ReadOptions(label: "truth", identifier: "name"))
        #expect(table.identifiers == ["a", "b"])
        #expect(table.rows.matrix.values == [0.5, 0, 2, 1])
        #expect(table.truth == [nil, true])
    }
}
