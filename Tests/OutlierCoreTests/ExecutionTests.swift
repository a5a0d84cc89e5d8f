import OutlierCore
import Synchronization
import Testing

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
