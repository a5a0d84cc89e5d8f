import OutlierCore
import OutlierStatistical
import OutlierTesting
import Testing

/// A row of weight 2 is as good as two equal rows, and a row of weight 0 as good as absent.
@Suite struct WeightTests {
    private static let detectors: [any Detector] =
        [MahalanobisDistance(), ZScore()]
        + MixtureCovariance.allCases.map { GaussianMixture(covariance: $0) }
        + DensityKernel.allCases.map { KernelDensity(bandwidth: 4, kernel: $0, normalized: true) }
        + [KernelDensity(bandwidthRule: .silverman)]

    @Test(arguments: detectors.indices) func weightsAreRepetitions(_ index: Int) throws {
        try check(WeightTests.detectors[index])
    }

    /// k-means begins differently, but there is one best mixture of two clusters that lie apart.
    @Test func weightsOfAMixtureOfSeveral() throws {
        try check(
            GaussianMixture(components: 2, tolerance: 1e-13, iterations: 2_000, starts: 5), tolerance: 1e-4)
    }

    /// Of equal rows one at a time is left out.
    @Test func leavingOneOfARepeatedRowOut() throws {
        let data = SyntheticData.clusters(rows: 60, columns: 3, anomalies: 5).data
        let counts = (0..<60).map { $0 % 4 }
        let repeated = counts.indices.flatMap { Array(repeating: $0, count: counts[$0]) }
        let weighted = try GaussianMixture()
            .fitAndScore(data.replacing(labels: nil, weights: counts.map(Double.init))).scores
        let plain = try GaussianMixture().fitAndScore(data.selectingRows(repeated)).scores
        for (row, score) in zip(repeated, plain) { #expect(abs(weighted[row] - score) < 1e-9 * max(1, abs(score))) }
    }

    @Test func weightsAreInTheModelFile() throws {
        let data = SyntheticData.clusters(rows: 60, columns: 3, anomalies: 5).data
        let weighted = try data.replacing(labels: nil, weights: (0..<60).map { 0.1 * Double($0 % 7) })
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(StatisticalPlugin.self)
        let model = try KernelDensity().fit(weighted)
        var archive = ModelArchive()
        try model.encode(to: &archive)
        let loaded = try FittedKernelDensity(from: archive, registry: registry)
        #expect(try loaded.scores(of: data) == model.scores(of: data))
    }

    private func check(_ detector: some Detector, tolerance: Double = 1e-9) throws {
        let data = SyntheticData.clusters(rows: 90, columns: 3, anomalies: 5).data
        let weights = (0..<90).map { Double($0 % 4) }
        let repeated = (0..<90).flatMap { row in Array(repeating: row, count: row % 4) }
        let weighted = try data.replacing(labels: nil, weights: weights)
        let first = try detector.fit(weighted).scores(of: data)
        let second = try detector.fit(data.selectingRows(repeated)).scores(of: data)
        for (one, other) in zip(first, second) {
            let difference: Double = abs(one - other) / max(1, abs(other))
            #expect(difference < tolerance)
        }
        let plain = try detector.fit(data).scores(of: data)
        #expect(first != plain)
    }
}

@Suite struct MissingValueTests {
    private let data = SyntheticData.clusters(rows: 200, columns: 5, anomalies: 10).data

    /// A column that has every value is scored by its own distribution, whatever others lack.
    @Test(arguments: 0..<4) func otherColumnsDoNotMatter(_ index: Int) throws {
        let detectors: [any Detector] = [
            HistogramBasedOutlierScore(), HistogramBasedOutlierScore(bins: nil, binWidth: .dynamic),
            EmpiricalCumulativeOutlierDetection(), CopulaBasedOutlierDetection(),
        ]
        try check(detectors[index])
    }

    private func check(_ detector: some Detector) throws {
        var matrix = data.matrix
        for row in 0..<200 where row % 3 == 0 { matrix[row, 4] = .nan }
        let holed = try data.replacing(matrix)
        let (model, scores) = try detector.fitAndScore(holed)
        // The column alone, of the rows that have it.
        let present = (0..<200).filter { $0 % 3 != 0 }
        let own = try data.selectingColumns([4]).selectingRows(present)
        let (ownModel, ownScores) = try detector.fitAndScore(own)
        let (_, restScores) = try detector.fitAndScore(data.selectingColumns([0, 1, 2, 3]))
        for (place, row) in present.enumerated() {
            let difference: Double = scores[row] - ownScores[place] - restScores[row]
            #expect(abs(difference) < 1e-9)
        }
        // A missing value adds what the column adds on average.
        let average: Double = ownScores.reduce(0, +) / Double(present.count)
        for row in stride(from: 0, to: 200, by: 3) {
            let difference: Double = scores[row] - average - restScores[row]
            #expect(abs(difference) < 1e-9)
        }
        // New rows likewise.
        let single = try model.scores(of: Dataset(rows: [[1, .nan, 0, .nan, 0.5]]))
        #expect(single[0].isFinite)
        #expect(try ownModel.scores(of: Dataset(rows: [[.nan]]))[0].isFinite)
        var emptied = data.matrix
        for row in 0..<200 { emptied[row, 1] = .nan }
        let empty = try data.replacing(emptied)
        #expect(error { _ = try detector.fit(empty) }?.code == .missingValue)
    }

    private func error(_ body: () throws -> Void) -> OutlierError? {
        do {
            try body()
            return nil
        } catch {
            return error as? OutlierError
        }
    }
}
