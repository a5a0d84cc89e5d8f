internal import CPluginProcess
internal import Foundation
internal import OutlierCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The process that an isolated plug-in runs in. It is started when it is needed, kept for the calls that follow, and started
/// again after it has ended.
final class PluginProcess: @unchecked Sendable {
    /// What a call is about, for messages and for the worker.
    struct Request {
        /// The function of the plug-in.
        var function: String
        /// The component, for messages.
        var component: String?
        var value: Value
        var bytes: [UInt8] = []
        /// Numbers that go before the answer's, row by row.
        var input: Matrix?
        /// How many numbers the answer has.
        var outputCount = 0
    }

    struct Answer {
        var value: Value
        var bytes: [UInt8]
        var output: [Double]
        /// Which of the processes answered: what it holds is gone when it ends.
        var generation: Int
    }

    let path: String
    let options: PluginOptions
    /// What the plug-in is called in messages: its name, once that is known.
    private var plugin: String
    private let lock = NSLock()
    private var connection: Connection?
    private var generation = 0
    private var released: [Int] = []
    private let releaseLock = NSLock()
    private var callNumber: UInt64 = 0
    /// How long a plug-in that is told to stop may go on, in seconds.
    fileprivate static let grace = 1.0
    /// What an answer may have in bytes where the memory limit is less: what the worker says besides the plug-in's state.
    private static let leastAnswer = 16 << 20

    init(path: String, options: PluginOptions) {
        self.path = path
        self.options = options
        plugin = URL(fileURLWithPath: path).lastPathComponent
    }

    func rename(_ name: String) { lock.withLock { plugin = name } }

    /// Forgets a model at the next occasion.
    func release(model: Int, generation: Int) {
        releaseLock.withLock {
            // What an earlier process held is gone with it.
            if generation == self.generation { released.append(model) }
        }
    }

    /// Calls the plug-in, one call at a time.
    ///
    /// - Parameter prepare: what to ask first, with the number of the process at hand.
    func call(
        execution: Execution, observer: ((Double, String) -> Void)? = nil,
        _ requests: (Int) throws -> [Request]
    ) throws -> [Answer] {
        try lock.withLock {
            let connection = try connect()
            var answers: [Answer] = []
            for request in try requests(generation) {
                answers.append(try exchange(request, connection, execution, observer))
            }
            return answers
        }
    }

    // MARK: One exchange

    private func exchange(
        _ request: Request, _ connection: Connection, _ execution: Execution, _ observer: ((Double, String) -> Void)?
    ) throws -> Answer {
        try execution.checkCancellation()
        callNumber += 1
        let inputCount = request.input?.count ?? 0
        // The plug-in's process has to hold the numbers as well, before it passes them on.
        guard request.outputCount <= max(PluginProcess.leastAnswer, options.memoryLimit) / MemoryLayout<Double>.stride
        else {
            throw OutlierError(
                .pluginFailed,
                "the plug-in “\(plugin)” would give \(request.outputCount) numbers in “\(request.function)”, which its memory-limit of \(options.memoryLimit >> 20) MiB does not hold",
                suggestion: "Raise its memory-limit, or give it fewer rows at once.", component: request.component)
        }
        try connection.segment.reserve(max(1, inputCount + request.outputCount), growing: true)
        if let input = request.input {
            input.withUnsafeBufferPointer { source in
                _ = connection.segment.numbers(0, inputCount).update(fromContentsOf: source)
            }
        }
        let forgotten = releaseLock.withLock {
            defer { released = [] }
            return released
        }
        var entries = request.value.entries ?? []
        entries += [
            Value.Entry("call", .string(String(callNumber))),
            Value.Entry("input", .integer(inputCount)), Value.Entry("output", .integer(request.outputCount)),
            Value.Entry("released", .array(forgotten.map(Value.integer))),
        ]
        var watch = CallWatch(timeLimit: options.timeLimit, grace: PluginProcess.grace, execution: execution)
        do {
            try WorkerMessage(value: .object(entries), bytes: request.bytes).send(
                to: connection.socket, waiting: false
            ) {
                connection.wait(for: POLLOUT)
                try look(&watch, connection)
            }
            let answer = try receive(request, connection, &watch, observer)
            connection.forwardOutput()
            if let error = answer.value["error"] { throw OutlierError(message: error) }
            if answer.value["cancelled"] == true { throw CancellationError() }
            let output = Array(connection.segment.numbers(inputCount, request.outputCount))
            return Answer(value: answer.value, bytes: answer.bytes, output: output, generation: generation)
        } catch is WorkerMessage.Closed {
            throw ended(request, connection)
        } catch let error as WorkerMessage.Unreadable {
            throw babbling(error.reason, request, connection)
        } catch is CallWatch.Overdue {
            throw overdue(request, connection)
        }
    }

