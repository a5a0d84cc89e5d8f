import Foundation
import OutlierCore
import Testing

@Suite struct HostileFileTests {
    /// A model's bytes with another header and the checksum that belongs to it.
    private func archive(_ change: (inout String) -> Void) throws -> [UInt8] {
        var archive = ModelArchive()
        archive.store([1.0, 2, 3, 4], as: "a")
        archive.store([5.0, 6, 7, 8], as: "b")
        archive.store(2_000_000_000, as: "columns")
        archive.store(12, as: "few")
        let bytes = try archive.bytes()
        let length = Int(bytes[0]) | Int(bytes[1]) << 8
        var header = String(decoding: bytes[8..<8 + length], as: UTF8.self)
        let marker = try #require(header.range(of: "\"checksum\": \""))
        let digits = marker.upperBound..<header.index(marker.upperBound, offsetBy: 16)
        header.replaceSubrange(digits, with: String(repeating: "0", count: 16))
        change(&header)
        while header.utf8.count % 8 != 0 { header += " " }
        let body = Array(bytes[(8 + length)...])
        let sum = String(Self.crc(Array(header.utf8) + body), radix: 16)
        header.replaceSubrange(digits, with: String(repeating: "0", count: 16 - sum.count) + sum)
        return withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + Array(header.utf8) + body
    }

    /// CRC-64/XZ, bit by bit, as its definition has it.
    private static func crc(_ bytes: [UInt8]) -> UInt64 {
        var state = ~UInt64(0)
        for byte in bytes {
            state ^= UInt64(byte)
            for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0xC96C_5795_D787_0F42 : state >> 1 }
        }
        return ~state
    }

    private func read(_ bytes: [UInt8]) throws -> ModelArchive {
        try bytes.withUnsafeBytes { try ModelArchive(bytes: $0) }
    }

    @Test func tensorsThatShareBytes() throws {
        #expect(try read(archive { _ in }).doubles("b") == [5, 6, 7, 8])
        for change in ["[0, 32]", "[16, 48]"] {
            let bytes = try archive { $0 = $0.replacing("[32, 64]", with: change) }
            let error = #expect(throws: OutlierError.self) { try read(bytes) }
            #expect(error?.code == .invalidModel && error?.message.contains("one behind the other") == true)
        }
    }

    @Test func columnsThatTheFileCannotHold() throws {
        let archive = try read(archive { _ in })
        #expect(try archive.columnCount("few") == 12)
        let error = #expect(throws: OutlierError.self) { try archive.columnCount("columns") }
        #expect(error?.code == .invalidModel && error?.message.contains("2000000000") == true)
    }

    @Test func childrenHaveTheirNames() throws {
        var archive = ModelArchive()
        for index in 0..<3000 {
            var child = ModelArchive()
            child.store([Double(index)], as: "x")
            child.store(index, as: "deep/n")
            archive.store(child, as: "member-\(index)")
        }
        let whole = try read(archive.bytes())
        for index in 0..<3000 {
            let child = try whole.child("member-\(index)")
            #expect(try child.doubles("x") == [Double(index)])
            #expect(try child.child("deep").integer("n", in: 0...3000) == index)
        }
        #expect(try !whole.child("member-30000").hasTensor("x"))
    }

    @Test func whatCannotBeLoadedIsNotSaved() throws {
        var archive = ModelArchive()
        archive.store([1.0], as: "x")
        for _ in 0..<33 {
            var outer = ModelArchive()
            outer.store(archive, as: "inner")
            archive = outer
        }
        #expect(throws: OutlierError.self) { try archive.bytes() }
    }

    @Test func memoryIsAskedForBefore() throws {
        try MachineMemory.require(elements: [1000, 1000], for: "a small table")
        for factors in [[Int.max, Int.max], [1 << 40, 3], [1 << 20, 1 << 20, 8]] {
            let error = #expect(throws: OutlierError.self) {
                try MachineMemory.require(
                    elements: factors, for: "the rows", instead: "Take fewer.", component: "one-hot")
            }
            #expect(error?.message.contains("the rows") == true && error?.suggestion == "Take fewer.")
        }
    }

    @Test func wholeNumbersOutOfAnyNumber() {
        for value in [Double.nan, .infinity, -.infinity, 1e19, -1e19, 0x1p63] {
            #expect(CheckedNumbers.whole(value) == nil)
        }
        #expect(CheckedNumbers.whole(2.9) == 2 && CheckedNumbers.whole(-2.9) == -2)
        #expect(CheckedNumbers.whole(-0x1p63) == Int.min)
        #expect(CheckedNumbers.whole(.nan, in: 0...9) == 0 && CheckedNumbers.whole(.infinity, in: 0...9) == 9)
        #expect(CheckedNumbers.whole(1e300, in: 0...Int.max) == Int.max)
        #expect(CheckedNumbers.product([1 << 32, 1 << 31]) == nil && CheckedNumbers.product([3, 4, 5]) == 60)
    }

    /// The Gregorian calendar of ISO 8601, which goes on before 1582.
    @Test func datesOfAnyTime() {
        let day = 86_400.0
        let dates: [(Double, String)] = [
            (0, "1970-01-01"), (-141_428 * day, "1582-10-14"), (-141_427 * day, "1582-10-15"),
            (-719_162 * day, "0001-01-01"), (-719_163 * day, "0000-12-31"),
            (19_782 * day + 3661, "2024-02-29T01:01:01Z"),
        ]
        for (seconds, text) in dates {
            #expect(ValueText.text(seconds, of: Column("d", kind: .date)) == text)
        }
        for value in [Double.infinity, -1e300, 1e14, 1e308] {
            #expect(!ValueText.text(value, of: Column("d", kind: .date)).contains("T"))
        }
    }
}
