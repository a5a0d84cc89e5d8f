import Foundation
import OutlierCore
import OutlierNeighbors
import OutlierStatistical
import OutlierTesting
import OutlierTuning
import Testing

@Suite struct TunerTests {
    private let registry: Registry
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    init() throws {
        var registry = Registry()
        for plugin: any Plugin.Type in [CorePlugin.self, NeighborsPlugin.self, StatisticalPlugin.self] {
            try registry.register(plugin)
        }
        self.registry = registry
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func table(rows: Int, labeled: Bool) throws -> Dataset {
        let synthetic = SyntheticData.clusters(rows: rows, anomalies: rows / 20)
        return try synthetic.data.replacing(
            labels: labeled ? synthetic.truth.map { $0 ? .anomaly : .normal } : nil)
    }

    private func tuner(
        _ detector: Recipe, _ table: Dataset, trials: Int, parameters: [String]? = nil, journal: String? = nil
    ) throws -> Tuner {
        try Tuner(
            space: SearchSpace(detector, registry: registry, parameters: parameters),
            objective: Objective(table: table, reference: KNearestNeighbors(), context: FitContext(seed: 3)),
            trials: trials, journalPath: journal)
    }

    @Test func labelsFindWhatIsBetter() throws {
        // A bandwidth of 1,000 makes all rows alike.
        let start = Recipe(name: "kde", parameters: ["bandwidth": 1000])
        let tuner = try tuner(start, table(rows: 900, labeled: true), trials: 20, parameters: ["bandwidth", "kernel"])
        #expect(tuner.objective.kind == .crossValidation(metric: "roc-auc", folds: 3))
        let outcome = try tuner.run(registry: registry, context: FitContext(seed: 3))
        #expect(outcome.first.recipe.parameters["bandwidth"]?.double == 1000)
        #expect((outcome.best.value ?? 0) >= (outcome.first.value ?? 1))
        #expect((outcome.best.value ?? 0) > 0.95)
        #expect(outcome.best.rows == 900 && !outcome.ranOut)
        #expect(outcome.trials.contains { $0.rows == 300 })
        // The recipe can be used as it is.
        _ = try registry.detector(outcome.best.recipe)
    }

    @Test(arguments: [Objective.Substitute.excessMass, .massVolume])
    func withoutLabelsTheSpaceOfNormalRowsIsSmall(measure: Objective.Substitute) throws {
        // A bandwidth of 1,000 makes level sets balls about the centre of two clusters.
        let data = try table(rows: 400, labeled: false)
        let start = Recipe(name: "kde", parameters: ["bandwidth": 1000])
        let tuner = try Tuner(
            space: SearchSpace(start, registry: registry, parameters: ["bandwidth"]),
            objective: Objective(
                table: data, preprocessors: [StandardScaler()], reference: KNearestNeighbors(), substitute: measure,
                context: FitContext(seed: 3)), trials: 6)
        #expect(tuner.objective.kind == (measure == .excessMass ? .excessMass : .massVolume))
        let outcome = try tuner.run(registry: registry, context: FitContext(seed: 3))
        #expect((outcome.best.value ?? 0) > (outcome.first.value ?? 0))
    }

    @Test func withoutLabelsTrialsMustAgree() throws {
        let data = try table(rows: 300, labeled: false)
        let tuner = try tuner(Recipe(name: "knn"), data, trials: 6)
        #expect(tuner.objective.kind == .agreement(reference: "knn"))
        #expect(tuner.space.names.contains("neighbors") && !tuner.space.names.contains("power"))
        let outcome = try tuner.run(registry: registry, context: FitContext(seed: 3))
        // The first trial is the reference itself.
        #expect(outcome.best.number == 0 && abs((outcome.best.value ?? 0) - 1) < 1e-9)
    }

    @Test func sameSeedSameTrialsOnAnyNumberOfThreads() throws {
        let data = try table(rows: 800, labeled: true)
        func run(threads: Int) throws -> [String] {
            try tuner(Recipe(name: "lof"), data, trials: 9).run(
                registry: registry, context: FitContext(seed: 5, execution: Execution(threads: threads))
            ).trials.map { "\($0.number) \($0.rows) \($0.searched.json()) \($0.value ?? -1)" }
        }
        #expect(try run(threads: 1) == run(threads: 3))
    }

    @Test func journalGoesOn() throws {
        let path = folder.appendingPathComponent("search.jsonl").path
        let data = try table(rows: 800, labeled: true)
        let whole = try tuner(Recipe(name: "lof"), data, trials: 8, journal: path)
            .run(registry: registry, context: FitContext(seed: 1))
        #expect(whole.resumed == 0)
        // The journal of a search that was ended in the middle of a line.
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.count == whole.trials.count + 1)
        let torn = lines.prefix(5).joined(separator: "\n") + "\n" + lines[5].prefix(20)
        try torn.write(toFile: path, atomically: true, encoding: .utf8)
        let again = try tuner(Recipe(name: "lof"), data, trials: 8, journal: path)
            .run(registry: registry, context: FitContext(seed: 1))
        #expect(again.resumed == 4)
        #expect(again.trials.map(\.value) == whole.trials.map(\.value))
        let after = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(after.count == lines.count)
        for line in after { _ = try Value(json: String(line)) }

        let other = #expect(throws: OutlierError.self) {
            try tuner(Recipe(name: "knn"), data, trials: 8, journal: path)
                .run(registry: registry, context: FitContext(seed: 1))
        }
        #expect(other?.code == .invalidConfiguration)
        #expect(other?.message.contains("its detector is") == true)
        try "no journal\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: OutlierError.self) {
            try tuner(Recipe(name: "knn"), data, trials: 8, journal: path)
                .run(registry: registry, context: FitContext(seed: 1))
        }
    }

    @Test func timeEndsTheSearch() throws {
        var tuner = try tuner(Recipe(name: "lof"), table(rows: 300, labeled: true), trials: 50)
        tuner.seconds = 1e-9
        let outcome = try tuner.run(registry: registry, context: FitContext())
        #expect(outcome.ranOut && outcome.trials.count == 1 && outcome.best.number == 0)
    }

    @Test func trialsThatFailAreNoEnd() throws {
        // More neighbours than there are rows.
        let data = try table(rows: 40, labeled: true)
        let start = Recipe(name: "knn", parameters: ["neighbors": 1000])
        do {
            let outcome = try tuner(start, data, trials: 12).run(registry: registry, context: FitContext())
            #expect(outcome.best.value != nil)
        } catch let error as OutlierError {
            #expect(error.code == .numericalFailure)
        }
    }

    @Test func wrongNames() throws {
        let error = #expect(throws: OutlierError.self) {
            try SearchSpace(Recipe(name: "knn"), registry: registry, parameters: ["neighbours"])
        }
        #expect(error?.code == .unknownParameter)
    }

    @Test func schedule() {
        let one = Schedule(trials: 10, rows: 500)
        #expect(one.brackets == [Schedule.Bracket(trials: 0..<10, rungs: [500])])
        for trials in [1, 2, 5, 30, 81] {
            let many = Schedule(trials: trials, rows: 27_000)
            #expect(many.brackets.first?.rungs == [27_000])
            #expect(many.brackets.flatMap { Array($0.trials) } == Array(0..<trials))
            for bracket in many.brackets {
                #expect(bracket.rungs.last == 27_000 && bracket.rungs == bracket.rungs.sorted())
                #expect((bracket.rungs.first ?? 0) >= Schedule.leastRows)
            }
        }
        #expect(Schedule(trials: 81, rows: 27_000).brackets.count == 5)
    }

    @Test func rangesStayInBounds() throws {
        var random = RandomSource(seed: 1)
        for _ in 0..<200 {
            let integer = SearchRange.logarithmic(2...50).value(isInteger: true, using: &random).int ?? 0
            #expect((2...50).contains(integer))
            let number = SearchRange.linear(-1...1).value(isInteger: false, using: &random).double ?? 9
            #expect((-1...1).contains(number))
        }
        // What makes a score depend on other rows is no matter of taste.
        #expect(try SearchSpace(Recipe(name: "ecod"), registry: registry).names == ["combination"])
        for name in registry.names(of: .detector) {
            guard let space = try? SearchSpace(Recipe(name: name), registry: registry) else { continue }
            for trial in 0..<20 {
                _ = try registry.detector(space.recipe(trial: trial, seed: 7))
            }
        }
    }
}