    /// Waits for the answer, and looks at the clock and the cancellation meanwhile.
    private func receive(
        _ request: Request, _ connection: Connection, _ watch: inout CallWatch, _ observer: ((Double, String) -> Void)?
    ) throws -> WorkerMessage {
        var reader = MessageReader(connection.socket, limit: max(PluginProcess.leastAnswer, options.memoryLimit))
        while true {
            connection.wait(for: POLLIN)
            if let message = try reader.receive(waiting: false) {
                guard let fraction = message.value["progress"]?.double else { return message }
                observer?(fraction, message.value["stage"]?.string ?? request.component ?? plugin)
            }
            try look(&watch, connection)
        }
    }

    /// Ends the call where its time is over, and tells the plug-in where the call is cancelled.
    private func look(_ watch: inout CallWatch, _ connection: Connection) throws {
        do {
            if try watch.isCancelledNow() { connection.cancel(callNumber) }
        } catch let error as CancellationError {
            _ = disconnect(connection, killing: true)
            throw error
        }
    }

    // MARK: How a process ends

    private func overdue(_ request: Request, _ connection: Connection) -> OutlierError {
        _ = disconnect(connection, killing: true)
        return OutlierError(
            .pluginFailed,
            "the plug-in “\(plugin)” was ended in “\(request.function)”: it took longer than its time limit of \(PluginProcess.words(options.timeLimit)) s",
            suggestion: "If it needs longer, raise its time-limit.", component: request.component)
    }

    /// The error for a process whose words make no sense: nothing it says can be relied on any more.
    private func babbling(_ what: String, _ request: Request, _ connection: Connection) -> OutlierError {
        _ = disconnect(connection, killing: true)
        return OutlierError(
            .pluginFailed, "the plug-in “\(plugin)” was ended in “\(request.function)”: its process sent \(what)",
            suggestion:
                "The plug-in writes to a file descriptor that is not its own, or its state is larger than its memory-limit.",
            component: request.component)
    }

    private func ended(_ request: Request, _ connection: Connection) -> OutlierError {
        let end = disconnect(connection, killing: false)
        var message = "the plug-in “\(plugin)” "
        message +=
            end.isKilled
            ? "was ended in “\(request.function)”: it closed the connection to this process and went on"
            : end.signal > 0
                ? "was ended by \(PluginProcess.name(ofSignal: end.signal)) in “\(request.function)”"
                : "ended its process with the status \(end.status) in “\(request.function)”"
        if !end.lastWords.isEmpty { message += "; it wrote: \(end.lastWords)" }
        let limit = options.memoryLimit >> 20
        let suggestion: String? =
            end.peak > options.memoryLimit / 2 || end.lastWords.contains("bad_alloc")
                || end.lastWords.contains("memory")
            ? "It used \(end.peak >> 20) MiB of memory; its memory-limit is \(limit) MiB."
            : "It ran isolated, with a memory-limit of \(limit) MiB; nothing else was harmed."
        return OutlierError(.pluginFailed, message, suggestion: suggestion, component: request.component)
    }

    private func disconnect(_ connection: Connection, killing: Bool) -> Connection.End {
        self.connection = nil
        return connection.end(killing: killing)
    }

    private static func words(_ seconds: Double) -> String {
        Int(exactly: seconds).map(String.init) ?? String(seconds)
    }

    private static func name(ofSignal signal: Int32) -> String {
        let names: [Int32: String] = [
            SIGSEGV: "SIGSEGV (it touched memory that is not its own)", SIGABRT: "SIGABRT (it gave up)",
            SIGBUS: "SIGBUS (it touched memory that is not there)", SIGFPE: "SIGFPE (a division by zero, for instance)",
            SIGILL: "SIGILL (an instruction that the processor does not have, or a Swift run-time check)",
            SIGTRAP: "SIGTRAP (a Swift run-time check, for instance)",
            SIGKILL: "SIGKILL (by the system where memory runs out, or by a person)", SIGTERM: "SIGTERM",
        ]
        return names[signal] ?? "the signal \(signal)"
    }

    // MARK: How it begins

    private func connect() throws -> Connection {
        if let connection { return connection }
        let worker = try options.worker ?? PluginWorker.defaultProgram()
        let connection = try Connection(program: worker)
        self.connection = connection
        releaseLock.withLock {
            generation += 1
            released = []
        }
        do {
            _ = try exchange(
                Request(
                    function: "load",
                    value: [
                        "do": "open", "path": .string(path), "memory": .integer(options.memoryLimit),
                    ]), connection, Execution(threads: 1), nil)
        } catch {
            if self.connection === connection { _ = disconnect(connection, killing: true) }
            throw error
        }
        return connection
    }

    deinit { _ = connection?.end(killing: true) }
}

/// The clock and the cancellation of one call.
private struct CallWatch {
    /// The call has taken longer than it may.
    struct Overdue: Error {}

    private let deadline: ContinuousClock.Instant
    private let grace: Double
    private let execution: Execution
    /// When a call that was cancelled is ended.
    private var end: ContinuousClock.Instant?

    init(timeLimit: Double, grace: Double, execution: Execution) {
        deadline = ContinuousClock.now + .seconds(min(timeLimit, 1e9))
        self.grace = grace
        self.execution = execution
    }

