import CAllocationCount
import Neural
import OutlierAutoencoder
import OutlierCore
import Testing

/// A step of an autoencoder's training allocates nothing after the first; see the same of networks.
@Suite(
    .enabled(
        if: outlier_allocations_of_this_thread() >= 0,
        "allocations are counted with glibc and without a sanitizer, which has a heap of its own"))
struct AllocationTests {
    @Test(arguments: VariantTests.variants.indices, [Double?.none, 1])
    func steps(_ index: Int, gradientNorm: Double?) throws {
        var settings = VariantTests.variants[index].settings
        settings.gradientNorm = gradientNorm
        let columns = 5
        let rows = 13
        var random = RandomSource(seed: 8)
        let input = (0..<rows * columns).map { _ in Float(random.normal()) }
        let indices = Array(0..<rows)
        var training = AutoencoderTraining(settings, columns: NetworkColumns(numbers: columns), rowCount: rows, seed: 6)
        var losses = [0.0]
        let execution = Execution(threads: 2)
        let count = try input.withUnsafeBufferPointer { input in
            try indices.withUnsafeBufferPointer { indices in
                let base = try #require(input.baseAddress)
                var before = 0
                for step in 0..<12 {
                    if step == 2 { before = outlier_allocations_of_this_thread() }
                    try training.step(
                        Batch(
                            input: base, rows: step % 3 == 1 ? 4 : rows, indices: indices, step: step, totalSteps: 12,
                            epoch: 0, random: CounterRandom(seed: 2, step: step), rateFactor: 1, execution: execution),
                        losses: &losses)
                }
                return outlier_allocations_of_this_thread() - before
            }
        }
        #expect(count == 0)
    }
}
