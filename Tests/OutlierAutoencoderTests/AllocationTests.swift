import Neural
import NeuralTesting
import OutlierAutoencoder
import OutlierCore
import Testing

@Suite(.enabled(if: StepAllocations.areCounted))
struct AllocationTests {
    @Test(arguments: VariantTests.variants.indices, [Double?.none, 1])
    func aStepAllocatesNothing(_ index: Int, gradientNorm: Double?) throws {
        var settings = VariantTests.variants[index].settings
        settings.gradientNorm = gradientNorm
        var training = AutoencoderTraining(settings, columns: NetworkColumns(numbers: 5), rowCount: 13, seed: 6)
        #expect(try StepAllocations.count(of: &training, rows: 13, width: 5) == 0)
    }
}
