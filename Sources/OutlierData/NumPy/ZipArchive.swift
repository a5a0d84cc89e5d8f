import CZlib
import OutlierCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Bytes that can be read anywhere.
protocol ByteRange: AnyObject {
    var count: Int { get }
    /// Fills the buffer with the bytes from `offset` on, which must all be there.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws
}

final class MemoryRange: ByteRange {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var count: Int { bytes.count }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
        bytes.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[offset..<offset + buffer.count])) }
    }
}

class FileRange: ByteRange {
    private let descriptor: Int32
    private let path: String
    let count: Int

    init(path: String, count: Int) throws {
        self.path = path
        self.count = count
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw OutlierError.unreadable(path, errno) }
    }

    /// Takes over an open file.
    fileprivate init(descriptor: Int32, count: Int) {
        path = "a temporary file"
        self.count = count
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
        var filled = 0
        while filled < buffer.count {
            let got = pread(
                descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, off_t(offset + filled))
            if got < 0, errno == EINTR { continue }
            if got < 0 { throw OutlierError.unreadable(path, errno) }
            if got == 0 { throw OutlierError(.malformedFile, "the file became shorter while it was read") }
            filled += got
        }
    }
}

/// All bytes of a source, in a temporary file that nobody else sees.
final class SpooledRange: FileRange {
    init(_ source: any ByteSource) throws {
        let folder = TemporaryFolder.path
        var path = Array((folder + "/outlier-XXXXXX").utf8CString)
        let file = mkstemp(&path)
        guard file >= 0 else { throw OutlierError.unwritable(folder, errno) }
        unlink(path)
        do {
            super.init(descriptor: file, count: try SpooledRange.copy(source, to: file, folder))
        } catch {
            close(file)
            throw error
        }
    }

    private static func copy(_ source: any ByteSource, to file: Int32, _ folder: String) throws -> Int {
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        var total = 0
        while true {
            let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
            if count == 0 { return total }
            var done = 0
            while done < count {
                let written = buffer.withUnsafeBytes { bytes in
                    bytes.baseAddress.map { write(file, $0 + done, count - done) } ?? -1
                }
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw OutlierError.unwritable(folder, errno) }
                done += written
            }
            total += count
        }
    }
}

/// The members of a zip archive (also of more than 4 GiB).
struct ZipArchive {
    struct Member {
        var name: String
        var isDeflated: Bool
        var checksum: UInt32
        var packedSize: Int
        var size: Int
        fileprivate var headerOffset: Int
    }

    private let range: any ByteRange
    private(set) var members: [Member] = []

    /// Deflate makes nothing more than 1032 times smaller: what says so is no archive, but a bomb.
    private static let highestRatio = 1032

    init(_ range: any ByteRange) throws {
        self.range = range
        let end = try ZipArchive.endRecord(range)
        var fields = try ByteFields(range, at: end.offset, count: end.size)
        for _ in 0..<end.count { members.append(try ZipArchive.member(&fields, range)) }
    }

    /// The bytes of a member, unpacked and checked.
    func open(_ member: Member) throws -> any ByteSource {
        var fields = try ByteFields(range, at: member.headerOffset, count: 30)
        guard try fields.integer(4) == 0x0403_4B50 else { throw ZipArchive.damaged }
        try fields.skip(22)
        let start = try member.headerOffset + 30 + fields.integer(2) + fields.integer(2)
        guard start <= range.count, member.packedSize <= range.count - start else { throw ZipArchive.damaged }
        let packed = RangeSource(range, start..<start + member.packedSize)
        let bytes: any ByteSource = member.isDeflated ? try InflatingSource(packed, format: .raw) : packed
        return CheckedSource(bytes, size: member.size, checksum: member.checksum)
    }

    private static var damaged: OutlierError {
        OutlierError(.malformedFile, "this is no zip archive, or it is damaged")
    }

    /// Where the directory is, and how many members it has.
    private static func endRecord(_ range: any ByteRange) throws -> (offset: Int, size: Int, count: Int) {
        let length = min(range.count, 22 + 0xFFFF)
        let tailStart = range.count - length
        let tail = try ByteFields(range, at: tailStart, count: length).bytes
        guard length >= 22,
            let found = (0...(length - 22)).reversed().first(where: { tail[$0...].starts(with: [0x50, 0x4B, 5, 6]) })
        else { throw damaged }
        var fields = try ByteFields(range, at: tailStart + found, count: 22)
        try fields.skip(10)
        var count = try fields.integer(2)
        var size = try fields.integer(4)
        var offset = try fields.integer(4)
        let locator = tailStart + found - 20
        if count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF, locator >= 0 {
            var fields = try ByteFields(range, at: locator, count: 20)
            if try fields.integer(4) == 0x0706_4B50 {
                try fields.skip(4)
                var large = try ByteFields(range, at: try fields.integer(8), count: 56)
                guard try large.integer(4) == 0x0606_4B50 else { throw damaged }
                try large.skip(28)
                count = try large.integer(8)
                size = try large.integer(8)
                offset = try large.integer(8)
            }
        }
        // Every entry of the directory takes 46 bytes at least.
        guard offset <= range.count, size <= range.count - offset, count <= size / 46 else { throw damaged }
        return (offset, size, count)
    }

