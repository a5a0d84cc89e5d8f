import Dispatch
import Outlier

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Turns Ctrl-C into a cancellation: the work stops at the next occasion, keeps what was learnt in its checkpoint, and
/// leaves no half-written file. So do a request to end (SIGTERM) and a terminal that goes away (SIGHUP), unless whoever
/// started the process has it ignored, as `nohup` does. A second Ctrl-C ends the process at once, but one that follows the
/// first quickly is the same one: an impatient hand, or a shell and a terminal that both pass it on.
final class Interruption {
    let cancellation = Cancellation()
    private let sources: [any DispatchSourceSignal]
    /// The seconds within which a second signal is the first one again.
    private static let quick = 2.0

    init() {
        let cancellation = cancellation
        let first = Guarded<ContinuousClock.Instant?>(nil)
        sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
            let former = signal(number, SIG_IGN)
            // Compared by their addresses. Handlers are functions of C or none, and either has the size of an Int, so that no
            // cast can trap.
            if number == SIGHUP, unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
                return nil
            }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
            source.setEventHandler {
                let isAgain = first.withLock { first in
                    guard let before = first else {
                        first = .now
                        return false
                    }
                    return before.duration(to: .now) > .seconds(Interruption.quick)
                }
                if isAgain { _exit(ErrorReport.Status.interrupted) }
                cancellation.cancel()
            }
            source.resume()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
    }
}
