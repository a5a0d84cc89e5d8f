import OutlierCore
import OutlierStatistical
import OutlierTesting
import Testing

@Suite struct MahalanobisTests {
    @Test func keepsItsPromises() throws {
        let registry = try GaussianFixture.registry()
        let failures = DetectorConformance.check(MahalanobisDistance(), registry: registry)
        #expect(failures.isEmpty, "\(failures)")
        let robust = DetectorConformance.check(MinimumCovarianceDeterminant(), registry: registry)
        #expect(robust.isEmpty, "\(robust)")
    }

    @Test func equalsTheReference() throws {
        try GaussianFixture.expectReference("mahalanobis", within: 1e-9)
    }

    @Test func theRobustEstimateEqualsTheReference() throws {
        try GaussianFixture.expectReference("mcd", within: 1e-6)
    }

    @Test func contributionsAddUpToTheScore() throws {
        let data = SyntheticData.clusters().data
        let fit = try MahalanobisDistance().fitAndScore(data)
        let (model, scores) = (fit.model, fit.scores.values)
        let contributions = try model.contributions(of: data, execution: Execution())
        for row in 0..<data.rowCount {
            #expect(abs(contributions.row(row).reduce(0, +) - scores[row]) < 1e-9 * max(1, scores[row]))
        }
    }

    @Test func directionsWithoutVarianceAddNothing() throws {
        var random = RandomSource(seed: 1)
        let rows = (0..<200).map { _ -> [Double] in
            let (a, b) = (random.normal(), random.normal())
            return [a, b, a + b, 7]
        }
        let all = try MahalanobisDistance().fitAndScore(Dataset(rows: rows)).scores.values
        let two = try MahalanobisDistance().fitAndScore(Dataset(rows: rows.map { Array($0[0..<2]) })).scores.values
        #expect(Agreement.largestDifference(all, two) < 1e-9)
        let robust = MinimumCovarianceDeterminant(supportFraction: 0.7)
        let robustAll = try robust.fitAndScore(Dataset(rows: rows)).scores.values
        let robustTwo = try robust.fitAndScore(Dataset(rows: rows.map { Array($0[0..<2]) })).scores.values
        #expect(Agreement.spearman(robustAll, robustTwo) > 0.99)
    }

    @Test(arguments: [400, 5_000])
    func anomaliesTogetherDoNotMaskEachOther(_ count: Int) throws {
        // A quarter of the rows far away in one place bends the classical estimate, not the robust one.
        var random = RandomSource(seed: 3)
        let rows = (0..<count).map { row in
            (0..<4).map { _ in row % 4 == 0 ? 8 + 0.1 * random.normal() : random.normal() }
        }
        let truth = (0..<count).map { $0 % 4 == 0 }
        let data = try Dataset(rows: rows)
        let robust = try MinimumCovarianceDeterminant().fitAndScore(data)
        #expect(try ROCAUC().value(of: Evaluation(scores: robust.scores.values, truth: truth)).number == 1)
        #expect(robust.model.location.allSatisfy { abs($0) < 0.2 })
        let classical = try MahalanobisDistance().fitAndScore(data).scores.values
        #expect(try ROCAUC().value(of: Evaluation(scores: classical, truth: truth)).number ?? 1 < 0.9)
    }

    @Test func normalRowsHaveChiSquaredDistances() throws {
        var random = RandomSource(seed: 4)
        let rows = (0..<4_000).map { _ in (0..<3).map { _ in random.normal() } }
        let scores = try MinimumCovarianceDeterminant().fitAndScore(Dataset(rows: rows)).scores.values
        // The 0.975 quantile of χ² with 3 degrees of freedom.
        let beyond = Double(scores.filter { $0 > 9.348 }.count) / 4_000
        #expect(abs(beyond - 0.025) < 0.01)
    }

    @Test func oneColumnIsSolvedExactly() throws {
        let values: [Double] = [0, 0.1, 0.2, 0.15, 0.05, 5, 9, 30, 2, 0.12]
        let model = try MinimumCovarianceDeterminant().fit(Dataset(rows: values.map { [$0] }))
        #expect(model.location[0] > 0 && model.location[0] < 0.2)
    }

    @Test func mostRowsEqualIsAnError() throws {
        let rows = (0..<50).map { row in row < 40 ? [1.0, 2] : [Double(row), Double(row * row)] }
        #expect(throws: OutlierError.self) { try MinimumCovarianceDeterminant().fit(Dataset(rows: rows)) }
    }

    @Test func damagedModelsAreRefused() throws {
        let data = SyntheticData.clusters(rows: 50, anomalies: 3).data
        let model = try MahalanobisDistance().fit(data)
        #expect(try GaussianFixture.loadDamaged(model, tensors: ["location", "transform"], scoring: data) > 100)
    }
}
