import Foundation
import OutlierCore
import OutlierNeighbors
import OutlierStatistical
import OutlierTesting
import PluginHost
import Testing

@Suite struct GoodPluginTests {
    private static func registry(_ path: String, _ options: PluginOptions = PluginOptions()) throws -> Registry {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try PluginLoader.load(path, options: options, into: &registry)
        return registry
    }

    private static let both = [PluginOptions(), CompiledPlugins.isolated()]

    @Test func cAgreesWithTheBuiltIn() throws {
        let data = SyntheticData.clusters(rows: 20_000, columns: 6, anomalies: 100).data
        for options in Self.both {
            let registry = try Self.registry(CompiledPlugins.example("C/z_score.c"), options)
            for (name, aggregation) in [("maximum", ColumnAggregation.maximum), ("mean", .mean), ("sum", .sum)] {
                let ours = try ZScore(aggregation: aggregation).fit(data).scores(of: data).values
                let detector = try registry.detector("c-z-score", parameters: ["aggregation": .string(name)])
                let scores = try Self.scores(detector, data)
                #expect(Agreement.largestDifference(scores, ours) < 1e-9)
            }
        }
    }

    @Test func cPlusPlusAgreesWithTheBuiltIn() throws {
        let train = SyntheticData.clusters(rows: 500, columns: 5, anomalies: 10).data
        let new = SyntheticData.clusters(rows: 400, columns: 5, anomalies: 10, seed: 9).data
        for options in Self.both {
            let registry = try Self.registry(CompiledPlugins.example("Cpp/neighbors.cpp"), options)
            let ours = try KNearestNeighbors(neighbors: 7).fit(train).scores(of: new).values
            func scores(_ detector: some Detector) throws -> [Double] { try detector.fit(train).scores(of: new).values }
            let theirs = try scores(registry.detector("cpp-neighbors", parameters: ["neighbors": 7]))
            #expect(Agreement.largestDifference(theirs, ours) < 1e-9)
        }
    }

    private static func scores(_ detector: some Detector, _ data: Dataset) throws -> [Double] {
        try detector.fit(data).scores(of: data).values
    }

    @Test func keepEveryPromise() throws {
        for options in Self.both {
            for (source, name) in [("C/z_score.c", "c-z-score"), ("Cpp/neighbors.cpp", "cpp-neighbors")] {
                let registry = try Self.registry(CompiledPlugins.example(source), options)
                func failures(_ detector: some Detector) -> [String] {
                    DetectorConformance.check(detector, registry: registry)
                }
                let broken = failures(try registry.detector(name))
                #expect(broken.isEmpty, "\(broken)")
            }
            let registry = try Self.registry(CompiledPlugins.test("good.c"), options)
            func failures(_ detector: some Detector) -> [String] {
                DetectorConformance.check(detector, registry: registry)
            }
            let broken = failures(try registry.detector("mean-distance"))
            #expect(broken.isEmpty, "\(broken)")
            func points(_ preprocessor: some Preprocessor) -> [ConformancePoint] {
                PreprocessorConformance.points(preprocessor, registry: registry)
            }
            #expect(try points(registry.preprocessor("center-and-norm")).flatMap(\.failures) == [])
            func points(_ metric: some Metric) -> [ConformancePoint] { MetricConformance.points(metric) }
            #expect(try points(registry.metric("mean-gap")).flatMap(\.failures) == [])
        }
    }

    @Test func describesItself() throws {
        for options in Self.both {
            let path = try CompiledPlugins.test("good.c")
            let registry = try Self.registry(path, options)
            let description = try registry.describe(.detector, "md")
            #expect(description.name == "mean-distance" && description.plugin == "good-plugin")
            #expect(description.origin?.version == "2.1.0" && description.reference == "Nobody, 2000")
            #expect(Set(description.capabilities) == [.explainable, .streaming, .missingTolerant])
            #expect(description.parameters.map(\.name) == ["scale", "weights", "word", "limit"])
            #expect(description.parameters[0].kind == .number(.positive))
            #expect(description.parameters[3].kind.words.contains("or null"))
            // Loading it again changes nothing.
            var again = registry
            #expect(try PluginLoader.load(path, options: options, into: &again).count == 3)
        }
    }

