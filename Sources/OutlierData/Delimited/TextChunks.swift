import CTextParsing
import OutlierCore

/// Reads text a chunk at a time and parses the chunks on several threads.
///
/// A thread reads a chunk, cuts it after its last whole record, leaves the rest to whoever comes next, and parses what
/// it has. So one thread reads (and unpacks) while the others parse, and no more text is in memory than one chunk for
/// each thread.
final class TextChunks: @unchecked Sendable {
    typealias Text = UnsafeBufferPointer<CChar>
    /// A record may not be longer than this.
    static let longestRecord = 1 << 28

    private let bytes: any ByteSource
    private var pending: [UInt8]
    private var pendingStart = 0
    private var isEnded: Bool
    private var handedOut = 0
    private let lock = Guarded(())

    private let chunkSize: Int
    private let file: String
    private let linesBefore: Int
    private let execution: Execution
    private let memoryLimit: Int?
    private let split: @Sendable (Text) -> Int
    private let parse: @Sendable (Text, Chunk?, inout text_failure) -> Chunk?
    private let explain: @Sendable (text_failure) -> OutlierError

    /// - Parameters:
    ///   - pending: text that was read already.
    ///   - isWhole: whether there is nothing behind it.
    ///   - memoryLimit: the bytes of memory that all chunks' values may take; what is more goes to temporary files.
    ///   - split: the length of the whole records in a text.
    ///   - parse: is given the first chunk, but for the first one itself, to learn from it how the others are best read.
    ///     `nil` where the text is not well formed.
    ///   - explain: puts a failure into words; its place is added here.
    init(
        bytes: any ByteSource, pending: [UInt8], isWhole: Bool, chunkSize: Int, file: String, linesBefore: Int,
        execution: Execution, memoryLimit: Int?, split: @escaping @Sendable (Text) -> Int,
        parse: @escaping @Sendable (Text, Chunk?, inout text_failure) -> Chunk?,
        explain: @escaping @Sendable (text_failure) -> OutlierError
    ) {
        self.bytes = bytes
        self.pending = pending
        isEnded = isWhole
        self.chunkSize = max(1, chunkSize)
        self.file = file
        self.linesBefore = linesBefore
        self.execution = execution
        self.memoryLimit = memoryLimit
        self.split = split
        self.parse = parse
        self.explain = explain
    }

    private struct Outcome {
        var chunks: [Int: Chunk] = [:]
        /// The failures, by the number of their chunk.
        var failures: [Int: text_failure] = [:]
        var error: (any Error)?
        /// The bytes of the values of all chunks.
        var size = 0
        var isStopped: Bool { !failures.isEmpty || error != nil }
    }

    /// The chunks, in their order.
    func read() throws -> [Chunk] {
        let outcome = Guarded(Outcome())
        // The first chunk says how the others are best read. It is alone in this, so that what is read how does not
        // depend on which thread was faster.
        var buffer = [UInt8](repeating: 0, count: chunkSize)
        work(&buffer, after: nil, limit: 1, outcome)
        let first = outcome.withLock { $0.chunks[0] }
        let isDone = outcome.withLock { $0.isStopped } || (isEnded && pendingStart == pending.count)
        if !isDone {
            buffer = []
            let size = chunkSize
            try execution.forEach(execution.threads) { _ in
                var buffer = [UInt8](repeating: 0, count: size)
                work(&buffer, after: first, limit: .max, outcome)
            }
        }
        return try outcome.withLock { outcome in
            if let error = outcome.error { throw error }
            let ordered = outcome.chunks.sorted { $0.key < $1.key }
            if let (index, failure) = outcome.failures.min(by: { $0.key < $1.key }) {
                let before = ordered.prefix { $0.key < index }.reduce(linesBefore) { $0 + $1.value.lineCount }
                var error = explain(failure)
                error.location = .init(
                    file: file, line: failure.line > 0 ? before + Int(failure.line) : nil,
                    column: failure.column > 0 ? Int(failure.column) : nil)
                throw error
            }
            return ordered.map(\.value)
        }
    }

    /// Reads and parses chunks until there are no more.
    private func work(_ buffer: inout [UInt8], after first: Chunk?, limit: Int, _ outcome: Guarded<Outcome>) {
        var done = 0
        while done < limit, !outcome.withLock({ $0.isStopped }) {
            done += 1
            do {
                try execution.checkCancellation()
                guard let (index, count) = try next(&buffer) else { return }
                var failure = text_failure()
                let chunk = buffer.withUnsafeBytes { raw in
                    parse(Text(rebasing: raw.bindMemory(to: CChar.self)[..<count]), first, &failure)
                }
                if let chunk, let memoryLimit {
                    let size = outcome.withLock {
                        $0.size += chunk.rowCount * chunk.stride * MemoryLayout<Double>.stride
                        return $0.size
                    }
                    if size > memoryLimit / 4 { try chunk.spill(to: TemporaryFolder.path) }
                }
                outcome.withLock {
                    if let chunk { $0.chunks[index] = chunk } else { $0.failures[index] = failure }
                }
            } catch {
                outcome.withLock { $0.error = $0.error ?? error }
            }
        }
    }

    /// Fills the buffer with whole records: the number of the chunk, and how many bytes it has.
    private func next(_ buffer: inout [UInt8]) throws -> (index: Int, count: Int)? {
        try lock.withLock { _ in try nextLocked(&buffer) }
    }

    private func nextLocked(_ buffer: inout [UInt8]) throws -> (index: Int, count: Int)? {
        var target = chunkSize
        var filled = 0
        while true {
            if buffer.count < target { buffer.append(contentsOf: repeatElement(0, count: target - buffer.count)) }
            let taken = min(pending.count - pendingStart, target - filled)
            buffer.replaceSubrange(filled..<filled + taken, with: pending[pendingStart..<pendingStart + taken])
            filled += taken
            pendingStart += taken
            while filled < target, !isEnded {
                let count = try buffer.withUnsafeMutableBytes {
                    try bytes.read(into: .init(rebasing: $0[filled..<target]))
                }
                if count == 0 { isEnded = true }
                filled += count
            }
            if filled == 0 { return nil }
            let isLast = isEnded && pendingStart == pending.count
            let whole =
                isLast
                ? filled : buffer.withUnsafeBytes { split(Text(rebasing: $0.bindMemory(to: CChar.self)[..<filled])) }
            if whole == 0 {
                if target > TextChunks.longestRecord { throw TextChunks.recordTooLong(file: file, line: nil) }
                target *= 2
                continue
            }
            if whole < filled {
                pending = Array(buffer[whole..<filled]) + pending[pendingStart...]
                pendingStart = 0
            }
            defer { handedOut += 1 }
            return (handedOut, whole)
        }
    }

    /// What no format is to blame for.
    static func explainMemory(_ failure: text_failure) -> OutlierError {
        OutlierError(
            .inputOutput,
            Int(failure.code) == Int(TEXT_TOO_LONG)
                ? "the words of a column have more than 4 GiB of text" : "there is not enough memory to read it",
            suggestion: "Ignore columns that are not needed, or let rows be kept in a file: data: {memory-limit: 1000}."
        )
    }

    static func recordTooLong(file: String, line: Int?) -> OutlierError {
        OutlierError(
            .malformedFile, "a record is longer than \(longestRecord >> 20) MiB",
            suggestion: "Perhaps a quote is not closed.", location: .init(file: file, line: line))
    }
}
