import Foundation
import GRDB
import OutlierCore
import OutlierData
import Testing

/// `memory-limit` holds for every format: what it does not leave room for lies in a file.
@Suite struct MemoryLimitTests {
    private var tight: ReadOptions {
        var options = ReadOptions()
        options.memoryLimit = 64
        return options
    }

    @Test(arguments: ["little-f8.npy", "fortran.npy", "stored.npz", "deflated.npz"]) func arrays(_ name: String) throws
    {
        let table = try Table(contentsOf: Fixture.path(name), options: tight)
        #expect(table.rows.matrix.isMapped && table.rows.matrix.values == NumPyTests.expected)
        // Fewer columns, and codes, stay in a file.
        var options = tight
        options.ignore = ["x2"]
        options.columnKinds = ["x3": .category]
        let part = try Table(contentsOf: Fixture.path(name), options: options)
        let all = NumPyTests.expected
        #expect(part.rows.matrix.isMapped && part.rows.matrix.column(0) == [all[0], all[3], all[6], all[9]])
        let levels = try #require(part.rows.columns[1].levels)
        let words = part.rows.matrix.column(1).map { levels[Int($0)] }
        #expect(words == [all[2], all[5], all[8], all[11]].map { String(Int($0)) })
    }

    @Test func packedArrays() throws {
        for (name, suffix) in [("fortran.npy", "npy.gz"), ("stored.npz", "npz.gz")] {
            let file = TemporaryFile(extension: suffix)
            let shell = Process()
            shell.executableURL = URL(fileURLWithPath: "/bin/sh")
            shell.arguments = ["-c", "gzip -c \"$0\" > \"$1\"", Fixture.path(name), file.path]
            try shell.run()
            shell.waitUntilExit()
            let table = try Table(contentsOf: file.path, options: tight)
            #expect(table.rows.matrix.isMapped && table.rows.matrix.values == NumPyTests.expected)
            // Without its checksum it is cut off, although every number is there.
            let short = try TemporaryFile(file.bytes.dropLast(8), extension: suffix)
            #expect(throws: OutlierError.self) { try Table(contentsOf: short.path) }
        }
        let bomb = try TemporaryFile(Array("no zip".utf8), extension: "npz.gz")
        #expect(throws: OutlierError.self) { try Table(contentsOf: bomb.path, options: tight) }
    }

    @Test func databases() throws {
        let file = TemporaryFile(extension: "sqlite")
        let queue = try DatabaseQueue(path: file.path)
        try queue.write { database in
            try database.execute(sql: "CREATE TABLE t (a, b)")
            for row in 0..<50 { try database.execute(sql: "INSERT INTO t VALUES (?, ?)", arguments: [row, row * 2]) }
        }
        try queue.close()
        let table = try Table(contentsOf: file.path, options: tight)
        #expect(table.rows.matrix.isMapped && table.rows.matrix.column(1) == (0..<50).map { Double($0 * 2) })
    }

    /// Wide rows come in chunks of several: what a chunk takes for each column is little beside its values.
    @Test func wideText() throws {
        let width = 5_000
        let names = (0..<width).map { "c\($0)" }.joined(separator: ",")
        let rows = (0..<60).map { row in (0..<width).map { String(($0 * 7 + row) % 10) }.joined(separator: ",") }
        let file = try TemporaryFile(names + "\n" + rows.joined(separator: "\n") + "\n")
        var options = tight
        options.chunkSize = 1 << 14
        let table = try Table(contentsOf: file.path, options: options)
        #expect(table.rows.rowCount == 60 && table.rows.columnCount == width && table.rows.matrix.isMapped)
        #expect(table.rows.matrix[59, 4_999] == Double((4_999 * 7 + 59) % 10))
    }
}
