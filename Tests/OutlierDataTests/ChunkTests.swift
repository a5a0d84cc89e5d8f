import OutlierCore
import OutlierData
import Testing

@Suite struct ChunkTests {
    /// The bit patterns of a table, and everything else that it says.
    func contents(_ table: Table) -> [String] {
        table.rows.matrix.values.map { $0.isNaN ? "nan" : String($0.bitPattern) }
            + table.rows.columns.map { "\($0)" } + (table.identifiers ?? [])
            + (table.truth ?? []).map { String(describing: $0) }
    }

    static let tricky =
        "id,number,word,flag,day,mixed,label\r\n\"a,1\",1.5e-3,red,yes,2024-02-29T12:00:00.5Z,a1,0\r\n"
        + "\"b\r\n\"\"two\"\"\r\n\",-2,\"gr\r\n\"\"een\",no,2024-03-01,2,1\r\n\r\nc\"x,NA, red ,,,b2,0\r\n"
        + "d,+.5,NA,T,1969-12-31 23:59:59+01:00,c3,1\n\"\",1e400,blue,f,2000-01-01T24:00,\"4\",0"

    @Test(arguments: [1, 2, 3]) func everyChunkSizeGivesTheSameTable(_ threads: Int) throws {
        let file = try TemporaryFile(ChunkTests.tricky)
        var options = ReadOptions(label: "label", identifier: "id")
        let whole = try Table(contentsOf: file.path, options: options)
        #expect(whole.identifiers == ["a,1", "b\r\n\"two\"\r\n", "c\"x", "d", ""])
        #expect(whole.rows.matrix.column(0).map { $0.isNaN ? 0 : $0 } == [1.5e-3, -2, 0, 0.5, .infinity])
        #expect(whole.rows.columns[1].levels == ["blue", "gr\r\n\"een", "red"])
        #expect(whole.rows.columns[4].levels == ["2", "4", "a1", "b2", "c3"])
        #expect(whole.rows.matrix[0, 3] == 1_709_208_000.5 && whole.rows.matrix[3, 3] == -3601)
        for size in 1...ChunkTests.tricky.utf8.count {
            options.chunkSize = size
            let table = try Table(contentsOf: file.path, options: options, execution: Execution(threads: threads))
            #expect(contents(table) == contents(whole), "chunks of \(size) bytes")
        }
    }

    @Test(arguments: [1, 3]) func tablesInFilesAreTheSame(_ threads: Int) throws {
        let file = try TemporaryFile(ChunkTests.tricky)
        var options = ReadOptions(label: "label", identifier: "id")
        options.missing.append("-2")
        let whole = try Table(contentsOf: file.path, options: options)
        options.memoryLimit = 1
        for size in [1, 60, 1 << 20] {
            options.chunkSize = size
            let table = try Table(contentsOf: file.path, options: options, execution: Execution(threads: threads))
            #expect(table.rows.matrix.isMapped)
            #expect(contents(table) == contents(whole), "chunks of \(size) bytes")
        }
        let array = try Table(contentsOf: Fixture.path("little-f8.npy"))
        var limited = ReadOptions()
        limited.memoryLimit = 1
        let mapped = try Table(contentsOf: Fixture.path("little-f8.npy"), options: limited)
        #expect(mapped.rows.matrix.isMapped)
        #expect(contents(mapped) == contents(array))
    }

    @Test(arguments: ["awkward", "awkward-tabs"]) func whatPythonWritesIsReadBack(_ name: String) throws {
        let lines = String(decoding: try Fixture.bytes("awkward.txt"), as: UTF8.self).split(separator: "\n")
        for size in [64, 1 << 20] {
            var options = ReadOptions(identifier: "name")
            options.chunkSize = size
            let table = try Table(contentsOf: Fixture.path("\(name).csv"), options: options)
            #expect(table.rows.rowCount == lines.count)
            for (row, line) in lines.enumerated() {
                let parts = line.split(separator: " ")
                let hex = table.identifiers?[row].utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                #expect(hex == String(parts[0]))
                #expect(table.rows.matrix[row, 0] == Double(parts[1]))
            }
        }
    }

