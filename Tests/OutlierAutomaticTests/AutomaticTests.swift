import Foundation
import OutlierAutomatic
import OutlierCore
import OutlierForests
import OutlierNeighbors
import OutlierPCA
import OutlierStatistical
import OutlierSupervised
import OutlierTesting
import Testing

func testRegistry() throws -> Registry {
    var registry = Registry()
    for plugin: any Plugin.Type in [
        CorePlugin.self, SupervisedPlugin.self, NeighborsPlugin.self, StatisticalPlugin.self, ForestsPlugin.self,
        PCAPlugin.self, AutomaticPlugin.self,
    ] {
        try registry.register(plugin)
    }
    return registry
}

func automatic(_ parameters: Value = .object([])) throws -> Automatic {
    try #require(try testRegistry().detector("auto", parameters: parameters) as? Automatic)
}

@Suite struct AutomaticTests {
    @Test func conformance() throws {
        let few: Value = ["candidates": ["knn", "hbos", "gmm"]]
        for parameters in [.object([]), few, ["candidates": ["knn", "pca"], "mode": "select"]] {
            let failures = DetectorConformance.check(try automatic(parameters), registry: try testRegistry())
            #expect(failures.isEmpty, "\(parameters): \(failures)")
        }
    }

    @Test func conformanceWithLabels() throws {
        let synthetic = SyntheticData.clusters()
        let labels = synthetic.truth.indices.map { $0 >= 292 ? Label.anomaly : .unlabeled }
        let data = try synthetic.data.replacing(labels: labels)
        let failures = DetectorConformance.check(
            try automatic(["candidates": ["knn", "hbos", "gmm"], "learner": ["boosted-trees": ["trees": 10]]]),
            registry: try testRegistry(), data: data)
        #expect(failures.isEmpty, "\(failures)")
    }

    private func area(_ scores: [Double], _ truth: [Bool], without: Range<Int> = 0..<0) throws -> Double {
        let rows = scores.indices.filter { !without.contains($0) }
        return try ROCAUC().value(
            of: Evaluation(scores: rows.map { scores[$0] }, truth: rows.map { truth[$0] })
        ).number ?? 0
    }

    /// Rows that are anomalous in a way that no candidate can see: a corner of the cloud.
    private func corner(rows: Int) -> (data: Dataset, truth: [Bool]) {
        var random = RandomSource(seed: 9)
        let values = (0..<rows).map { _ -> [Double] in (0..<4).map { _ in random.normal() } }
        let truth = values.map { $0[0] > 0.6 && $0[1] > 0.6 }
        return ((try? Dataset(rows: values)) ?? Dataset(Matrix(rowCount: 0, columnCount: 4)), truth)
    }

    @Test func fewLabelsHelp() throws {
        let (data, truth) = corner(rows: 800)
        let known = truth.indices.filter { truth[$0] }.prefix(10)
        let labels = truth.indices.map { known.contains($0) ? Label.anomaly : .unlabeled }
        let rest = truth.indices.filter { !known.contains($0) }
        func area(_ scores: [Double]) throws -> Double {
            try ROCAUC().value(
                of: Evaluation(scores: rest.map { scores[$0] }, truth: rest.map { truth[$0] })
            ).number ?? 0
        }
        let detector = try automatic()
        let without = try area(detector.fitAndScore(data).scores.values)
        let fit = try detector.fitAndScore(data.replacing(labels: labels))
        let (model, scores) = (fit.model, fit.scores.values)
        let with = try area(scores)
        #expect(without < 0.8)
        #expect(with > without + 0.05)
        let learner = try #require(model.reasons["candidates"]?.array?.last)
        #expect(learner["title"]?.string == "boosted-trees")
        #expect((learner["weight"]?.double ?? 0) > 0.5)
        let weights = (model.reasons["candidates"]?.array ?? []).compactMap { $0["weight"]?.double }
        #expect(abs(weights.reduce(0, +) - 1) < 1e-9)
    }

