import OutlierCore
import OutlierStatistical
import OutlierTesting
import Testing

@Suite struct GaussianMixtureTests {
    @Test(arguments: MixtureCovariance.allCases)
    func keepsItsPromises(_ covariance: MixtureCovariance) throws {
        let failures = DetectorConformance.check(
            GaussianMixture(components: 2, covariance: covariance), registry: try GaussianFixture.registry())
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func theDefaultKeepsItsPromises() throws {
        let failures = DetectorConformance.check(GaussianMixture(), registry: try GaussianFixture.registry())
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func equalsTheReference() throws {
        try GaussianFixture.expectReference("gmm", within: 1e-5)
    }

    @Test(arguments: MixtureCovariance.allCases)
    func rowsDoNotVouchForThemselves(_ covariance: MixtureCovariance) throws {
        // A single far row finds a component of its own, and must stay an anomaly all the same.
        var random = RandomSource(seed: 6)
        var rows = (0..<120).map { _ in (0..<3).map { _ in random.normal() } }
        rows.append([50, 50, 50])
        let data = try Dataset(rows: rows)
        let detector = GaussianMixture(components: 2, covariance: covariance)
        let scores = try detector.fitAndScore(data).scores.values
        #expect(scores.indices.max { scores[$0] < scores[$1] } == 120)
    }

    @Test func clustersAreFound() throws {
        var random = RandomSource(seed: 8)
        let places = [[0.0, 0], [20, 0], [0, 20]]
        let rows = (0..<600).map { row in places[row % 3].map { $0 + random.normal() } }
        let model = try GaussianMixture(components: 3, initialization: .kMeans).fit(Dataset(rows: rows))
        #expect(model.weights.allSatisfy { abs($0 - 1.0 / 3) < 0.01 })
        for place in places {
            #expect((0..<3).contains { abs(model.means[$0, 0] - place[0]) + abs(model.means[$0, 1] - place[1]) < 0.5 })
        }
        let random2 = try GaussianMixture(components: 3, starts: 3, initialization: .random).fit(Dataset(rows: rows))
        #expect(abs(random2.weights.reduce(0, +) - 1) < 1e-9)
    }

    @Test func fewerRowsThanComponentsAreAnError() throws {
        #expect(throws: OutlierError.self) { try GaussianMixture(components: 4).fit(Dataset(rows: [[1], [2], [3]])) }
    }

    @Test func damagedModelsAreRefused() throws {
        let data = SyntheticData.clusters(rows: 50, anomalies: 3).data
        for covariance in [MixtureCovariance.full, .diagonal] {
            let model = try GaussianMixture(components: 2, covariance: covariance).fit(data)
            let refused = try GaussianFixture.loadDamaged(
                model, tensors: ["weights", "means", "transforms"], values: ["diagonal"], scoring: data)
            #expect(refused > 100)
        }
    }
}
