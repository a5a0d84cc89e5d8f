import Foundation
import GRDB
import OutlierCore
import OutlierData
import Testing

/// Small files that ask for much: each is an error, or is read without it.
@Suite struct HostileTextTests {
    @Test func aNewKeyInEachLine() throws {
        let file = try TemporaryFile(
            (0..<60_000).map { "{\"k\($0)\":1}\n" }.joined(), extension: "jsonl")
        let error = #expect(throws: OutlierError.self) { try Table(contentsOf: file.path) }
        #expect(error?.code == .malformedFile && error?.message.contains("different keys") == true)
    }

    /// Two keys that Unicode calls equal are two keys of the file, and no table has two columns of one name.
    @Test func keysThatAreOneToUnicode() throws {
        let file = try TemporaryFile("{\"\u{E9}\": 1, \"e\u{301}\": 2}\n", extension: "jsonl")
        let error = #expect(throws: OutlierError.self) { try Table(contentsOf: file.path) }
        #expect(error?.code == .malformedFile)
        let bytes = try TemporaryFile(Array("{\"".utf8) + [0xFF] + Array("\": 1}\n".utf8), extension: "jsonl")
        let other = #expect(throws: OutlierError.self) { try Table(contentsOf: bytes.path) }
        #expect(other?.code == .malformedFile && other?.message.contains("UTF-8") == true)
    }

    @Test func identifiersMustBeUTF8() throws {
        let file = try TemporaryFile(Array("id,x\na".utf8) + [0xE9] + Array(",1\nb,2\n".utf8))
        let error = #expect(throws: OutlierError.self) {
            try Table(contentsOf: file.path, options: ReadOptions(identifier: "id"))
        }
        #expect(error?.code == .malformedFile && error?.message.contains("“id”") == true)
    }

    @Test func viewsWithoutEnd() throws {
        let file = TemporaryFile(extension: "sqlite")
        let queue = try DatabaseQueue(path: file.path)
        try queue.write {
            try $0.execute(
                sql: "CREATE VIEW v AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n")
        }
        try queue.close()
        let error = #expect(throws: OutlierError.self) { try Table(contentsOf: file.path) }
        #expect(error?.code == .invalidValue && error?.suggestion?.contains("LIMIT") == true)
        #expect(
            try Table(contentsOf: file.path, options: ReadOptions(query: "SELECT x FROM v LIMIT 7")).rows.rowCount == 7)
        #expect(throws: OutlierError.self) {
            try Table(contentsOf: file.path, options: ReadOptions(query: "SELECT hex(zeroblob(500000000)) AS t"))
        }
    }

    /// Words whose plain hash has the same low bits: found by search, as somebody who means harm would.
    @Test func wordsThatCollide() throws {
        var words: [String] = []
        var number: UInt64 = 0
        // The reader's plain hash of eight bytes, whose low bits say where a word goes.
        func slot(_ part: UInt64) -> UInt64 {
            func mix(_ value: UInt64) -> UInt64 {
                let product = value &* 0xFF51_AFD7_ED55_8CCD
                return product ^ (product >> 32)
            }
            return mix(mix((0x9E37_79B9_7F4A_7C15 ^ 8) ^ part)) & 0x3FF
        }
        while words.count < 400 {
            let text = String(number, radix: 36)
            let word = String(repeating: "a", count: 8 - text.count) + text
            let part = word.utf8.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            if slot(part) == 7 { words.append(word) }
            number += 1
        }
        let file = try TemporaryFile("w,x\n" + words.map { "\($0),1\n" }.joined())
        let table = try Table(contentsOf: file.path, options: ReadOptions(columnKinds: ["w": .category]))
        #expect(table.rows.columns[0].levels == Set(words).sorted())
    }
}
