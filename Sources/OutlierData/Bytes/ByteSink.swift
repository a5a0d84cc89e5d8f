import CZlib
import CZstd
import OutlierCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Takes bytes one piece after the other. What is not finished leaves no file behind.
protocol ByteSink: AnyObject {
    func write(_ bytes: UnsafeRawBufferPointer) throws
    /// Says that there will be no more. The file gets its name.
    func finish() throws
}

/// Opens what a path stands for: `-` is standard output; `.gz` and `.zst` are packed.
enum ByteSinks {
    static func open(path: String) throws -> any ByteSink {
        if path == "-" { return StandardOutput() }
        let file = try FileSink(path: path)
        return switch Compression(path: path) {
        case .gzip: try DeflatingSink(file)
        case .zstd: try ZstdSink(file)
        case nil: file
        }
    }
}

final class FileSink: ByteSink {
    private let file: AtomicFile

    init(path: String) throws { file = try AtomicFile(path: path) }

    func write(_ bytes: UnsafeRawBufferPointer) throws { try file.write(bytes) }
    func finish() throws { try file.commit() }
}

final class StandardOutput: ByteSink {
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while let base = rest.baseAddress, rest.count > 0 {
            #if canImport(Glibc)
                let written = Glibc.write(STDOUT_FILENO, base, rest.count)
            #else
                let written = Darwin.write(STDOUT_FILENO, base, rest.count)
            #endif
            if written < 0 {
                if errno == EINTR { continue }
                throw OutlierError.unwritable("standard output", errno)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    func finish() throws {}
}

/// Packs as gzip does.
final class DeflatingSink: ByteSink {
    private let sink: any ByteSink
    private let stream: UnsafeMutablePointer<z_stream>
    private let output: UnsafeMutableBufferPointer<UInt8>

    init(_ sink: any ByteSink) throws {
        self.sink = sink
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = .allocate(capacity: 1 << 17)
        let code = deflateInit2_(
            stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw OutlierError(.outputFailed, "zlib cannot begin to pack (\(code))") }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while rest.count > 0 {
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            // zlib reads the input and does not change it.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: part.bindMemory(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = UInt32(part.count)
            while stream.pointee.avail_in > 0 { try step(Z_NO_FLUSH) }
            rest = UnsafeRawBufferPointer(rebasing: rest[part.count...])
        }
    }

    func finish() throws {
        while try step(Z_FINISH) != Z_STREAM_END {}
        try sink.finish()
    }

    @discardableResult
    private func step(_ flush: Int32) throws -> Int32 {
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        let code = deflate(stream, flush)
        guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
            throw OutlierError(.outputFailed, "zlib cannot pack (\(code))")
        }
        let count = output.count - Int(stream.pointee.avail_out)
        try sink.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<count]))
        return code
    }
}

/// Packs as zstd does.
final class ZstdSink: ByteSink {
    private let sink: any ByteSink
    private let stream: OpaquePointer
    private let storage: UnsafeMutableRawBufferPointer

    init(_ sink: any ByteSink) throws {
        guard let stream = ZSTD_createCStream() else {
            throw OutlierError(.outputFailed, "zstd cannot begin to pack")
        }
        self.sink = sink
        self.stream = stream
        storage = .allocate(byteCount: ZSTD_CStreamOutSize(), alignment: 16)
        ZSTD_CCtx_setParameter(stream, ZSTD_c_checksumFlag, 1)
    }

    deinit {
        ZSTD_freeCStream(stream)
        storage.deallocate()
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        while input.pos < input.size { _ = try step(&input, ZSTD_e_continue) }
    }

    func finish() throws {
        var input = ZSTD_inBuffer(src: nil, size: 0, pos: 0)
        while try step(&input, ZSTD_e_end) != 0 {}
        try sink.finish()
    }

    private func step(_ input: inout ZSTD_inBuffer, _ directive: ZSTD_EndDirective) throws -> Int {
        var output = ZSTD_outBuffer(dst: storage.baseAddress, size: storage.count, pos: 0)
        let left = ZSTD_compressStream2(stream, &output, &input, directive)
        if ZSTD_isError(left) != 0 {
            throw OutlierError(.outputFailed, "zstd cannot pack: \(String(cString: ZSTD_getErrorName(left)))")
        }
        try sink.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage)[..<output.pos]))
        return left
    }
}