    @Test func parametersAreChecked() throws {
        let registry = try Self.registry(CompiledPlugins.test("good.c"))
        let unknown = try #require(failure { _ = try registry.detector("mean-distance", parameters: ["scal": 2]) })
        #expect(unknown.code == .unknownParameter && unknown.suggestion == "Did you mean “scale”?")
        let range = try #require(failure { _ = try registry.detector("mean-distance", parameters: ["scale": 0]) })
        #expect(range.code == .invalidParameter && range.message.contains("a number above 0"), "\(range)")
        // The plug-in's own check, when the detector is made and not only when it is fitted.
        let own = try #require(failure { _ = try registry.detector("mean-distance", parameters: ["limit": 2000]) })
        #expect(own.code == .invalidParameter && own.message.contains("a limit of 1000 is too much"), "\(own)")
        // A word with a comma and a bracket in it is read by the header's helpers.
        let data = SyntheticData.clusters(rows: 30, anomalies: 2).data
        let plain = try Self.scores(registry.detector("mean-distance"), data)
        let other = try Self.scores(
            registry.detector("mean-distance", parameters: ["word": "c", "scale": 2]), data)
        #expect(Agreement.largestDifference(other, plain.map { 1000 + 2 * $0 }) < 1e-12)
    }

    @Test func explainsAndLearnsOn() throws {
        let data = SyntheticData.clusters(rows: 200, anomalies: 5).data
        for options in Self.both {
            let detector = try Self.registry(CompiledPlugins.test("good.c"), options).detector("mean-distance")
            func check(_ detector: some Detector) throws {
                let model = try detector.fit(data.rows(0..<100))
                let before = try model.scores(of: data).values
                let explainable = try #require(model.explainer)
                let contributions = try explainable.contributions(of: data, execution: Execution())
                let sums = (0..<data.rowCount).map { contributions.row($0).reduce(0, +) }
                #expect(Agreement.largestDifference(sums, before) < 1e-12)
                let updated = try model.updated(with: data.rows(100..<200))
                let whole = try detector.fit(data).scores(of: data).values
                #expect(Agreement.largestDifference(try updated.scores(of: data).values, whole) < 1e-12)
                // A model never changes.
                #expect(try model.scores(of: data).values == before)
                // Many times in place; what others hold stays as it is.
                var live = try Live(Pipeline(detector: detector).fit(data.rows(0..<100)))
                let first = live.snapshot()
                for row in 100..<200 { try live.learn(data.rows(row..<row + 1)) }
                #expect(Agreement.largestDifference(try live.score(data).values, whole) < 1e-12)
                #expect(try first.scores(of: data).values == before)
                try live.restore(first)
                #expect(try live.score(data).values == before)
            }
            try check(detector)
        }
    }

    @Test func preprocessesAndMeasures() throws {
        let data = SyntheticData.clusters(rows: 30_000, anomalies: 100).data
        var results: [Matrix] = []
        for options in Self.both {
            let registry = try Self.registry(CompiledPlugins.test("good.c"), options)
            func transformed(_ preprocessor: some Preprocessor) throws -> Dataset {
                try preprocessor.fit(data).transform(data, execution: Execution(threads: 2))
            }
            let result = try transformed(registry.preprocessor("center-and-norm"))
            #expect(result.columnCount == 5 && result.columns[4].name == "center-and-norm-5")
            results.append(result.matrix)
            let metric = try registry.metric("mean-gap")
            let truth = [true, false, true, false]
            #expect(try metric.value(of: Evaluation(scores: [3, 1, 5, 1], truth: truth)) == .number(3))
            #expect(
                try metric.value(of: Evaluation(scores: [3, 1, 5, 1], decisions: truth, truth: truth)) == .number(103)
            )
            let one = failure { _ = try metric.value(of: Evaluation(scores: [1], truth: [true])) }
            #expect(one?.code == .undefinedMetric && one?.message.contains("there is one class only") == true)
        }
        #expect(results[0] == results[1])
    }

    @Test func modelsNameTheirPlugin() throws {
        let data = SyntheticData.clusters(rows: 60, anomalies: 3).data
        let registry = try Self.registry(CompiledPlugins.test("good.c"))
        let pipeline = try Pipeline(
            preprocessors: [registry.preprocessor("center-and-norm")], detector: registry.detector("mean-distance"))
        let path = CompiledPlugins.folder.appendingPathComponent("plugin.outlier").path
        try pipeline.fit(data).save(to: path)
        var without = Registry()
        try without.register(CorePlugin.self)
        let error = try #require(failure { _ = try FittedPipeline(contentsOf: path, registry: without) })
        #expect(error.code == .unknownName)
        #expect(
            error.message.contains("the preprocessor “center-and-norm” of the plug-in “good-plugin” 2.1.0"), "\(error)")
        #expect(error.suggestion?.contains("--plugin") == true)
        let loaded = try FittedPipeline(contentsOf: path, registry: registry)
        let names = try #require(loaded.recipe.parameters["detector"])
        #expect(names["mean-distance"]?["scale"] == .number(1))
    }
}
