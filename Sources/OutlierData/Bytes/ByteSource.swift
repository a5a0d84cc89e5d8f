import OutlierCore

/// Bytes that come one piece after the other: a file, standard input, or what a compressed one unfolds to.
protocol ByteSource: AnyObject {
    /// Fills the buffer from its beginning and returns how many bytes it wrote: 0 at the end, and nowhere else.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

extension ByteSource {
    /// Appends up to `count` bytes. Fewer come only at the end.
    func append(_ count: Int, to bytes: inout [UInt8]) throws {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: count))
        var filled = start
        while filled < start + count {
            let got = try bytes.withUnsafeMutableBytes { try read(into: .init(rebasing: $0[filled...])) }
            if got == 0 { break }
            filled += got
        }
        bytes.removeLast(start + count - filled)
    }

    /// Everything that is left, at most `limit` bytes.
    ///
    /// - Throws: ``OutlierError/Code/malformedFile`` where there is more.
    func readAll(limit: Int = .max) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var step = 1 << 16
        while true {
            let before = bytes.count
            try append(step, to: &bytes)
            if bytes.count > limit {
                throw OutlierError(.malformedFile, "the data unfold to more than \(limit) bytes")
            }
            if bytes.count < before + step { return bytes }
            step = min(step * 2, 1 << 24)
        }
    }
}

/// Bytes that were read ahead, and then the source that they came from.
final class PrefixedSource: ByteSource {
    private var prefix: ArraySlice<UInt8>
    private let rest: any ByteSource

    init(_ prefix: [UInt8], then rest: any ByteSource) {
        self.prefix = prefix[...]
        self.rest = rest
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if prefix.isEmpty { return try rest.read(into: buffer) }
        let count = min(prefix.count, buffer.count)
        buffer.copyBytes(from: prefix.prefix(count))
        prefix.removeFirst(count)
        if prefix.isEmpty { prefix = [] }
        return count
    }
}
