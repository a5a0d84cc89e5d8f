internal import CPluginProcess
internal import OutlierCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What an isolated plug-in's process and its host say to each other: JSON, and bytes that JSON has no word for. Tables of
/// numbers go through shared memory instead.
struct WorkerMessage {
    var value: Value
    var bytes: [UInt8] = []

    /// The descriptors of the worker's process.
    enum Descriptor {
        static let messages: Int32 = 3
        static let segment: Int32 = 4
        static let control: Int32 = 5
    }

    /// The argument by which a program knows that it is to be a worker.
    static let argument = "--outlier-plugin-worker"
    fileprivate static let headerSize = 16

    /// The other end is closed: its process has ended.
    struct Closed: Error {}

    /// What has arrived is no message, or a longer one than may come.
    struct Unreadable: Error {
        var reason: String
    }

    /// Sends the message, however long that takes.
    func send(to descriptor: Int32) throws {
        try send(to: descriptor, waiting: true) {}
    }

    /// - Parameters:
    ///   - waiting: whether to wait until the other end takes something.
    ///   - pause: called where it takes nothing and this is not to wait.
    func send(to descriptor: Int32, waiting: Bool, _ pause: () throws -> Void) throws {
        let text = Array(value.json().utf8)
        var header: [UInt64] = [UInt64(text.count), UInt64(bytes.count)]
        for part in [header.withUnsafeMutableBytes { Array($0) }, text, bytes] {
            try part.withUnsafeBytes { buffer in
                var rest = buffer[...]
                while !rest.isEmpty {
                    let chunk = UnsafeRawBufferPointer(rebasing: rest)
                    let count = outlier_send(descriptor, chunk.baseAddress, chunk.count, waiting ? 1 : 0)
                    if count == OUTLIER_NOT_READY {
                        try pause()
                    } else if count > 0 {
                        rest = rest.dropFirst(count)
                    } else {
                        throw Closed()
                    }
                }
            }
        }
    }
}

/// Puts messages together from what arrives, piece by piece.
///
/// What a message says of its length is believed as far as it comes: memory is taken for what has arrived only.
struct MessageReader {
    private let descriptor: Int32
    /// How many bytes a message may have.
    private let limit: Int
    private var sizes = [WorkerMessage.headerSize]
    private var parts: [[UInt8]] = [[]]
    private var piece = [UInt8](repeating: 0, count: 1 << 16)

    init(_ descriptor: Int32, limit: Int = Int.max) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// Takes what has arrived, but not more than one piece, and gives the message that it completes, if it does.
    ///
    /// - Parameter waiting: whether to wait until something arrives.
    /// - Throws: ``WorkerMessage/Closed``, ``WorkerMessage/Unreadable``.
    mutating func receive(waiting: Bool) throws -> WorkerMessage? {
        let part = parts.count - 1
        let wanted = min(piece.count, sizes[part] - parts[part].count)
        let count = piece.withUnsafeMutableBytes {
            outlier_receive(descriptor, $0.baseAddress, wanted, waiting ? 1 : 0)
        }
        if count == OUTLIER_NOT_READY { return nil }
        guard count > 0 else { throw WorkerMessage.Closed() }
        parts[part].append(contentsOf: piece[..<count])
        while parts[parts.count - 1].count == sizes[parts.count - 1] {
            if parts.count == 1 { sizes += try announced(parts[0]) }
            if parts.count == sizes.count { return try message() }
            parts.append([])
        }
        return nil
    }

    /// The sizes that a header announces.
    private func announced(_ header: [UInt8]) throws -> [Int] {
        let sizes = header.withUnsafeBytes { buffer in
            [buffer.loadUnaligned(as: UInt64.self), buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self)]
        }
        let (sum, overflow) = sizes[0].addingReportingOverflow(sizes[1])
        guard !overflow, sum <= UInt64(limit) else {
            throw WorkerMessage.Unreadable(reason: "a message of more than \(limit) bytes")
        }
        return sizes.map { Int($0) }
    }

    private mutating func message() throws -> WorkerMessage {
        defer {
            sizes = [WorkerMessage.headerSize]
            parts = [[]]
        }
        do {
            return WorkerMessage(value: try Value(json: parts[1]), bytes: parts[2])
        } catch {
            throw WorkerMessage.Unreadable(reason: "a message that is no JSON")
        }
    }
}

extension OutlierError {
    /// The error as a worker tells its host.
    var messageValue: Value {
        [
            "code": .string(code.rawValue), "message": .string(message),
            "suggestion": suggestion.map(Value.string) ?? .null, "component": component.map(Value.string) ?? .null,
            "file": location?.file.map(Value.string) ?? .null, "line": location?.line.map(Value.integer) ?? .null,
            "column": location?.column.map(Value.integer) ?? .null,
        ]
    }

    init(message value: Value) {
        self.init(
            Code(rawValue: value["code"]?.string ?? Code.pluginFailed.rawValue),
            value["message"]?.string ?? "the plug-in failed", suggestion: value["suggestion"]?.string,
            component: value["component"]?.string)
        if let file = value["file"]?.string {
            location = Location(file: file, line: value["line"]?.int, column: value["column"]?.int)
        }
    }
}

/// Numbers of two processes: one writes, the other reads, in turns.
final class SharedSegment {
    let descriptor: Int32
    private var memory: UnsafeMutableRawPointer?
    private(set) var size = 0

    /// A new segment.
    init() throws {
        descriptor = outlier_shared_memory()
        guard descriptor >= 0 else {
            throw OutlierError(.inputOutput, "cannot make shared memory: \(String(cString: strerror(errno)))")
        }
    }

    /// The segment that another process made.
    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit {
        if let memory { munmap(memory, size) }
        close(descriptor)
    }

    /// Makes room for `count` numbers.
    ///
    /// - Parameter growing: whether this process is the one that makes the segment longer.
    func reserve(_ count: Int, growing: Bool) throws {
        let (needed, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Double>.stride)
        guard !overflow else { throw OutlierError(.inputOutput, "cannot make shared memory of \(count) numbers") }
        guard needed > size else { return }
        if growing, ftruncate(descriptor, off_t(needed)) != 0 {
            throw OutlierError(
                .inputOutput, "cannot make shared memory of \(needed) bytes: \(String(cString: strerror(errno)))")
        }
        if let memory { munmap(memory, size) }
        memory = nil
        size = 0
        guard let mapped = mmap(nil, needed, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), mapped != MAP_FAILED
        else {
            throw OutlierError(.inputOutput, "cannot map \(needed) bytes: \(String(cString: strerror(errno)))")
        }
        memory = mapped
        size = needed
    }

    /// The first `count` numbers behind the first `offset`, for which there is room.
    func numbers(_ offset: Int, _ count: Int) -> UnsafeMutableBufferPointer<Double> {
        guard let memory, (offset + count) * MemoryLayout<Double>.stride <= size else {
            return UnsafeMutableBufferPointer(start: nil, count: 0)
        }
        let start = memory.assumingMemoryBound(to: Double.self) + offset
        return UnsafeMutableBufferPointer(start: start, count: count)
    }
}
