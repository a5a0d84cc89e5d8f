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
        + [KernelDensity(bandwidthRule: .silverman), MedianAbsoluteDeviation()]
        + ColumnAggregation.allCases.map { InterquartileRange(factor: 0.5, aggregation: $0) }
        + [
            HistogramBasedOutlierScore(), HistogramBasedOutlierScore(bins: nil),
            HistogramBasedOutlierScore(bins: 5, binWidth: .dynamic),
            HistogramBasedOutlierScore(bins: nil, binWidth: .dynamic),
            // More bins than rows.
            HistogramBasedOutlierScore(bins: 200, binWidth: .dynamic),
            LightweightOnlineDetector(), LightweightOnlineDetector(bins: nil, cuts: 20),
            LightweightOnlineDetector(bins: 8, cuts: 20, binLookup: .pyod),
            EmpiricalCumulativeOutlierDetection(), EmpiricalCumulativeOutlierDetection(combination: .row),
            CopulaBasedOutlierDetection(), CopulaBasedOutlierDetection(combination: .row),
            CopulaBasedOutlierDetection(combination: .row, newRows: .batch),
        ]

    @Test(arguments: detectors.indices) func weightsAreRepetitions(_ index: Int) throws {
        let agreement = try WeightAgreement(of: WeightTests.detectors[index], on: data)
        #expect(agreement.repetitions < 1e-9)
        #expect(agreement.onesAreNone)
        #expect(agreement.zerosAreAbsent)
        #expect(agreement.matters)
    }

    private var data: Dataset { SyntheticData.clusters(rows: 90, columns: 3, anomalies: 5).data }

    /// Rows that lack a value, equal values, and a column of one value.
    @Test(arguments: 0..<6) func weightsOfOddColumns(_ index: Int) throws {
        let detectors: [any Detector] = [
            HistogramBasedOutlierScore(), HistogramBasedOutlierScore(bins: nil),
            HistogramBasedOutlierScore(bins: 5, binWidth: .dynamic), EmpiricalCumulativeOutlierDetection(),
            CopulaBasedOutlierDetection(), CopulaBasedOutlierDetection(combination: .row, newRows: .batch),
        ]
        var matrix = data.matrix
        for row in 0..<90 {
            if row % 5 == 1 { matrix[row, 0] = .nan }
            if row % 3 == 1 { matrix[row, 2] = .nan }
            matrix[row, 1] = (matrix[row, 1] / 2).rounded()
        }
        let agreement = try WeightAgreement(of: detectors[index], on: data.replacing(matrix))
        #expect(agreement.repetitions < 1e-9)
        #expect(agreement.onesAreNone && agreement.zerosAreAbsent && agreement.matters)
    }

    /// Densities and tails are parts of the weights: a common factor changes nothing.
    @Test(arguments: 0..<3) func aCommonFactorChangesNothing(_ index: Int) throws {
        let detectors: [any Detector] = [
            HistogramBasedOutlierScore(), EmpiricalCumulativeOutlierDetection(), CopulaBasedOutlierDetection(),
        ]
        try checkCommonFactor(detectors[index])
    }

    private func checkCommonFactor(_ detector: some Detector) throws {
        let weights = (0..<90).map { 1 + Double($0 % 4) }
        let first = try detector.fitAndScore(data.replacing(labels: nil, weights: weights)).scores.values
        for factor in [0.01, 7.3] {
            let scaled = try data.replacing(labels: nil, weights: weights.map { $0 * factor })
            let second = try detector.fitAndScore(scaled).scores.values
            for (one, other) in zip(first, second) { #expect(abs(one - other) < 1e-9) }
        }
    }

    /// Weights that add up to 1 are no counts: order statistics are those of as many rows as there are.
    @Test func smallWeightsKeepTheOrderStatistics() throws {
        let plain = try InterquartileRange(factor: 0.5).fit(data).scores(of: data).values
        let shares = try data.replacing(labels: nil, weights: (0..<90).map { _ in 1.0 / 128 })
        let weighted = try InterquartileRange(factor: 0.5).fit(shares).scores(of: data).values
        for (one, other) in zip(plain, weighted) { #expect(abs(one - other) < 1e-12) }
    }

    /// A value beyond all others is no less anomalous than the outermost one, however little that weighs.
    @Test func nothingIsLessRareFurtherOut() throws {
        let values = (0..<50).map { [Double($0)] }
        let weights = (0..<50).map { $0 == 0 || $0 == 49 ? 0.01 : 1 }
        let table = try Dataset(rows: values).replacing(labels: nil, weights: weights)
        let model = try EmpiricalCumulativeOutlierDetection().fit(table)
        let scores = try model.scores(of: Dataset(rows: [[-9], [0], [1], [48], [49], [99]])).values
        #expect(scores[0] == scores[1] && scores[1] > scores[2])
        #expect(scores[5] == scores[4] && scores[4] > scores[3])
    }

    @Test func sumsOfWeightsDoNotDependOnTheThreads() throws {
        let data = SyntheticData.clusters(rows: 40_000, columns: 3, anomalies: 50).data
        let weighted = try data.replacing(labels: nil, weights: (0..<40_000).map { 0.1 + 0.7 * Double($0 % 11) })
        for detector in [HistogramBasedOutlierScore(), LightweightOnlineDetector(bins: 10, cuts: 5)] as [any Detector] {
            let scores = try [1, 3].map { threads in
                try detector.fitAndScore(weighted, context: FitContext(execution: Execution(threads: threads))).scores
                    .values
            }
            #expect(scores[0] == scores[1])
        }
    }

    /// The estimator's paper takes h rows, and knows of no weights.
    @Test func theDeterminantTakesNoWeights() throws {
        let weighted = try data.replacing(labels: nil, weights: (0..<90).map { 1 + Double($0 % 2) })
        let error = #expect(throws: OutlierError.self) { _ = try MinimumCovarianceDeterminant().fit(weighted) }
        #expect(error?.code == .weightsNotTaken)
    }

    /// k-means begins differently, but there is one best mixture of two clusters that lie apart.
    @Test func weightsOfAMixtureOfSeveral() throws {
        let agreement = try WeightAgreement(
            of: GaussianMixture(components: 2, tolerance: 1e-13, iterations: 2_000, starts: 5), on: data)
        #expect(agreement.repetitions < 1e-4 && agreement.matters)
    }

    /// Of equal rows one at a time is left out.
    @Test func leavingOneOfARepeatedRowOut() throws {
        let data = SyntheticData.clusters(rows: 60, columns: 3, anomalies: 5).data
        let counts = (0..<60).map { $0 % 4 }
        let repeated = counts.indices.flatMap { Array(repeating: $0, count: counts[$0]) }
        let weighted = try GaussianMixture()
            .fitAndScore(data.replacing(labels: nil, weights: counts.map(Double.init))).scores.values
        let plain = try GaussianMixture().fitAndScore(data.selectingRows(repeated)).scores.values
        for (row, score) in zip(repeated, plain) { #expect(abs(weighted[row] - score) < 1e-9 * max(1, abs(score))) }
    }

    @Test func weightsAreInTheModelFile() throws {
        let data = SyntheticData.clusters(rows: 60, columns: 3, anomalies: 5).data
        let weighted = try data.replacing(labels: nil, weights: (0..<60).map { 0.1 * Double($0 % 7) })
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(StatisticalPlugin.self)
        func check<D: Detector>(_ detector: D) throws {
            let model = try detector.fit(weighted)
            var archive = ModelArchive()
            try model.encode(to: &archive)
            let loaded = try D.Fitted(from: archive, registry: registry)
            #expect(try loaded.scores(of: data) == model.scores(of: data))
        }
        try check(KernelDensity())
        try check(HistogramBasedOutlierScore())
        try check(EmpiricalCumulativeOutlierDetection())
        try check(CopulaBasedOutlierDetection(combination: .row, newRows: .batch))
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
        let fit = try detector.fitAndScore(holed)
        let (model, scores) = (fit.model, fit.scores.values)
        // The column alone, of the rows that have it.
        let present = (0..<200).filter { $0 % 3 != 0 }
        let own = try data.selectingColumns([4]).selectingRows(present)
        let ownModelFit = try detector.fitAndScore(own)
        let (ownModel, ownScores) = (ownModelFit.model, ownModelFit.scores.values)
        let restScores = try detector.fitAndScore(data.selectingColumns([0, 1, 2, 3])).scores.values
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
        let single = try model.scores(of: Dataset(rows: [[1, .nan, 0, .nan, 0.5]])).values
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