    @Test func aColumnMayTurnIntoWordsLate() throws {
        let text = "x,y\n" + (0..<300).map { "0\($0),\($0)\n" }.joined() + (0..<400).map { "a\($0 % 7),1\n" }.joined()
        let file = try TemporaryFile(text)
        var options = ReadOptions(columnKinds: ["x": .category])
        let whole = try Table(contentsOf: file.path, options: options)
        #expect(whole.rows.columns[0].levels?.contains("07") == true)
        options.columnKinds = [:]
        options.chunkSize = 50
        let mixed = try TemporaryFile(
            "x,y\n" + (0..<30).map { "0\($0 % 5),\($0)\n" }.joined() + (0..<400).map { "a\($0 % 7),1\n" }.joined())
        let table = try Table(contentsOf: mixed.path, options: options)
        #expect(table.rows.columns[0].levels?.count == 12)
        #expect(table.rows.columns[0].levels?.first == "00")
    }

    @Test func errorsSayTheLineInAnyChunk() throws {
        var options = ReadOptions()
        for size in [1, 7, 64, 1 << 20] {
            options.chunkSize = size
            let ragged = try TemporaryFile("a,b\n" + String(repeating: "1,\"2\"\n", count: 500) + "1\n1,2,3\n")
            let error = #expect(throws: OutlierError.self) { try Table(contentsOf: ragged.path, options: options) }
            #expect(error?.location?.line == 502, "chunks of \(size) bytes")
            let text = try TemporaryFile("a,b\n" + String(repeating: "1,2\n", count: 500) + "1,two\n1,three\n")
            let misfit = #expect(throws: OutlierError.self) { try Table(contentsOf: text.path, options: options) }
            #expect(misfit?.location?.line == 502 && misfit?.location?.column == 3)
            #expect(misfit?.message.contains("row 501") == true)
            let open = try TemporaryFile("a,b\n" + String(repeating: "1,2\n", count: 500) + "1,\"2\n3,4\n")
            let unclosed = #expect(throws: OutlierError.self) { try Table(contentsOf: open.path, options: options) }
            #expect(unclosed?.location?.line == 502)
        }
    }

    @Test func randomTablesComeBack() throws {
        var random = RandomSource(seed: 11)
        let pieces = ["\"", ",", "\n", "\r\n", " ", "é", "x", "\t", "1", ""]
        for _ in 0..<40 {
            let count = Int.random(in: 1...60, using: &random)
            let names = (0..<count).map { row in
                "\(row)" + (0..<4).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
            }
            let scores = (0..<count).map { _ in
                Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &random))
            }.map { $0.isNaN ? 0 : $0 }
            let file = TemporaryFile(extension: "csv")
            try ScoreWriter(path: file.path).write(
                ScoreTable(scores: Scores(scores), identifiers: names, identifierName: "the \"name\""))
            var options = ReadOptions(identifier: "the \"name\"")
            options.chunkSize = Int.random(in: 1...200, using: &random)
            let table = try Table(contentsOf: file.path, options: options)
            #expect(table.identifiers == names)
            #expect(table.rows.matrix.values == scores)
        }
    }

    @Test func randomBytesNeverCrash() throws {
        var random = RandomSource(seed: 12)
        let alphabet = Array("\"\",,\n\r\n \t;|1.5e-aé{}:[]\\u0\u{0}".utf8) + [0xFF]
        for turn in 0..<1000 {
            let bytes = (0..<Int.random(in: 0...120, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            let file = try TemporaryFile(bytes, extension: turn % 2 == 0 ? "csv" : "jsonl")
            var options = ReadOptions()
            options.chunkSize = Int.random(in: 1...40, using: &random)
            do { _ = try Table(contentsOf: file.path, options: options) } catch is OutlierError {}
        }
    }
}
