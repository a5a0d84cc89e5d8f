import CZlib
import CZstd
import OutlierCore

/// A way to make bytes fewer.
enum Compression {
    case gzip
    case zstd

    /// The compression that bytes begin like.
    init?(firstBytes bytes: [UInt8]) {
        if bytes.starts(with: [0x1F, 0x8B, 0x08]) {
            self = .gzip
        } else if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            self = .zstd
        } else if bytes.count >= 4, bytes[0] & 0xF0 == 0x50, bytes[1...3] == [0x2A, 0x4D, 0x18] {
            // A frame that is to be skipped may stand before the first that is not.
            self = .zstd
        } else {
            return nil
        }
    }

    /// The compression that a file's extension asks for.
    init?(path: String) {
        let name = path.lowercased()
        if name.hasSuffix(".gz") {
            self = .gzip
        } else if name.hasSuffix(".zst") {
            self = .zstd
        } else {
            return nil
        }
    }

    func unpacked(_ bytes: any ByteSource) throws -> any ByteSource {
        switch self {
        case .gzip: try InflatingSource(bytes, format: .gzip)
        case .zstd: try ZstdSource(bytes)
        }
    }
}

/// What deflated bytes unfold to.
final class InflatingSource: ByteSource {
    enum Format: Int32 {
        /// With gzip's header and checksum; several members may follow each other.
        case gzip = 31
        /// As the members of a zip archive are.
        case raw = -15
    }

    private let source: any ByteSource
    private let format: Format
    private var stream: UnsafeMutablePointer<z_stream>
    private var input: UnsafeMutableBufferPointer<UInt8>
    private var isEnded = false
    /// Whether a member is being read, so that the end of the input is too early.
    private var isWithin = false

    init(_ source: any ByteSource, format: Format) throws {
        self.source = source
        self.format = format
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        input = .allocate(capacity: 1 << 17)
        let code = inflateInit2_(stream, format.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw OutlierError(.inputOutput, "zlib cannot begin to unpack (\(code))") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let wanted = min(buffer.count, Int(Int32.max))
        guard wanted > 0, !isEnded else { return 0 }
        stream.pointee.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(wanted)
        while stream.pointee.avail_out == UInt32(wanted) {
            if stream.pointee.avail_in == 0, try !refill() { break }
            isWithin = true
            let code = inflate(stream, Z_NO_FLUSH)
            switch code {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END:
                isWithin = false
                if try !beginNextMember() { isEnded = true }
            default:
                let reason = stream.pointee.msg.map { String(cString: $0) } ?? "error \(code)"
                throw OutlierError(.malformedFile, "the compressed data are damaged: \(reason)")
            }
            if isEnded { break }
        }
        return wanted - Int(stream.pointee.avail_out)
    }

    /// False at the end of the input.
    private func refill() throws -> Bool {
        let count = try source.read(into: UnsafeMutableRawBufferPointer(input))
        if count == 0 {
            if isWithin { throw OutlierError(.malformedFile, "the compressed data end too early") }
            isEnded = true
            return false
        }
        stream.pointee.next_in = input.baseAddress
        stream.pointee.avail_in = UInt32(count)
        return true
    }

    /// False where nothing follows the member that ended, or only zeros, which pad it.
    private func beginNextMember() throws -> Bool {
        guard format == .gzip else { return false }
        while true {
            if stream.pointee.avail_in == 0, try !refill() { return false }
            guard let next = stream.pointee.next_in else { return false }
            if next.pointee != 0 { break }
            stream.pointee.next_in = next + 1
            stream.pointee.avail_in -= 1
        }
        guard inflateReset(stream) == Z_OK else { return false }
        return true
    }
}

/// What bytes that zstd made unfold to; several frames may follow each other.
final class ZstdSource: ByteSource {
    private let source: any ByteSource
    private let stream: OpaquePointer
    private var storage: UnsafeMutableRawBufferPointer
    private var input: ZSTD_inBuffer
    private var isEnded = false
    /// What the last step said it still expects; 0 between two frames.
    private var expected = 0

    init(_ source: any ByteSource) throws {
        guard let stream = ZSTD_createDStream() else {
            throw OutlierError(.inputOutput, "zstd cannot begin to unpack")
        }
        self.source = source
        self.stream = stream
        storage = .allocate(byteCount: ZSTD_DStreamInSize(), alignment: 16)
        input = ZSTD_inBuffer(src: storage.baseAddress, size: 0, pos: 0)
        // A frame may ask for a window of any size; this much memory it gets (zstd -d's own limit).
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 27)
    }

    deinit {
        ZSTD_freeDStream(stream)
        storage.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard buffer.count > 0, !isEnded else { return 0 }
        var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        while output.pos == 0 {
            var isInputEnded = false
            if input.pos == input.size {
                let count = try source.read(into: storage)
                input = ZSTD_inBuffer(src: storage.baseAddress, size: count, pos: 0)
                isInputEnded = count == 0
                if isInputEnded, expected == 0 {
                    isEnded = true
                    return 0
                }
            }
            expected = ZSTD_decompressStream(stream, &output, &input)
            if ZSTD_isError(expected) != 0 {
                throw OutlierError(
                    .malformedFile, "the compressed data are damaged: \(String(cString: ZSTD_getErrorName(expected)))")
            }
            // Without input there may still be output that the decoder holds back, but nothing else.
            if isInputEnded, output.pos == 0, expected != 0 {
                throw OutlierError(.malformedFile, "the compressed data end too early")
            }
        }
        return output.pos
    }
}
