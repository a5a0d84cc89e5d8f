import OutlierCore
import OutlierData
import Testing

@Suite struct NumPyTests {
    static let expected: [Double] = [0, 1, 2, 3, 100, 7, 5, 6, 127, 64, 9, 11]
    static let kinds = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]

    @Test(
        arguments: kinds.flatMap { ["little-\($0)", "big-\($0)"] } + ["fortran", "version-1", "version-2", "version-3"])
    func everyTypeOrderAndVersion(_ name: String) throws {
        let table = try Table(contentsOf: Fixture.path("\(name).npy"))
        #expect(table.rows.rowCount == 4 && table.rows.columnCount == 3)
        #expect(table.rows.matrix.values == NumPyTests.expected)
        #expect(table.rows.columns.map(\.name) == ["x1", "x2", "x3"])
    }

    @Test func booleansVectorsAndHalves() throws {
        #expect(
            try Table(contentsOf: Fixture.path("bool.npy")).rows.matrix.values
                == NumPyTests.expected.map { Int($0) % 2 == 1 ? 1 : 0 })
        let vector = try Table(contentsOf: Fixture.path("vector.npy")).rows.matrix
        #expect(vector.columnCount == 1 && vector[0, 0] == 1.5 && vector[1, 0].isNaN && vector[2, 0] == -.infinity)
        let half = try Table(contentsOf: Fixture.path("half.npy")).rows.matrix.values
        #expect(half[0] == 0.333251953125 && half[1] == 0x1p-24 && half[2] == -65504 && half[3] == .infinity)
        #expect(half[4].isNaN && half[5] == 0 && half[5].sign == .minus)
    }

    @Test(arguments: ["stored", "deflated"]) func archives(_ name: String) throws {
        let table = try Table(contentsOf: Fixture.path("\(name).npz"))
        #expect(table.rows.matrix.values == NumPyTests.expected)
        #expect(table.truth == [false, true, false, false])
        let named = try Table(contentsOf: Fixture.path("\(name).npz"), options: ReadOptions(label: "y", member: "X"))
        #expect(named.truth == table.truth)
    }

    @Test func archiveMembersAreNamed() throws {
        let path = Fixture.path("deflated.npz")
        #expect(
            try Table(contentsOf: path, options: ReadOptions(member: "other")).rows.matrix.values == [0, 1, 2, 3])
        let error = #expect(throws: OutlierError.self) {
            try Table(contentsOf: path, options: ReadOptions(member: "othr"))
        }
        #expect(error?.suggestion == "Did you mean “other”?")
        #expect(try Table(contentsOf: Fixture.path("forced-zip64.npz")).rows.matrix.values == NumPyTests.expected)
    }

    @Test(arguments: ["cube", "complex", "records"]) func whatIsNoTableIsRefused(_ name: String) {
        #expect(throws: OutlierError.self) { try Table(contentsOf: Fixture.path("\(name).npy")) }
    }

    @Test(arguments: [
        "(99999999999999999999, 2)", "(9223372036854775807, 2)", "(4611686018427387904, 4)", "(-1, 2)",
        "(1000000, 1000)",
        "(1000000000000,)", "(0, 3)", "(3", "()", "3", "(1.5,)",
    ])
    func hostileShapes(_ shape: String) throws {
        var header = "{'descr': '<f8', 'fortran_order': False, 'shape': \(shape), }"
        header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
        let bytes =
            [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8) + [UInt8](repeating: 0, count: 64)
        for name in ["npy", "npy.gz"] {
            let file = try TemporaryFile(bytes, extension: name)
            #expect(throws: OutlierError.self) { try Table(contentsOf: file.path) }
        }
    }

    @Test(arguments: ["little-f8.npy", "stored.npz", "deflated.npz", "forced-zip64.npz"])
    func truncationsAndFlippedBits(_ name: String) throws {
        let bytes = try Fixture.bytes(name)
        let suffix = name.hasSuffix("npz") ? "npz" : "npy"
        for length in stride(from: 0, to: bytes.count, by: 13) {
            let file = try TemporaryFile(bytes[..<length], extension: suffix)
            #expect(throws: OutlierError.self) { try Table(contentsOf: file.path) }
        }
        var random = RandomSource(seed: 3)
        for _ in 0..<150 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let file = try TemporaryFile(damaged, extension: suffix)
            do { _ = try Table(contentsOf: file.path) } catch is OutlierError {}
        }
    }
}
