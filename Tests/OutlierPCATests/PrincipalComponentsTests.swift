import OutlierCore
import OutlierPCA
import OutlierTesting
import Testing

@Suite struct PrincipalComponentsTests {
    @Test(arguments: PrincipalComponentScore.allCases)
    func keepsItsPromises(_ score: PrincipalComponentScore) throws {
        let failures = DetectorConformance.check(
            PrincipalComponents(score: score, reconstructionShare: 0.7), registry: try pcaRegistry())
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func randomizedKeepsItsPromises() throws {
        let failures = DetectorConformance.check(
            PrincipalComponents(components: 3, solver: .randomized), registry: try pcaRegistry())
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func equalsTheReference() throws {
        let registry = try pcaRegistry()
        for golden in try goldenCases("pca") {
            let detector = try registry.detector(golden.detector)
            let result = try detector.fitAndScore(golden.train)
            let name = golden.detector.parameters.description
            #expect(
                Agreement.largestDifference(result.scores.values, golden.trainingScores) < 1e-8,
                "\(name), training rows")
            let new = try result.model.scores(of: golden.new).values
            #expect(Agreement.largestDifference(new, golden.newScores) < 1e-8, "\(name), new rows")
        }
    }

    @Test func thePaperTakesMajorAndMinorComponents() throws {
        // Two columns that are nearly equal: one major component, one minor one.
        var random = RandomSource(seed: 2)
        let rows = (0..<400).map { _ -> [Double] in
            let value = random.normal()
            return [value, value + 0.1 * random.normal()]
        }
        let data = try Dataset(rows: rows + [[1.5, -1.5]])
        let both = try PrincipalComponents(majorShare: 0.5).fitAndScore(data).scores.values
        let major = try PrincipalComponents(majorShare: 0.5, minorEigenvalue: 0).fitAndScore(data).scores.values
        #expect(both.indices.max { both[$0] < both[$1] } == 400)
        #expect(major[400] < 1)
        #expect(both[400] > 100)
        #expect(try PrincipalComponents().fitAndScore(data).scores.values == both)
    }

    @Test(arguments: [PrincipalAxesSolver.exact, .randomized])
    func solversAgree(_ solver: PrincipalAxesSolver) throws {
        // A few strong directions in many columns, in tables of both shapes.
        for (count, width) in [(300, 60), (50, 120)] {
            var random = RandomSource(seed: 9)
            let mixing = (0..<4).map { _ in (0..<width).map { _ in random.normal() } }
            let rows = (0..<count).map { _ -> [Double] in
                let factors = (0..<4).map { _ in 5 * random.normal() }
                return (0..<width).map { column in
                    zip(factors, mixing).reduce(0.1 * random.normal()) { $0 + $1.0 * $1.1[column] }
                }
            }
            let data = try Dataset(rows: rows)
            let exact = try PrincipalComponents(components: 4, solver: .exact).fitAndScore(data).scores.values
            let other = try PrincipalComponents(components: 4, solver: solver).fitAndScore(data).scores.values
            #expect(Agreement.largestDifference(other, exact) < 1e-6)
        }
    }

    @Test func contributionsAddUpToTheScore() throws {
        let data = SyntheticData.clusters().data
        for detector in [PrincipalComponents(), PrincipalComponents(score: .reconstruction, reconstructionShare: 0.5)] {
            let fit = try detector.fitAndScore(data)
            let (model, scores) = (fit.model, fit.scores.values)
            let contributions = try model.contributions(of: data, execution: Execution())
            for row in 0..<data.rowCount {
                #expect(abs(contributions.row(row).reduce(0, +) - scores[row]) < 1e-9 * max(1, scores[row]))
            }
        }
    }

    @Test func contributionsNameTheFeature() throws {
        var random = RandomSource(seed: 2)
        var rows = (0..<300).map { _ -> [Double] in
            let value = random.normal()
            return (0..<5).map { _ in value + 0.2 * random.normal() }
        }
        rows.append([0.1, 0.1, 3, 0.1, 0.1])
        let data = try Dataset(rows: rows)
        for score in PrincipalComponentScore.allCases {
            let model = try PrincipalComponents(score: score).fit(data)
            let row = try model.contributions(of: data.rows(300..<301), execution: Execution()).row(0)
            #expect(score == .pyod || row.indices.max { row[$0] < row[$1] } == 2, "\(score): \(row)")
        }
    }

    @Test func nothingThatVariesGivesZero() throws {
        let data = try Dataset(rows: Array(repeating: [1.0, 2, 3], count: 10))
        #expect(try PrincipalComponents().fitAndScore(data).scores.values == Array(repeating: 0, count: 10))
    }

    @Test func damagedModelsAreRefused() throws {
        let data = SyntheticData.clusters(rows: 50, anomalies: 3).data
        for score in PrincipalComponentScore.allCases {
            let model = try PrincipalComponents(score: score).fit(data)
            let refused = try loadDamaged(
                model, tensors: ["centers", "scales", "axes", "weights", "eigenvalues"], values: ["score"],
                scoring: data)
            #expect(refused > 100)
        }
    }
}
