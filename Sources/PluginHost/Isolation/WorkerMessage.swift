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
    private static let headerSize = 16
    private static let maximumSize: UInt64 = 1 << 40

    /// The other end is closed: its process has ended.
    struct Closed: Error {}

    func send(to descriptor: Int32) throws {
        let text = Array(value.json().utf8)
        var header: [UInt64] = [UInt64(text.count), UInt64(bytes.count)]
        for part in [header.withUnsafeMutableBytes { Array($0) }, text, bytes] where !part.isEmpty {
            guard part.withUnsafeBytes({ outlier_send(descriptor, $0.baseAddress, $0.count) }) == 0 else {
                throw Closed()
            }
        }
    }

    static func receive(from descriptor: Int32) throws -> WorkerMessage {
        let header = try read(descriptor, headerSize)
        let sizes = header.withUnsafeBytes { buffer in
            (buffer.loadUnaligned(as: UInt64.self), buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        guard sizes.0 <= maximumSize, sizes.1 <= maximumSize else { throw Closed() }
        let value = try Value(json: read(descriptor, Int(sizes.0)))
        return WorkerMessage(value: value, bytes: try read(descriptor, Int(sizes.1)))
    }

    private static func read(_ descriptor: Int32, _ count: Int) throws -> [UInt8] {
        guard count > 0 else { return [] }
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard outlier_receive(descriptor, buffer.baseAddress, count) == 0 else { throw Closed() }
            initialized = count
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
        let needed = count * MemoryLayout<Double>.stride
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
