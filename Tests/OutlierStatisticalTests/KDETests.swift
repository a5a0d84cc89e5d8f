import OutlierCore
import OutlierStatistical
import OutlierTesting
import Testing

@Suite struct KDETests {
    @Test(arguments: DensityKernel.allCases)
    func keepsItsPromises(_ kernel: DensityKernel) throws {
        // The kernels of bounded reach give all far rows one score, so that nothing is said of the area.
        let failures = DetectorConformance.check(
            KernelDensity(bandwidth: 2, kernel: kernel), registry: try GaussianFixture.registry(), rocAUCFloor: 0.85)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func equalsTheReference() throws {
        try GaussianFixture.expectReference("kde", within: 1e-9)
    }

    @Test func farRowsKeepTheirOrder() throws {
        let data = try Dataset(rows: (0..<100).map { [Double($0) / 100, 0] })
        let model = try KernelDensity().fit(data)
        let scores = try model.scores(of: Dataset(rows: [[100, 0], [1_000, 0], [10_000, 0]])).values
        #expect(scores[0] < scores[1] && scores[1] < scores[2])
        #expect(scores.allSatisfy { $0.isFinite })
    }

    @Test func rulesGiveABandwidth() throws {
        let data = SyntheticData.clusters(rows: 100, columns: 3).data
        let scott = try KernelDensity(bandwidthRule: .scott).fit(data)
        #expect(abs(scott.bandwidth - 0.517947) < 1e-5)
        let silverman = try KernelDensity(bandwidthRule: .silverman).fit(data)
        #expect(abs(silverman.bandwidth - 0.501697) < 1e-5)
    }

    @Test func damagedModelsAreRefused() throws {
        let data = SyntheticData.clusters(rows: 50, anomalies: 3).data
        for kernel in [DensityKernel.gaussian, .cosine] {
            let model = try KernelDensity(kernel: kernel).fit(data)
            let refused = try GaussianFixture.loadDamaged(
                model, tensors: ["rows", "bandwidth"], values: ["kernel"], scoring: data)
            #expect(refused > 100)
        }
    }
}
