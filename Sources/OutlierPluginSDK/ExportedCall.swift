internal import COutlierPlugin
internal import Foundation
internal import OutlierCore

/// A call of the host: its threads, its cancellation, and what becomes of errors.
final class ExportedCall {
    private let call: UnsafePointer<outlier_call>?
    private let cancellation = Cancellation()

    init(_ call: UnsafePointer<outlier_call>?) { self.call = call }

    var execution: Execution {
        Execution(threads: Int(call?.pointee.threads ?? 1), cancellation: cancellation)
    }

    var context: FitContext {
        let host = HostProgress(call, cancellation)
        return FitContext(seed: call?.pointee.seed ?? 0, execution: execution) { progress in
            progress.stage.withCString { host.report(progress.fraction, $0) }
        }
    }

    /// Runs `body` and says by a status how it went.
    func status(_ body: (ExportedCall) throws -> Void) -> Int32 { Int32(result(body)) }

    private func result(_ body: (ExportedCall) throws -> Void) -> Int {
        do {
            // Code that looks at the cancellation need not report: somebody asks the host meanwhile.
            let watch = HostWatch(HostProgress(call, cancellation))
            defer { watch.end() }
            try body(self)
            return OUTLIER_OK
        } catch is CancellationError {
            return OUTLIER_CANCELLED
        } catch let error as OutlierError {
            write(error.suggestion.map { "\(error.message). \($0)" } ?? error.message)
            return switch error.code {
            case .invalidParameter, .unknownParameter, .unknownName, .invalidConfiguration: OUTLIER_INVALID_PARAMETER
            case .invalidModel: OUTLIER_INVALID_STATE
            case .undefinedMetric, .missingDecisions: OUTLIER_UNDEFINED
            case .invalidPlugin: OUTLIER_FAILED
            default: OUTLIER_INVALID_DATA
            }
        } catch {
            write("\(error)")
            return OUTLIER_FAILED
        }
    }

    /// Runs `body` and writes the numbers that it gives to `output`.
    func numbers(_ output: UnsafeMutablePointer<Double>?, _ body: (ExportedCall) throws -> [Double]) -> Int32 {
        status { call in
            let numbers = try body(call)
            guard let output else { throw OutlierError(.invalidPlugin, "the host gave no room") }
            numbers.withUnsafeBufferPointer { source in
                guard let start = source.baseAddress else { return }
                output.update(from: start, count: source.count)
            }
        }
    }

    private func write(_ reason: String) {
        guard let error = call?.pointee.error, let capacity = call?.pointee.error_capacity, capacity > 0 else { return }
        let bytes = Array(reason.utf8.prefix(capacity - 1))
        for (index, byte) in bytes.enumerated() { error[index] = CChar(bitPattern: byte) }
        error[bytes.count] = 0
    }
}

/// The host's progress function, which any thread may call as long as the call lasts.
private struct HostProgress: @unchecked Sendable {
    private let call: UnsafePointer<outlier_call>?
    private let cancellation: Cancellation

    init(_ call: UnsafePointer<outlier_call>?, _ cancellation: Cancellation) {
        self.call = call
        self.cancellation = cancellation
    }

    func report(_ fraction: Double, _ stage: UnsafePointer<CChar>?) {
        guard let call = call?.pointee, let progress = call.progress else { return }
        if progress(call.context, fraction, stage) != 0 { cancellation.cancel() }
    }
}

/// Asks the host some times a second whether to stop.
private final class HostWatch: @unchecked Sendable {
    // Made once, and cancelled by whoever made it.
    private let timer: any DispatchSourceTimer
    private let turn = Guarded(true)
    private static let queue = DispatchQueue(label: "outlier-plugin-watch")

    init(_ host: HostProgress) {
        timer = DispatchSource.makeTimerSource(queue: HostWatch.queue)
        timer.schedule(deadline: .now() + .milliseconds(50), repeating: .milliseconds(50))
        timer.setEventHandler { [weak self] in
            self?.turn.withLock { isOn in if isOn { host.report(.nan, nil) } }
        }
        timer.resume()
    }

    /// After this, the host is not asked any more.
    func end() {
        turn.withLock { $0 = false }
        timer.cancel()
    }
}
