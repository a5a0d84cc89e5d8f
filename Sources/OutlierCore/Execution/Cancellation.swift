import Synchronization

/// A flag that one thread raises and others look at, to stop work that has become pointless.
public final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)
    /// What stops this work, too.
    private let parent: Cancellation?
    private let deadline: ContinuousClock.Instant?

    public init() {
        parent = nil
        deadline = nil
    }

    /// A flag that is up once `parent` is. Raising this one leaves the parent as it is, so a task can stop its own work and
    /// nobody else's.
    public init(within parent: Cancellation) {
        self.parent = parent
        deadline = nil
    }

    /// A flag that is up once `deadline` has passed, or once `parent` is.
    public init(deadline: ContinuousClock.Instant, within parent: Cancellation) {
        self.parent = parent
        self.deadline = deadline
    }

    public var isCancelled: Bool {
        if flag.load(ordering: .relaxed) { return true }
        if let parent, parent.isCancelled { return true }
        guard let deadline, ContinuousClock.now >= deadline else { return false }
        cancel()
        return true
    }

    public func cancel() { flag.store(true, ordering: .relaxed) }

    /// - Throws: `CancellationError` once it is up: ``cancel()`` was called, or the deadline has passed.
    public func check() throws {
        if isCancelled { throw CancellationError() }
    }
}
