internal import CAllocationCount
package import Neural
internal import OutlierCore

/// How often a step of training allocates memory after the first ones. Counted on the thread that calls: what other tests
/// do at the same time does not matter, nor is it seen what a step has other threads do, which is arithmetic in memory
/// that the caller has.
package enum StepAllocations {
    /// Not without glibc, nor under a sanitizer, which has a heap of its own.
    package static var areCounted: Bool { outlier_allocations_of_this_thread() >= 0 }

    /// Trains on full batches and on smaller ones.
    ///
    /// - Parameters:
    ///   - rows: of the largest batch.
    ///   - words: for columns that hold words, how many there are.
    /// - Returns: the allocations of ten steps after two.
    package static func count<Model: Trainable>(
        of model: inout Model, rows: Int, width: Int, words: [Int: Int] = [:]
    ) throws -> Int {
        var random = RandomSource(seed: 8)
        let input = (0..<rows * width).map { index in
            words[index % width].map { Float(random.index(below: $0)) } ?? Float(random.normal())
        }
        let indices = Array(0..<rows)
        var losses = [Double](repeating: 0, count: Model.lossNames.count)
        let execution = Execution(threads: 2)
        return try input.withUnsafeBufferPointer { input in
            try indices.withUnsafeBufferPointer { indices in
                guard let base = input.baseAddress else { return Int.max }
                var before = 0
                for step in 0..<12 {
                    if step == 2 { before = outlier_allocations_of_this_thread() }
                    try model.step(
                        Batch(
                            input: base, rows: step % 3 == 1 ? (rows + 2) / 3 : rows, indices: indices, step: step,
                            totalSteps: 12, epoch: 0, random: CounterRandom(seed: 2, step: step), rateFactor: 1,
                            execution: execution),
                        losses: &losses)
                }
                return outlier_allocations_of_this_thread() - before
            }
        }
    }
}
