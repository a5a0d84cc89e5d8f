import Foundation

/// A number of threads that all work of a process shares, so that ten fits side by side do not ask for ten times the threads
/// that the machine has.
///
/// Work always goes on, on the thread that asked for it at least; how many threads help it never changes a result.
public final class ThreadPool: Sendable {
    /// As many threads as the machine has processors.
    public static let shared = ThreadPool(threads: ProcessInfo.processInfo.activeProcessorCount)

    /// As much as the main thread has.
    private static let stackSize = 8 << 20

    private struct State {
        var free: Int
        var waiting: [(id: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
        var cancelled: Set<UInt64> = []
        var lastID: UInt64 = 0
    }

    private let state: Guarded<State>

    /// - Parameter threads: how many threads may work at once, at least 1.
    public init(threads: Int) {
        state = Guarded(State(free: max(1, threads)))
    }

    /// Takes up to `count` threads that are free now and not waited for. They are to be given back.
    func borrow(upTo count: Int) -> Int {
        state.withLock { state in
            guard state.waiting.isEmpty else { return 0 }
            let taken = min(max(count, 0), state.free)
            state.free -= taken
            return taken
        }
    }

    func giveBack(_ count: Int) {
        guard count > 0 else { return }
        let next: [CheckedContinuation<Bool, Never>] = state.withLock { state in
            let served = min(count, state.waiting.count)
            state.free += count - served
            let continuations = state.waiting.prefix(served).map(\.continuation)
            state.waiting.removeFirst(served)
            return continuations
        }
        for continuation in next { continuation.resume(returning: true) }
    }

    /// Runs long work on a thread of this pool and not on one of those that Swift's tasks share. It waits for its turn while
    /// every thread is taken. If the task is cancelled, `cancellation` is raised.
    ///
    /// - Throws: `CancellationError` if the task was cancelled before its turn; what `body` throws.
    func run<Result: Sendable>(
        _ cancellation: Cancellation, _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withTaskCancellationHandler {
            try await waitForTurn()
            defer { giveBack(1) }
            // The result crosses under a lock: a continuation that is resumed before its task has gone to sleep orders memory
            // in a way that the thread sanitizer does not see.
            let outcome = Guarded<Swift.Result<Result, any Error>>(.failure(CancellationError()))
            await withCheckedContinuation { continuation in
                // A thread of its own: Dispatch's threads are those of Swift's tasks too, and work that fills them all
                // would keep every task from going on, the one that cancels the work among them.
                let thread = Thread {
                    let result = Swift.Result(catching: body)
                    outcome.withLock { $0 = result }
                    continuation.resume()
                }
                thread.stackSize = Self.stackSize
                thread.start()
            }
            return try outcome.withLock { $0 }.get()
        } onCancel: {
            cancellation.cancel()
        }
    }

    private func waitForTurn() async throws {
        let id: UInt64? = state.withLock { state in
            if state.waiting.isEmpty, state.free > 0 {
                state.free -= 1
                return nil
            }
            state.lastID += 1
            return state.lastID
        }
        guard let id else { return }
        let isMine = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return false }
                    // A thread may have become free since.
                    if state.waiting.isEmpty, state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiting.append((id, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let continuation: CheckedContinuation<Bool, Never>? = state.withLock { state in
                guard let index = state.waiting.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.waiting.remove(at: index).continuation
            }
            continuation?.resume(returning: false)
        }
        state.withLock { _ = $0.cancelled.remove(id) }
        guard isMine else { throw CancellationError() }
    }
}
