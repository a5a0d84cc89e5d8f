import Dispatch
import Foundation
import Synchronization

/// The means a computation may use: how many threads, and a way to be told to stop.
public struct Execution: Sendable {
    /// How many threads may work at once, at least 1. No result depends on it.
    public let threads: Int
    public let cancellation: Cancellation
    /// Where the threads come from. Work that goes on side by side shares them.
    public let pool: ThreadPool

    /// - Parameter threads: `nil` for as many as the machine has processors.
    public init(
        threads: Int? = nil, cancellation: Cancellation = Cancellation(), pool: ThreadPool = .shared
    ) {
        self.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
        self.cancellation = cancellation
        self.pool = pool
    }

    /// The same means on one thread, for work that is already one of many parallel parts.
    public var singleThreaded: Execution { Execution(threads: 1, cancellation: cancellation, pool: pool) }

    /// The same means, until `cancellation` is up.
    public func stopped(by cancellation: Cancellation) -> Execution {
        Execution(threads: threads, cancellation: cancellation, pool: pool)
    }

    /// - Throws: `CancellationError` once the work was cancelled.
    public func checkCancellation() throws { try cancellation.check() }

    /// Calls `body` once for each number of 0..<`count`, on up to ``threads`` threads, and returns when all calls have.
    ///
    /// Calls must not touch each other's data. The first error thrown stops the calls that have not begun and is
    /// thrown on; cancellation stops them too.
    public func forEach(_ count: Int, _ body: @Sendable (Int) throws -> Void) throws {
        guard count > 0 else { return }
        if threads == 1 || count == 1 {
            for index in 0..<count {
                try checkCancellation()
                try body(index)
            }
            return
        }
        let helpers = pool.borrow(upTo: min(threads, count) - 1)
        let working = Atomic<Int>(1 + helpers)
        let next = Atomic<Int>(0)
        let failure = Guarded<(index: Int, error: any Error)?>(nil)
        let stopped = Atomic<Bool>(false)
        DispatchQueue.concurrentPerform(iterations: 1 + helpers) { _ in
            // Whoever finds nothing left to do makes room for other work, the last one in the place of who called.
            defer { if working.wrappingSubtract(1, ordering: .relaxed).newValue > 0 { pool.giveBack(1) } }
            while !stopped.load(ordering: .relaxed) && !cancellation.isCancelled {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                do {
                    try body(index)
                } catch {
                    failure.withLock { current in
                        if index < current?.index ?? Int.max { current = (index, error) }
                    }
                    stopped.store(true, ordering: .relaxed)
                }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure.error }
        try checkCancellation()
    }

    /// Splits 0..<`count` into blocks of `size` (the last may be shorter) and calls `body` with each, in parallel as
    /// ``forEach(_:_:)`` does. The blocks do not depend on the number of threads.
    public func forEachBlock(of count: Int, size: Int, _ body: @Sendable (Range<Int>) throws -> Void) throws {
        precondition(size > 0, "blocks must not be empty")
        try forEach((count + size - 1) / size) { block in
            try body(block * size..<min((block + 1) * size, count))
        }
    }

    /// Computes `count` values in parallel, a block of `size` at a time: `body` gets the range of indices and must
    /// initialise as many elements of the buffer, which begins at the range's lower bound.
    public func map(
        _ count: Int, blockSize size: Int,
        _ body: @Sendable (Range<Int>, UnsafeMutableBufferPointer<Double>) throws -> Void
    ) throws -> [Double] {
        var result = [Double](repeating: 0, count: count)
        try result.withUnsafeMutableBufferPointer { buffer in
            let shared = SharedBuffer(buffer)
            try forEachBlock(of: count, size: size) { range in
                try body(range, UnsafeMutableBufferPointer(rebasing: shared.buffer[range]))
            }
        }
        return result
    }
}

/// A buffer that several threads write to, each its own part. Who uses it answers for the parts being disjoint.
public struct SharedBuffer<Element>: @unchecked Sendable {
    public let buffer: UnsafeMutableBufferPointer<Element>

    public init(_ buffer: UnsafeMutableBufferPointer<Element>) { self.buffer = buffer }
}

/// A buffer that several threads read and none writes.
public struct SharedReadBuffer<Element>: @unchecked Sendable {
    public let buffer: UnsafeBufferPointer<Element>

    public init(_ buffer: UnsafeBufferPointer<Element>) { self.buffer = buffer }
}
