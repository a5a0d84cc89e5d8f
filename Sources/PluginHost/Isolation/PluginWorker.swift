internal import CPluginProcess
internal import Foundation
internal import OutlierCore
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The other side of an isolated plug-in: a process that does what its host asks.
///
/// A program that can run isolated plug-ins calls ``runIfAsked()`` first of all in its `main`.
public enum PluginWorker {
    /// Whether ``runIfAsked()`` was called, so that this program can be started as a worker.
    private static let isPossible = Atomic<Bool>(false)

    /// Becomes a worker, and never returns, where this process was started as one; does nothing else.
    public static func runIfAsked() {
        guard CommandLine.arguments.count == 2, CommandLine.arguments[1] == WorkerMessage.argument else {
            isPossible.store(true, ordering: .relaxed)
            return
        }
        outlier_prepare_worker()
        GuardedBuffer.usesGuardPages.store(true, ordering: .relaxed)
        let service = WorkerService()
        service.watch()
        service.run()
        exit(0)
    }

    /// The program that workers are started from, where the options name none.
    static func defaultProgram() throws -> String {
        guard isPossible.load(ordering: .relaxed), let path = Bundle.main.executablePath else {
            throw OutlierError(
                .invalidConfiguration, "this program cannot run isolated plug-ins by itself",
                suggestion:
                    "Call PluginWorker.runIfAsked() first in its main, or name a program that does: PluginOptions(worker: \"…/outlier-plugin-worker\")."
            )
        }
        return path
    }
}

/// Answers requests until nobody is there to ask.
private final class WorkerService: Sendable {
    private struct State {
        var plugin: LoadedPlugin?
        var models: [Int: any ForeignModel] = [:]
        var nextModel = 0
        /// The model that the request before this one loaded.
        var lastModel = -1
        /// Numbers of earlier requests, whose memory later ones use.
        var input: [Double] = []
    }

    private let current = Guarded<(call: UInt64, cancellation: Cancellation)>((0, Cancellation()))
    private let sending = Guarded(ContinuousClock.now)

    /// Watches for cancellations, and for the end of the host.
    func watch() {
        Thread.detachNewThread { [self] in
            var call: UInt64 = 0
            while true {
                let count = withUnsafeMutableBytes(of: &call) {
                    read(WorkerMessage.Descriptor.control, $0.baseAddress, $0.count)
                }
                if count < 0 && errno == EINTR { continue }
                guard count == MemoryLayout<UInt64>.size else { _exit(0) }
                current.withLock { if $0.call == call { $0.cancellation.cancel() } }
            }
        }
    }

    func run() {
        var state = State()
        let segment = SharedSegment(descriptor: WorkerMessage.Descriptor.segment)
        var reader = MessageReader(WorkerMessage.Descriptor.messages)
        while true {
            let received: WorkerMessage?
            do { received = try reader.receive(waiting: true) } catch { return }
            guard let request = received else { continue }
            let cancellation = Cancellation()
            current.withLock { $0 = (request.value["call"]?.string.flatMap { UInt64($0) } ?? 0, cancellation) }
            var reply: WorkerMessage
            do {
                reply = try answer(request, &state, segment, cancellation)
            } catch is CancellationError {
                reply = WorkerMessage(value: ["cancelled": true])
            } catch let error as OutlierError {
                reply = WorkerMessage(value: ["error": error.messageValue])
            } catch {
                reply = WorkerMessage(value: ["error": ["message": .string("\(error)")]])
            }
            let isSent = sending.withLock { _ in
                (try? reply.send(to: WorkerMessage.Descriptor.messages)) != nil
            }
            if !isSent { return }
        }
    }

