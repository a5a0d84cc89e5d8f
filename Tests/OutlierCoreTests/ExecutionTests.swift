import Foundation
import OutlierCore
import Synchronization
import Testing

/// A detector whose fit runs what it is told to.
private struct Slow: Detector {
    static let name = "slow"
    static let summary = "Runs a closure."
    static let parameters: [Parameter<Slow>] = []
    var work: @Sendable (FitContext) throws -> Void = { _ in }

    init() {}
    init(_ work: @escaping @Sendable (FitContext) throws -> Void) { self.work = work }

    func train(on data: Dataset, context: FitContext) throws -> Zero {
        try work(context)
        return Zero(featureCount: data.columnCount)
    }
}

/// Counts how many are at work at once.
private final class Workers: Sendable {
    private let now = Atomic<Int>(0)
    private let highest = Atomic<Int>(0)

    var most: Int { highest.load(ordering: .relaxed) }
    func begin() { highest.max(now.wrappingAdd(1, ordering: .relaxed).newValue, ordering: .relaxed) }
    func end() { now.wrappingSubtract(1, ordering: .relaxed) }
}

private struct Zero: FittedDetector {
    let featureCount: Int

    init(featureCount: Int) { self.featureCount = featureCount }
    func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        [Double](repeating: 0, count: data.rowCount)
    }
    func encode(to archive: inout ModelArchive) throws { archive.store(featureCount, as: "features") }
    init(from archive: ModelArchive, registry: Registry) throws {
        featureCount = try archive.integer("features", in: 1...100)
    }
}

@Suite struct ExecutionTests {
    @Test(arguments: [1, 2, 5])
    func everyIndexOnce(threads: Int) throws {
        let result = try Execution(threads: threads).map(1000, blockSize: 7) { range, buffer in
            for (position, index) in range.enumerated() { buffer[position] = Double(index) }
        }
        #expect(result == (0..<1000).map(Double.init))
    }

    @Test func errorsAndCancellationStop() {
        #expect(throws: OutlierError.self) {
            try Execution(threads: 3).forEach(100) { if $0 == 50 { throw OutlierError(.invalidValue, "50") } }
        }
        let cancellation = Cancellation()
        let calls = Atomic<Int>(0)
        #expect(throws: CancellationError.self) {
            try Execution(threads: 2, cancellation: cancellation).forEach(1_000_000) { _ in
                if calls.wrappingAdd(1, ordering: .relaxed).newValue == 10 { cancellation.cancel() }
            }
        }
        #expect(calls.load(ordering: .relaxed) < 1000)
    }

    @Test func aChildIsCancelledByItsParentAndNotTheOtherWayRound() {
        let parent = Cancellation()
        let child = Cancellation(within: parent)
        let other = Cancellation(within: parent)
        child.cancel()
        #expect(child.isCancelled)
        #expect(!parent.isCancelled)
        #expect(!other.isCancelled)
        parent.cancel()
        #expect(other.isCancelled)
    }

    @Test func workSideBySideSharesOnePool() async throws {
        let pool = ThreadPool(threads: 3)
        let workers = Workers()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    _ = try await Slow { context in
                        try context.execution.forEach(20) { _ in
                            workers.begin()
                            usleep(500)
                            workers.end()
                        }
                    }.fit(Dataset(rows: [[1], [2]]), context: FitContext(execution: Execution(threads: 8, pool: pool)))
                }
            }
            try await group.waitForAll()
        }
        #expect(workers.most <= 3)
        #expect(workers.most > 1)
    }

    @Test func aCancelledTaskStopsItsOwnFitAlone() async throws {
        let context = FitContext()
        let begun = AsyncStream<Void>.makeStream()
        let endless = Task {
            try await Slow { context in
                begun.continuation.yield()
                while true { try context.checkCancellation() }
            }.fit(Dataset(rows: [[1], [2]]), context: context)
        }
        for await _ in begun.stream { break }
        endless.cancel()
        await #expect(throws: CancellationError.self) { try await endless.value }
        #expect(!context.execution.cancellation.isCancelled)
        let data = try Dataset(rows: [[1], [2]])
        let model = try await Slow { _ in }.fit(data, context: context)
        #expect(try await model.scores(of: data).count == 2)
    }

    @Test func aCancelledTaskThatWaitsForItsTurnNeverBegins() async throws {
        let pool = ThreadPool(threads: 1)
        let context = FitContext(execution: Execution(pool: pool))
        let begun = AsyncStream<Void>.makeStream()
        let first = Task {
            try await Slow { context in
                begun.continuation.yield()
                while true { try context.checkCancellation() }
            }.fit(Dataset(rows: [[1], [2]]), context: context)
        }
        for await _ in begun.stream { break }
        let runs = Workers()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try await Slow { _ in runs.begin() }
                    .fit(Dataset(rows: [[1], [2]]), context: context)
            }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(runs.most == 0)
    }

    @Test func randomNumbers() {
        var random = RandomSource(seed: 1)
        let uniform = (0..<100_000).map { _ in random.uniform() }
        #expect(uniform.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(abs(uniform.reduce(0, +) / 100_000 - 0.5) < 0.005)
        let normal = (0..<100_000).map { _ in random.normal() }
        #expect(abs(normal.reduce(0, +) / 100_000) < 0.01)
        #expect(abs(normal.map { $0 * $0 }.reduce(0, +) / 100_000 - 1) < 0.02)
        var counts = [Int](repeating: 0, count: 20)
        for _ in 0..<4000 {
            let sample = random.sample(5, below: 20)
            #expect(Set(sample).count == 5)
            for index in sample { counts[index] += 1 }
        }
        #expect(counts.allSatisfy { $0 > 850 && $0 < 1150 }, "\(counts)")
        #expect(random.sample(20, below: 20).sorted() == Array(0..<20))
        var one = RandomSource(seed: 1, stream: 1)
        var other = RandomSource(seed: 1, stream: 2)
        #expect(one.next() != other.next())
    }
}