    @Test func labelsOfOneClassAreNoLabels() throws {
        let data = SyntheticData.clusters(rows: 100).data
        let detector = try automatic(["candidates": ["knn", "hbos"]])
        let plain = try detector.fitAndScore(data).scores.values
        for label: Label in [.normal, .unlabeled, .anomaly] {
            let scores = try detector.fitAndScore(
                data.replacing(labels: Array(repeating: label, count: 100))
            ).scores.values
            #expect(scores == plain)
        }
    }

    @Test func oneLabelWeighsCandidates() throws {
        let synthetic = SyntheticData.clusters(rows: 200)
        let labels = (0..<200).map { $0 == 199 ? Label.anomaly : .unlabeled }
        let fit = try automatic().fitAndScore(synthetic.data.replacing(labels: labels))
        let (model, scores) = (fit.model, fit.scores.values)
        #expect(scores.allSatisfy { $0.isFinite })
        #expect(model.reasonsText.contains("No learner"))
        #expect(try area(scores, synthetic.truth) > 0.9)
    }

    @Test func selectTakesOne() throws {
        let synthetic = SyntheticData.clusters(rows: 150)
        let fit = try automatic(["mode": "select"]).fitAndScore(synthetic.data)
        let (model, scores) = (fit.model, fit.scores.values)
        let weights = (model.reasons["candidates"]?.array ?? []).compactMap { $0["weight"]?.double }
        #expect(weights.count { $0 == 1 } == 1 && weights.count { $0 == 0 } == weights.count - 1)
        #expect(try area(scores, synthetic.truth) > 0.9)
        #expect(try model.scores(of: synthetic.data).count == 150)
    }

    @Test func holesCategoriesAndEmptyColumns() throws {
        var random = RandomSource(seed: 2)
        let rows = (0..<120).map { (row: Int) -> [Double] in
            let first = row % 9 == 0 ? Double.nan : random.normal()
            let fourth = row % 7 == 0 ? Double.nan : random.normal()
            return [first, Double(row % 3), Double.nan, fourth, 4]
        }
        let columns = [
            Column("a"), Column("word", kind: .category(levels: ["x", "y", "z"])), Column("empty"),
            Column("flag", kind: .boolean), Column("constant"),
        ]
        let data = try Dataset(Matrix(rows: rows), columns: columns)
        let fit = try automatic().fitAndScore(data)
        let (model, scores) = (fit.model, fit.scores.values)
        #expect(scores.allSatisfy { $0.isFinite })
        #expect(try model.scores(of: data).allSatisfy { $0.isFinite })
        #expect(model.reasons["profile"]?["categories"]?.int == 1)
        #expect(model.reasons["profile"]?["constant"]?.int == 2)
        let empty = try Dataset(rows: Array(repeating: [Double.nan, .nan], count: 10))
        let error = #expect(throws: OutlierError.self) { try automatic().fit(empty) }
        #expect(error?.code == .missingValue)
    }

    @Test func aFewMissingValuesAreNotNone() throws {
        var random = RandomSource(seed: 5)
        var rows = (0..<200).map { _ in (0..<4).map { _ in random.normal() } }
        rows[7][1] = .nan
        let model = try automatic(["candidates": ["hbos", "isolation-forest"]]).fit(Dataset(rows: rows))
        #expect(model.reasonsText.contains("less than 1 % of the values missing"), "\(model.reasonsText)")
        #expect(model.reasonsText.contains("0 % of the rows repeated"))
    }

    @Test func oneRowAndManyColumns() throws {
        for parameters: Value in [.object([]), ["candidates": ["hbos"]]] {
            do {
                let scores = try automatic(parameters).fitAndScore(Dataset(rows: [[1, 2, 3]])).scores.values
                #expect(scores.count == 1 && scores.allSatisfy { $0.isFinite })
            } catch let error as OutlierError {
                #expect(!error.message.isEmpty)
            }
        }
        var random = RandomSource(seed: 4)
        let wide = (0..<30).map { _ -> [Double] in (0..<10_000).map { _ in random.uniform() } }
        let scores = try automatic(["candidates": ["knn", "hbos", "isolation-forest", "pca"]])
            .fitAndScore(Dataset(rows: wide)).scores.values
        #expect(scores.count == 30 && scores.allSatisfy { $0.isFinite })
    }