    private func answer(
        _ request: WorkerMessage, _ state: inout State, _ segment: SharedSegment, _ cancellation: Cancellation
    ) throws -> WorkerMessage {
        let value = request.value
        for model in value["released"]?.array ?? [] { state.models[model.int ?? -1] = nil }
        guard let what = value["do"]?.string else { throw WorkerMessage.Closed() }
        if what == "open" {
            if let limit = value["memory"]?.int { outlier_limit_memory(limit) }
            state.plugin = try PluginLoader.open(value["path"]?.string ?? "")
            return WorkerMessage(value: .object([]))
        }
        guard let plugin = state.plugin else { throw WorkerMessage.Closed() }
        if what == "describe" {
            return WorkerMessage(value: [
                "plugin": .string(plugin.origin.plugin), "version": .string(plugin.origin.version),
                "components": .array(plugin.components.map(\.description.value)),
            ])
        }
        guard let index = value["component"]?.int, plugin.components.indices.contains(index) else {
            throw WorkerMessage.Closed()
        }
        let component = plugin.components[index]
        let parameters = value["parameters"] ?? .object([])
        let execution = Execution(threads: value["threads"]?.int ?? 1, cancellation: cancellation)
        let inputCount = value["input"]?.int ?? 0
        let outputCount = value["output"]?.int ?? 0
        try segment.reserve(inputCount + outputCount, growing: false)

        switch what {
        case "check":
            try component.check(parameters)
            return WorkerMessage(value: .object([]))
        case "load":
            let model = try component.load(request.bytes, parameters: parameters, columns: value["columns"]?.int ?? 0)
            return keep(model, &state, state: [])
        case "measure":
            let evaluation = try evaluation(rows: value["rows"]?.int ?? 0, Array(segment.numbers(0, inputCount)))
            let result = try component.measure(evaluation, parameters: parameters)
            segment.numbers(inputCount, outputCount).update(repeating: result)
            return WorkerMessage(value: .object([]))
        default: break
        }

        let context = FitContext(
            seed: value["seed"]?.string.flatMap { UInt64($0) } ?? 0, execution: execution,
            observer: { [weak self] in self?.report($0) })
        if state.input.count == inputCount {
            _ = state.input.withUnsafeMutableBufferPointer { $0.update(fromContentsOf: segment.numbers(0, inputCount)) }
        } else {
            state.input = Array(segment.numbers(0, inputCount))
        }
        let data = try Dataset(
            Matrix(
                rowCount: value["rows"]?.int ?? 0, columnCount: value["columns"]?.int ?? 0, values: state.input),
            columns: (value["names"]?.array ?? []).map { Column($0.string ?? "") })
        if what == "fit" {
            let model = try component.fit(data, parameters: parameters, context: context)
            return keep(model, &state, state: try model.state())
        }
        var number = value["model"]?.int ?? -1
        if number < 0 { number = state.lastModel }
        guard let model = state.models[number] else { throw WorkerMessage.Closed() }
        let output: [Double]
        switch what {
        case "update":
            try model.update(with: data, context: context)
            return WorkerMessage(value: .object([]), bytes: try model.state())
        case "explain": output = try model.contributions(for: data, execution: execution)
        default: output = try model.output(for: data, execution: execution)
        }
        guard output.count == outputCount else {
            throw OutlierError(
                .pluginFailed, "the plug-in “\(plugin.origin.plugin)” gave \(output.count) numbers, not \(outputCount)")
        }
        _ = segment.numbers(inputCount, outputCount).update(fromContentsOf: output)
        return WorkerMessage(value: .object([]))
    }

    private func keep(_ model: any ForeignModel, _ state: inout State, state bytes: [UInt8]) -> WorkerMessage {
        state.nextModel += 1
        state.lastModel = state.nextModel
        state.models[state.nextModel] = model
        return WorkerMessage(
            value: ["model": .integer(state.nextModel), "outputColumns": .integer(model.outputColumns)], bytes: bytes)
    }

    private func evaluation(rows: Int, _ values: [Double]) throws -> Evaluation {
        guard rows > 0, values.count == 2 * rows || values.count == 3 * rows else { throw WorkerMessage.Closed() }
        return try Evaluation(
            scores: Array(values[..<rows]),
            decisions: values.count == 3 * rows ? values[(2 * rows)...].map { $0 != 0 } : nil,
            truth: values[rows..<2 * rows].map { $0 != 0 })
    }

    /// Tells the host how far a fit is, a few times a second at most.
    private func report(_ progress: FitProgress) {
        sending.withLock { last in
            let now = ContinuousClock.now
            guard now - last > .milliseconds(50) else { return }
            last = now
            try? WorkerMessage(value: ["progress": .number(progress.fraction), "stage": .string(progress.stage)])
                .send(to: WorkerMessage.Descriptor.messages)
        }
    }
}
