import OutlierCore
import OutlierSupportVectors
import OutlierTesting
import Testing

@Suite struct ConformanceTests {
    @Test(arguments: [
        OneClassSupportVectorMachine(), OneClassSupportVectorMachine(nu: 0.1, gammaRule: .scale),
    ])
    func oneClass(_ detector: OneClassSupportVectorMachine) throws {
        let failures = DetectorConformance.check(detector, registry: try registry(), rocAUCFloor: 0.8)
        #expect(failures.isEmpty, "\(failures)")
    }

    /// Kernels whose surface says nothing of the distance to clusters on both sides of the origin.
    @Test(arguments: [SupportVectorKernel.linear, .poly, .sigmoid])
    func oneClassWithoutQuality(_ kernel: SupportVectorKernel) throws {
        let failures = DetectorConformance.check(
            OneClassSupportVectorMachine(kernel: kernel), registry: try registry(), rocAUCFloor: nil)
        #expect(failures.isEmpty, "\(failures)")
    }
}
