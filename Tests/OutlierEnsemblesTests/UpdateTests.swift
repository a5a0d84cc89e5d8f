import OutlierCore
import OutlierEnsembles
import OutlierNeighbors
import OutlierStatistical
import OutlierTesting
import Testing

@Suite struct UpdateTests {
    private let data = SyntheticData.clusters(rows: 300).data

    @Test func everyMemberLearns() throws {
        let scaled = Pipeline(preprocessors: [StandardScaler()], detector: ZScore(aggregation: .mean))
        let first = data.rows(0..<100)
        let further = data.rows(100..<300)
        let model = try Ensemble(members: [ZScore(), scaled]).fit(first)
        let updated = try model.updated(with: further)
        // By definition: the members' scores after they have learnt, by the scales of the fit.
        var expected = [Double](repeating: 0, count: data.rowCount)
        func add(_ model: some FittedDetector, _ training: [Double]) throws {
            let mean = training.reduce(0, +) / Double(training.count)
            let variance = training.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(training.count)
            let scores = try model.updated(with: further).scores(of: data).values
            for row in scores.indices { expected[row] += (scores[row] - mean) / variance.squareRoot() / 2 }
        }
        let fit = try ZScore().fitAndScore(first)
        let (plain, plainScores) = (fit.model, fit.scores.values)
        try add(plain, plainScores)
        let pipedFit = try scaled.fitAndScore(first)
        let (piped, pipedScores) = (pipedFit.model, pipedFit.scores.values)
        try add(piped, pipedScores)
        #expect(Agreement.largestDifference(try updated.scores(of: data).values, expected) < 1e-9)
        #expect(try model.scores(of: data) != updated.scores(of: data))
    }

    @Test func subsetsOfColumnsLearn() throws {
        let model = try FeatureBagging(base: ZScore(), estimators: 3).fit(data.rows(0..<100))
        var live = try Live(model)
        for row in 100..<120 { try live.learn(data.rows(row..<row + 1)) }
        let whole = try model.updated(with: data.rows(100..<120))
        #expect(Agreement.largestDifference(try live.score(data).values, try whole.scores(of: data).values) < 1e-9)
    }

    @Test func theMemberThatCannotLearnIsNamed() throws {
        let model = try Pipeline(detector: Ensemble(members: [ZScore(), KNearestNeighbors()])).fit(data)
        let error = #expect(throws: OutlierError.self) { try Live(model) }
        #expect(error?.code == .notUpdatable && error?.component == "knn")
        let local = try Pipeline(detector: LocallySelectiveCombination(members: [ZScore(), ZScore()])).fit(data)
        #expect(local.updateObstacle?.component == "lscp")
    }
}