    /// Whether the call was cancelled since this was last asked.
    ///
    /// - Throws: ``Overdue``; `CancellationError` where the call was cancelled a while ago.
    mutating func isCancelledNow() throws -> Bool {
        let now = ContinuousClock.now
        if now >= deadline { throw Overdue() }
        guard execution.cancellation.isCancelled else { return false }
        if let end {
            if now >= end { throw CancellationError() }
            return false
        }
        end = now + .seconds(grace)
        return true
    }
}

/// One life of a worker: its process, and the ways to it.
private final class Connection {
    let socket: Int32
    let segment: SharedSegment
    private let control: Int32
    private let output: Int32
    private let process: pid_t
    private var hasEnded = false
    /// The end of what was printed before ``output`` was last emptied.
    private var printed: [UInt8] = []
    private static let keptOutput = 1 << 16
    private static let mostOutput = off_t(1 << 22)

    struct End {
        var signal: Int32
        var status: Int32
        /// Whether it had to be killed, because it went on without being heard.
        var isKilled: Bool
        /// The most memory that it had, in bytes.
        var peak: Int
        /// The end of what it wrote to standard error.
        var lastWords: String
    }

    init(program: String) throws {
        segment = try SharedSegment()
        var sockets: [Int32] = [-1, -1]
        var controls: [Int32] = [-1, -1]
        output = outlier_unnamed_file()
        let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard output >= 0, null >= 0, outlier_connect(&sockets) == 0, outlier_connect(&controls) == 0 else {
            throw OutlierError(.inputOutput, "cannot start a process: \(String(cString: strerror(errno)))")
        }
        socket = sockets[0]
        control = controls[0]
        var identifier: pid_t = 0
        let code = outlier_spawn(
            &identifier, program, WorkerMessage.argument,
            [null, output, output, sockets[1], segment.descriptor, controls[1]], 6)
        for descriptor in [null, sockets[1], controls[1]] { close(descriptor) }
        process = identifier
        guard code == 0 else {
            hasEnded = true
            throw OutlierError(
                .inputOutput,
                "cannot start “\(program)”, which isolated plug-ins run in: \(String(cString: strerror(code)))")
        }
    }

    deinit {
        if !hasEnded { _ = end(killing: true) }
        for descriptor in [socket, control, output] { close(descriptor) }
    }

    /// Tells the plug-in to stop.
    func cancel(_ call: UInt64) {
        var number = call
        _ = withUnsafeBytes(of: &number) { outlier_send(control, $0.baseAddress, $0.count, 0) }
    }

    /// Waits a moment, or less where the socket is ready.
    func wait(for event: some BinaryInteger) {
        var descriptor = pollfd(fd: socket, events: Int16(event), revents: 0)
        poll(&descriptor, 1, 20)
        // What is printed lies in memory until the call is over: one that prints without end must not take all of it.
        if lseek(output, 0, SEEK_END) > Connection.mostOutput { printed = takeOutput() }
    }

    /// What the plug-in printed goes to standard error: standard output is for results.
    func forwardOutput() {
        let text = takeOutput()
        if !text.isEmpty { text.withUnsafeBytes { _ = write(2, $0.baseAddress, $0.count) } }
    }

    /// The end of what was printed, which is forgotten.
    private func takeOutput() -> [UInt8] {
        defer { printed = [] }
        let size = lseek(output, 0, SEEK_END)
        guard size > 0 else { return printed }
        let length = min(Int(size), Connection.keptOutput)
        let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, initialized in
            initialized = max(0, pread(output, buffer.baseAddress, length, size - off_t(length)))
        }
        // The worker writes on from where its descriptor, which is this one's twin, stands.
        ftruncate(output, 0)
        lseek(output, 0, SEEK_SET)
        return Array((printed + bytes).suffix(Connection.keptOutput))
    }

    func end(killing: Bool) -> End {
        guard !hasEnded else { return End(signal: 0, status: 0, isKilled: false, peak: 0, lastWords: "") }
        hasEnded = true
        // Where it has closed its end it should be ending; should it still run, it has nothing left to do.
        if !killing { shutdown(socket, Int32(SHUT_RDWR)) }
        var signal: Int32 = 0
        var status: Int32 = 0
        var peak = 0
        let isKilled = outlier_reap(process, killing ? 0 : PluginProcess.grace, &signal, &status, &peak) != 0
        let lines = String(decoding: takeOutput(), as: UTF8.self).split(whereSeparator: \.isNewline)
        return End(
            signal: signal, status: status, isKilled: isKilled, peak: peak, lastWords: Connection.lastWords(lines))
    }

    /// What a person wants to read of a crash: not a backtrace.
    private static func lastWords(_ lines: [Substring]) -> String {
        let relevant = lines.prefix { !$0.hasPrefix("*** ") && !$0.contains("Program crashed") }
        let text = relevant.suffix(3).map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
        return String(text.suffix(400))
    }
}
