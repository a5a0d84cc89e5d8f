import CKernels
import Foundation
import Synchronization
import Testing

/// How often each call of a job was done.
private final class Tally: Sendable {
    private let counts: [Counter]

    private final class Counter: Sendable { let value = Atomic<Int>(0) }

    init(_ count: Int) { counts = (0..<count).map { _ in Counter() } }

    var isOneOfEach: Bool { counts.allSatisfy { $0.value.load(ordering: .relaxed) == 1 } }

    func run(threads: Int) {
        outlier_crew_run(
            threads, counts.count,
            { context, index in
                guard let context else { return }
                let tally = Unmanaged<Tally>.fromOpaque(context).takeUnretainedValue()
                tally.counts[index].value.add(1, ordering: .relaxed)
                // Calls that take their time differently.
                for _ in 0..<(index % 7) * 50 { tally.counts[index].value.add(0, ordering: .relaxed) }
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}

/// The threads that share the shards of a batch.
@Suite struct CrewTests {
    /// More threads than the machine has, than there are calls and than the crew takes among them.
    @Test(arguments: [1, 2, 3, 4, 16, 40]) func everyCallIsDoneOnce(threads: Int) {
        for count in Array(0..<20) + [63, 1000, 65_535, 70_000] {
            let tally = Tally(count)
            tally.run(threads: threads)
            #expect(tally.isOneOfEach)
        }
    }

    @Test func jobsFollowEachOtherClosely() {
        var isRight = true
        for round in 0..<20_000 {
            let tally = Tally(2 + round % 3)
            tally.run(threads: 2 + round % 4)
            isRight = isRight && tally.isOneOfEach
        }
        #expect(isRight)
    }

    /// Threads that have gone to sleep wake up.
    @Test func jobsFollowEachOtherAfterPauses() {
        for _ in 0..<30 {
            let tally = Tally(8)
            tally.run(threads: 4)
            #expect(tally.isOneOfEach)
            usleep(2_000)
        }
    }

    @Test func severalCallersAtOnce() {
        let failures = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 8) { caller in
            for round in 0..<2_000 {
                let tally = Tally(1 + (round + caller) % 9)
                tally.run(threads: 2 + caller % 3)
                if !tally.isOneOfEach { failures.add(1, ordering: .relaxed) }
            }
        }
        #expect(failures.load(ordering: .relaxed) == 0)
    }

    /// A call may have a job of its own.
    @Test func jobsWithinJobs() {
        final class Outer: Sendable {
            let inner = (0..<12).map { _ in Tally(5) }
        }
        let outer = Outer()
        outlier_crew_run(
            3, outer.inner.count,
            { context, index in
                guard let context else { return }
                Unmanaged<Outer>.fromOpaque(context).takeUnretainedValue().inner[index].run(threads: 3)
            }, Unmanaged.passUnretained(outer).toOpaque())
        #expect(outer.inner.allSatisfy { $0.isOneOfEach })
    }
}