    @Test func candidatesThatFailAreLeftOut() throws {
        let detector = Automatic(candidates: [Failing(), HistogramBasedOutlierScore()])
        let data = SyntheticData.clusters(rows: 50).data
        let model = try detector.fitAndScore(data).model
        #expect(model.reasonsText.contains("left out: it failed: never works"))
        let error = #expect(throws: OutlierError.self) { try Automatic(candidates: [Failing()]).fit(data) }
        #expect(error?.message == "never works")
        let none = #expect(throws: OutlierError.self) { try Automatic().fit(data) }
        #expect(none?.code == .invalidConfiguration)
    }

    @Test func budgets() throws {
        let data = SyntheticData.clusters(rows: 600).data
        let names: Value = ["knn", "hbos", "pca"]
        let plain = try automatic(["candidates": names]).fitAndScore(data).scores.values
        // A budget that is not hit changes nothing.
        let wide = try automatic(["candidates": names, "seconds": 1000, "memory": 1000]).fitAndScore(data)
        #expect(wide.scores.values == plain)
        #expect((wide.model.reasons["candidates"]?.array ?? []).allSatisfy { $0["estimatedSeconds"]?.double != nil })
        // One that nothing fits into leaves the cheapest.
        let narrow = try automatic(["candidates": names, "seconds": 1e-9, "memory": 1e-3]).fitAndScore(data)
        let weights = (narrow.model.reasons["candidates"]?.array ?? []).compactMap { $0["weight"]?.double }
        #expect(weights.count { $0 > 0 } == 1)
        #expect(narrow.model.reasonsText.contains("left out: it would take longer"))
        #expect(narrow.model.reasonsText.contains("256 random rows of 600"))
    }

    /// A candidate that is slower on the whole table than parts of it let expect is stopped when the time is over.
    @Test func aSlowCandidateIsStopped() throws {
        let data = SyntheticData.clusters(rows: 2000).data
        let start = ContinuousClock.now
        let detector = Automatic(candidates: [Sleeping(), HistogramBasedOutlierScore()], seconds: 0.5)
        let fit = try detector.fitAndScore(data)
        let (model, scores) = (fit.model, fit.scores.values)
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(scores.allSatisfy { $0.isFinite })
        #expect(model.reasonsText.contains("longer than what"))
        // Without a budget it would go on; with labels the learner, too, keeps to it.
        let labels = (0..<2000).map { $0 >= 1990 ? Label.anomaly : .unlabeled }
        let learning = Automatic(
            candidates: [HistogramBasedOutlierScore()], learner: Sleeping(), seconds: 0.5)
        let learned = try learning.fitAndScore(data.replacing(labels: labels)).model
        #expect(learned.reasonsText.contains("No learner: the budget left it no time."))
    }
}

/// Takes a minute for more than a thousand rows.
private struct Sleeping: Detector {
    static let name = "sleeping"
    static let summary = "Sleeps."

    func train(on data: Dataset, context: FitContext) throws -> FittedHistogramScore {
        for _ in 0..<(data.rowCount > 1000 ? 6000 : 0) {
            try context.checkCancellation()
            Thread.sleep(forTimeInterval: 0.01)
        }
        return try HistogramBasedOutlierScore().train(on: data, context: context)
    }
}

private struct Failing: Detector {
    static let name = "failing"
    static let summary = "Fails."

    func train(on data: Dataset, context: FitContext) throws -> Model {
        throw OutlierError(.numericalFailure, "never works")
    }

    struct Model: FittedDetector {
        var featureCount: Int { 1 }
        init(from archive: ModelArchive, registry: Registry) throws {}
        func encode(to archive: inout ModelArchive) throws {}
        func computeScores(of data: Dataset, execution: Execution) throws -> [Double] { [] }
    }
}
