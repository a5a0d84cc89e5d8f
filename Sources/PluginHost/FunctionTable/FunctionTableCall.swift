internal import COutlierPlugin
internal import OutlierCore

/// One call of a function of a plug-in's table: what the host offers during it, and what its status means.
final class FunctionTableCall {
    private let component: ComponentDescription
    private let function: String
    private let seed: UInt64
    private let threads: Int
    private let cancellation: Cancellation
    private let report: (@Sendable (Double, String?) -> Void)?
    private static let errorCapacity = 2048

    init(_ component: FunctionTableComponent, _ function: String, context: FitContext) {
        self.component = component.description
        self.function = function
        seed = context.seed
        threads = context.execution.threads
        cancellation = context.execution.cancellation
        let name = component.description.name
        report = { (fraction: Double, stage: String?) in context.report(fraction, stage: stage ?? name) }
    }

    init(_ component: FunctionTableComponent, _ function: String, execution: Execution = Execution(threads: 1)) {
        self.component = component.description
        self.function = function
        seed = 0
        threads = execution.threads
        cancellation = execution.cancellation
        report = nil
    }

    /// - Throws: what the status that `body` returns means; `CancellationError` where the work was cancelled.
    func run(_ body: (UnsafePointer<outlier_call>) -> Int32) throws {
        try withUnsafeTemporaryAllocation(of: CChar.self, capacity: FunctionTableCall.errorCapacity) { error in
            error.initialize(repeating: 0)
            var call = outlier_call()
            call.seed = seed
            call.threads = UInt32(clamping: threads)
            call.context = Unmanaged.passUnretained(self).toOpaque()
            call.progress = { context, fraction, stage in
                guard let context else { return 0 }
                return Unmanaged<FunctionTableCall>.fromOpaque(context).takeUnretainedValue().progress(fraction, stage)
            }
            call.error = error.baseAddress
            // The last byte stays 0, whatever the plug-in writes.
            call.error_capacity = FunctionTableCall.errorCapacity - 1
            let status = withExtendedLifetime(self) { body(&call) }
            if cancellation.isCancelled { throw CancellationError() }
            guard status != OUTLIER_OK else { return }
            throw failure(status, reason: FunctionTableCall.text(error))
        }
    }

    private func progress(_ fraction: Double, _ stage: UnsafePointer<CChar>?) -> Int32 {
        if cancellation.isCancelled { return 1 }
        // NaN only asks whether to stop.
        if let report, fraction.isFinite { report(fraction, stage.map { String(cString: $0) }) }
        return 0
    }

    private func failure(_ status: Int32, reason: String) -> OutlierError {
        let code: OutlierError.Code =
            switch Int(status) {
            case Int(OUTLIER_INVALID_PARAMETER): .invalidParameter
            case Int(OUTLIER_INVALID_DATA): .invalidValue
            case Int(OUTLIER_INVALID_STATE): .invalidModel
            case Int(OUTLIER_UNDEFINED): .undefinedMetric
            default: .pluginFailed
            }
        let why = reason.isEmpty ? "it returned the status \(status) and gave no reason" : reason
        return OutlierError(
            code, "the plug-in “\(component.plugin)” failed in “\(function)”: \(why)", component: component.name)
    }

    private static func text(_ buffer: UnsafeMutableBufferPointer<CChar>) -> String {
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