    private static func member(_ fields: inout ByteFields, _ range: any ByteRange) throws -> Member {
        guard try fields.integer(4) == 0x0201_4B50 else { throw damaged }
        try fields.skip(4)
        let flags = try fields.integer(2)
        let method = try fields.integer(2)
        try fields.skip(4)
        let checksum = UInt32(try fields.integer(4))
        var packedSize = try fields.integer(4)
        var size = try fields.integer(4)
        let nameLength = try fields.integer(2)
        let extraLength = try fields.integer(2)
        let commentLength = try fields.integer(2)
        try fields.skip(8)
        var offset = try fields.integer(4)
        let name = String(decoding: try fields.take(nameLength), as: UTF8.self)
        var extra = ByteFields(bytes: try fields.take(extraLength))
        try fields.skip(commentLength)
        while extra.remaining >= 4 {
            let identifier = try extra.integer(2)
            var entry = ByteFields(bytes: try extra.take(try extra.integer(2)))
            guard identifier == 1 else { continue }
            if size == 0xFFFF_FFFF { size = try entry.integer(8) }
            if packedSize == 0xFFFF_FFFF { packedSize = try entry.integer(8) }
            if offset == 0xFFFF_FFFF { offset = try entry.integer(8) }
        }
        guard flags & 1 == 0 else {
            throw OutlierError(.malformedFile, "the member “\(name)” of the archive is encrypted")
        }
        guard method == 0 || method == 8 else {
            throw OutlierError(
                .malformedFile, "the member “\(name)” is packed by a method (\(method)) that is not read")
        }
        guard packedSize <= range.count, offset <= range.count - 30,
            method == 8 ? size / highestRatio <= packedSize : size == packedSize
        else { throw damaged }
        return Member(
            name: name, isDeflated: method == 8, checksum: checksum, packedSize: packedSize, size: size,
            headerOffset: offset)
    }
}

/// Little-endian numbers one after the other.
struct ByteFields {
    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    init(_ range: any ByteRange, at offset: Int, count: Int) throws {
        guard offset >= 0, count >= 0, offset <= range.count, count <= range.count - offset else {
            throw ByteFields.tooShort
        }
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { try range.read(at: offset, into: $0) }
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - position }

    private static var tooShort: OutlierError {
        OutlierError(.malformedFile, "this is no zip archive, or it is damaged")
    }

    mutating func take(_ count: Int) throws -> [UInt8] {
        guard count <= remaining else { throw ByteFields.tooShort }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    mutating func skip(_ count: Int) throws {
        guard count <= remaining else { throw ByteFields.tooShort }
        position += count
    }

    mutating func integer(_ size: Int) throws -> Int {
        let value = try take(size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let value = Int(exactly: value) else { throw ByteFields.tooShort }
        return value
    }
}

/// A part of what can be read anywhere.
final class RangeSource: ByteSource {
    private let range: any ByteRange
    private var rest: Range<Int>

    init(_ range: any ByteRange, _ part: Range<Int>) {
        self.range = range
        rest = part
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = min(buffer.count, rest.count)
        guard count > 0 else { return 0 }
        try range.read(at: rest.lowerBound, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
        rest = rest.lowerBound + count..<rest.upperBound
        return count
    }
}

/// Bytes of which the number and the checksum are known.
final class CheckedSource: ByteSource {
    private let source: any ByteSource
    private let checksum: UInt32
    private var remaining: Int
    private var current: UInt

    init(_ source: any ByteSource, size: Int, checksum: UInt32) {
        self.source = source
        self.checksum = checksum
        remaining = size
        current = crc32(0, nil, 0)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let wanted = min(buffer.count, remaining, 1 << 30)
        guard wanted > 0 else { return 0 }
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
        let count = try source.read(into: part)
        guard count > 0 else {
            throw OutlierError(.malformedFile, "a member of the archive is shorter than the archive says")
        }
        current = crc32(current, part.bindMemory(to: UInt8.self).baseAddress, UInt32(count))
        remaining -= count
        if remaining == 0, UInt32(truncatingIfNeeded: current) != checksum {
            throw OutlierError(.malformedFile, "a member of the archive is damaged: its checksum is another")
        }
        return count
    }
}
