import Foundation
import OutlierCore
import OutlierEnsembles
import OutlierNeighbors
import OutlierStatistical
import OutlierTesting
import Testing

@Suite struct EnsembleTests {
    static let folder = String(#filePath.dropLast("OutlierEnsemblesTests/EnsembleTests.swift".count))
    private let data = SyntheticData.clusters(rows: 200).data

    @Test func scoresArePyODs() throws {
        let registry = try testRegistry()
        for golden in try GoldenScores(contentsOf: Self.folder + "Fixtures/ensembles.json").cases {
            let fit = try fitAndScore(registry.detector(golden.detector), golden.train)
            let (model, scores) = (fit.model, fit.scores.values)
            let training = Agreement.largestDifference(scores, golden.trainingScores)
            #expect(training < 1e-8, "\(golden.detector), training rows")
            let new = Agreement.largestDifference(try model.scores(of: golden.new).values, golden.newScores)
            #expect(new < 1e-8, "\(golden.detector), new rows")
        }
    }

    @Test func bucketsLieBetweenMeanAndMaximum() throws {
        let members: [any Detector] = [
            HistogramBasedOutlierScore(), KNearestNeighbors(), ZScore(), MedianAbsoluteDeviation(),
        ]
        func scores(_ combination: ScoreCombination, buckets: Int) throws -> [Double] {
            try Ensemble(members: members, combination: combination, buckets: buckets).fitAndScore(data).scores.values
        }
        let average = try scores(.average, buckets: 1)
        let maximum = try scores(.maximum, buckets: 1)
        #expect(try Agreement.largestDifference(scores(.averageOfMaximum, buckets: 4), average) < 1e-12)
        #expect(try scores(.averageOfMaximum, buckets: 1) == maximum)
        #expect(try scores(.maximumOfAverage, buckets: 4) == maximum)
        #expect(try Agreement.largestDifference(scores(.maximumOfAverage, buckets: 1), average) < 1e-12)
        for (middle, ends) in zip(try scores(.averageOfMaximum, buckets: 2), zip(average, maximum)) {
            #expect(middle >= ends.0 - 1e-12 && middle <= ends.1 + 1e-12)
        }
    }

    @Test func ranksAreThoseOfTheTrainingScores() throws {
        let train = try Dataset(rows: [[0], [1], [2], [3], [10]])
        let ensemble = Ensemble(members: [ZScore()], combination: .average, normalization: .rank)
        let fit = try ensemble.fitAndScore(train)
        let (model, scores) = (fit.model, fit.scores.values)
        // Distances from the mean 3.2: 3.2, 2.2, 1.2, 0.2, 6.8.
        #expect(scores == [0.7, 0.5, 0.3, 0.1, 0.9])
        #expect(try model.scores(of: Dataset(rows: [[100], [3.2], [1]])).values == [1, 0, 0.5])
    }

    @Test func membersAreMadeByName() throws {
        let registry = try testRegistry()
        let parameters = try Value(
            json: """
                {"members": [{"knn": {"neighbors": 10}}, "lof",
                             {"pipeline": {"preprocess": ["min-max-scaler"], "detector": "hbos"}}],
                 "combination": "average-of-maximum", "buckets": 2}
                """)
        let fit = try fitAndScore(registry.detector("ensemble", parameters: parameters), data)
        let (model, scores) = (fit.model, fit.scores.values)
        let typed = Ensemble(
            members: [
                KNearestNeighbors(neighbors: 10), LocalOutlierFactor(),
                Pipeline(preprocessors: [MinMaxScaler()], detector: HistogramBasedOutlierScore()),
            ], combination: .averageOfMaximum, buckets: 2)
        #expect(try typed.fitAndScore(data, context: FitContext(seed: 0)).scores.values == scores)
        #expect(model.featureCount == 4)
    }

    @Test func errorsSayWhatIsMissing() throws {
        let registry = try testRegistry()
        func code(_ body: () throws -> Void) -> OutlierError.Code? {
            do {
                try body()
                return nil
            } catch { return (error as? OutlierError)?.code }
        }
        #expect(code { _ = try Ensemble().fit(data) } == .invalidConfiguration)
        #expect(code { _ = try FeatureBagging().fit(data) } == .invalidConfiguration)
        #expect(code { _ = try LocallySelectiveCombination(members: [ZScore()]).fit(data) } == .invalidConfiguration)
        let buckets = Ensemble(members: [ZScore()], combination: .averageOfMaximum)
        #expect(code { _ = try buckets.fit(data) } == .invalidConfiguration)
        #expect(code { _ = try registry.detector("ensemble", parameters: ["members": ["nearly"]]) } == .unknownName)
        #expect(code { _ = try registry.detector("ensemble", parameters: ["members": []]) } == .invalidParameter)
        #expect(code { _ = try Ensemble(members: [KNearestNeighbors(neighbors: 0)]).fit(data) } == .invalidParameter)
        // The error names the member that threw it.
        do {
            _ = try Ensemble(members: [KNearestNeighbors(neighbors: 500)]).fit(data)
            Issue.record("more neighbours than rows are accepted")
        } catch let error as OutlierError {
            #expect(error.code == .notEnoughRows && error.component == "knn")
        }
    }

    @Test func theBaseOfFeatureBaggingIsLocalOutlierFactor() throws {
        let registry = try testRegistry()
        let byName = try fitAndScore(registry.detector("feature-bagging"), data, seed: 4).scores.values
        let typed = try FeatureBagging(base: LocalOutlierFactor()).fitAndScore(data, context: FitContext(seed: 4))
            .scores.values
        #expect(byName == typed)
        // A registry without it makes the component all the same; the fit says what is missing.
        var small = Registry()
        try small.register(EnsemblesPlugin.self)
        let bare = try small.detector("feature-bagging")
        #expect(throws: OutlierError.self) { try fitAndScore(bare, data) }
    }

    @Test func progressPassesThrough() throws {
        let seen = Fractions()
        let context = FitContext(observer: { seen.add($0.fraction) })
        _ = try Ensemble(members: [HistogramBasedOutlierScore(), KNearestNeighbors(), LocalOutlierFactor()])
            .fit(data, context: context)
        let fractions = seen.all
        #expect(fractions.count >= 3 && fractions.allSatisfy { $0 >= 0 && $0 <= 1 })
        let cancellation = Cancellation()
        let cancelling = FitContext(
            execution: Execution(cancellation: cancellation), observer: { _ in cancellation.cancel() })
        #expect(throws: CancellationError.self) {
            try FeatureBagging(base: LocalOutlierFactor()).fit(data, context: cancelling)
        }
    }
}

private final class Fractions: @unchecked Sendable {
    private let lock = NSLock()
    private var fractions: [Double] = []

    func add(_ fraction: Double) { lock.withLock { fractions.append(fraction) } }

    var all: [Double] { lock.withLock { fractions } }
}
