import OutlierCore

/// Remembers what a fit reports.
final class ProgressLog: Sendable {
    private let entries = Guarded<[FitProgress]>([])

    func add(_ progress: FitProgress) { entries.withLock { $0.append(progress) } }

    var last: FitProgress? { entries.withLock { $0.last } }
}
