import OutlierCore
import OutlierPCA
import OutlierTesting
import Testing

@Suite struct KernelPrincipalComponentsTests {
    @Test(arguments: [FeatureKernelKind.rbf, .poly, .linear, .cosine])
    func keepsItsPromises(_ kernel: FeatureKernelKind) throws {
        // Four columns leave a linear kernel few components, and angles say little of how far a row is.
        let detector = KernelPrincipalComponents(kernel: kernel, components: kernel == .rbf ? nil : 2)
        let failures = DetectorConformance.check(
            detector, registry: try pcaRegistry(), rocAUCFloor: kernel == .rbf ? 0.9 : nil)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func landmarksKeepThePromises() throws {
        let failures = DetectorConformance.check(
            KernelPrincipalComponents(sampleSize: 60), registry: try pcaRegistry())
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func equalsTheReference() throws {
        let registry = try pcaRegistry()
        for golden in try goldenCases("kernel-pca") {
            let result = try registry.detector(golden.detector).fitAndScore(golden.train)
            let name = golden.detector.parameters.description
            #expect(
                Agreement.largestDifference(result.scores.values, golden.trainingScores) < 1e-7,
                "\(name), training rows")
            let new = try result.model.scores(of: golden.new).values
            #expect(Agreement.largestDifference(new, golden.newScores) < 1e-7, "\(name), new rows")
        }
    }

    @Test func aLinearKernelIsPrincipalComponents() throws {
        let data = SyntheticData.clusters(rows: 150, columns: 5).data
        let kernel = try KernelPrincipalComponents(kernel: .linear, components: 2).fitAndScore(data).scores.values
        let plain = try PrincipalComponents(score: .reconstruction, components: 2, standardize: false)
            .fitAndScore(data).scores.values
        #expect(Agreement.largestDifference(kernel, plain) < 1e-8)
    }

    @Test func landmarksOfALinearKernelLoseNothing() throws {
        // A few rows span all of a linear kernel's feature space; the mean and the components are those of all rows.
        let data = SyntheticData.clusters(rows: 9_000, columns: 5).data
        let sample = try KernelPrincipalComponents(kernel: .linear, components: 2, sampleSize: 50)
            .fitAndScore(data).scores.values
        let plain = try PrincipalComponents(score: .reconstruction, components: 2, standardize: false)
            .fitAndScore(data).scores.values
        #expect(Agreement.largestDifference(sample, plain) < 1e-6)
    }

    @Test func anIndefiniteKernelIsAnError() throws {
        let data = SyntheticData.clusters(rows: 60, columns: 3).data
        #expect(throws: OutlierError.self) {
            try KernelPrincipalComponents(kernel: .sigmoid, gamma: 3, offset: -2).fit(data)
        }
    }

    @Test func damagedModelsAreRefused() throws {
        let data = SyntheticData.clusters(rows: 50, anomalies: 3).data
        for kernel in [FeatureKernelKind.rbf, .cosine] {
            let model = try KernelPrincipalComponents(kernel: kernel).fit(data)
            let refused = try loadDamaged(
                model, tensors: ["numbers", "landmarks", "coefficients", "shifts", "mean"],
                values: ["kernel", "degree"], scoring: data)
            #expect(refused > 100)
        }
    }
}
