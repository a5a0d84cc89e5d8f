import Foundation
import OutlierConfig
import OutlierCore
import OutlierData
import OutlierStatistical
import Testing

@Suite struct ConfigurationFileTests {
    private let folder = URL(fileURLWithPath: "/data/project")

    private func parse(_ text: String, set: [String] = []) throws -> RunConfiguration {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(StatisticalPlugin.self)
        return try ConfigurationFile.parse(
            text, file: "run.yaml", folder: folder, overrides: set.map { try ConfigurationOverride($0) },
            registry: registry)
    }

    private func failure(_ text: String, set: [String] = []) -> OutlierError? {
        do {
            _ = try parse(text, set: set)
            return nil
        } catch {
            return error as? OutlierError
        }
    }

    @Test func aWholeRun() throws {
        let configuration = try parse(
            """
            data: {source: table.csv, label: outlier, columns: {zip: category}}
            preprocess: [{impute: {strategy: median}}, standard-scaler]
            detector: {hbos: {bins: 20}}
            threshold: {quantile: {contamination: 0.05}}
            metrics: [roc-auc, {precision-at-n: {n: 5}}]
            seed: 7
            output: {scores: out/scores.csv, model: /abs/model.outlier}
            """)
        #expect(configuration.data.source == "/data/project/table.csv")
        #expect(configuration.data.columnKinds == ["zip": .category])
        #expect(configuration.output.scores == "/data/project/out/scores.csv")
        #expect(configuration.output.model == "/abs/model.outlier")
        #expect(configuration.seed == 7)
        #expect(configuration.metrics.map(\.recipe.value) == ["roc-auc", ["precision-at-n": ["n": 5]]])
        let pipeline = try configuration.pipeline()
        #expect(pipeline.preprocessors.map(\.recipe.name) == ["impute", "standard-scaler"])
        #expect(pipeline.detector?.recipe.parameters["bins"] == 20)
        #expect((pipeline.threshold as? QuantileThreshold)?.contamination == 0.05)
    }

    @Test func jsonIsYAML() throws {
        let configuration = try parse(#"{"data": {"source": "-"}, "detector": "hbos", "threshold": null}"#)
        #expect(configuration.data.source == "-")
        #expect(configuration.threshold == nil)
    }

    @Test func errorsHaveAPlace() {
        let unknown = failure("data: {source: a.csv}\ndetector: {hbso: {bins: 3}}\n")
        #expect(unknown?.code == .unknownName)
        #expect(unknown?.location == .init(file: "run.yaml", line: 2, column: 12))
        #expect(unknown?.suggestion == "Did you mean “hbos”?")

        let parameter = failure("detector:\n  hbos:\n    binz: 3\n")
        #expect(parameter?.code == .unknownParameter)
        #expect(parameter?.location == .init(file: "run.yaml", line: 3, column: 5))

        let range = failure("detector:\n  hbos:\n    bins: -1\n")
        #expect(range?.code == .invalidParameter)
        #expect(range?.location == .init(file: "run.yaml", line: 3, column: 11))

        let type = failure("seed: seven\ndetector: hbos\n")
        #expect(type?.location == .init(file: "run.yaml", line: 1, column: 7))

        let key = failure("detektor: hbos\n")
        #expect(key?.location == .init(file: "run.yaml", line: 1, column: 1))
        #expect(key?.suggestion == "Did you mean “detector”?")

        let stage = failure("preprocess:\n  - standard-scaler\n  - imputt\ndetector: hbos\n")
        #expect(stage?.location == .init(file: "run.yaml", line: 3, column: 5))

        let kind = failure("data: {columns: {a: numbr}}\n")
        #expect(kind?.location == .init(file: "run.yaml", line: 1, column: 21))

        #expect(failure("- a\n")?.code == .invalidConfiguration)
        #expect(failure("detector: {hbos: 3}")?.code == .invalidConfiguration)
    }

    @Test func oneValueStandsForAList() throws {
        let configuration = try parse(
            """
            data: {source: a.csv, anomaly: -1, ignore: note, missing: -999}
            preprocess: {impute: {strategy: median}}
            detector: hbos
            metrics: roc-auc
            """, set: ["preprocess.0.strategy=mean"])
        #expect(configuration.data.anomalyWords == ["-1"])
        #expect(configuration.data.ignore == ["note"] && configuration.data.missing == ["-999"])
        #expect(configuration.preprocessors.map(\.recipe.parameters["strategy"]) == ["mean"])
        #expect(configuration.metrics.map(\.recipe.name) == ["roc-auc"])
        #expect(try parse("data: {anomaly: [-1, true, bad, 0.5]}").data.anomalyWords == ["-1", "true", "bad", "0.5"])
        let wrong = failure("preprocess:\n  impute: {strategy: midde}\n")
        #expect(wrong?.location?.line == 2, "the place in a list of one is that of the one")
        #expect(failure("preprocess:\n")?.message.contains("must be a list") == true)
        #expect(failure("data: {ignore: {a: b}}")?.message.contains("must be a list") == true)
    }

    @Test func commonSlipsHaveARemedy() {
        let outdented = failure("detector:\n  hbos:\n  bins: 3\n")
        #expect(outdented?.suggestion?.contains("Indent the parameters further than the name “hbos”") == true)
        #expect(outdented?.suggestion?.contains("{hbos: {bins: 3}}") == true)
        #expect(failure("data: table.csv\n")?.suggestion == "Write data: {source: table.csv}.")
        let tab = failure("detector:\n\thbos:\n")
        #expect(tab?.suggestion?.contains("Indent with spaces") == true && tab?.location?.line == 2)
        #expect(failure("a: [\n")?.suggestion == nil)
    }

    @Test func aFolderIsNoConfiguration() {
        let folder = FileManager.default.temporaryDirectory.path
        let error = #expect(throws: OutlierError.self) {
            try ConfigurationFile.load(folder, registry: Registry())
        }
        #expect(error?.message.contains("is a folder") == true)
    }

    @Test func whatIsNoYAML() {
        let open = failure("data: {source: a.csv\ndetector: hbos\n")
        #expect(open?.code == .malformedFile)
        #expect(open?.location?.line != nil)
        #expect(failure("a: 1\na: 2\n")?.code == .malformedFile)
        #expect(failure("? [1, 2]\n: 3\n")?.code == .malformedFile)
        let laughs =
            "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
            + (0..<8).map { index in
                let name = String(UnicodeScalar(UInt8(98 + index)))
                let previous = String(UnicodeScalar(UInt8(97 + index)))
                return "\(name): &\(name) [\(Array(repeating: "*\(previous)", count: 10).joined(separator: ","))]\n"
            }.joined()
        #expect(failure(laughs)?.code == .malformedFile)
    }

    @Test func overrides() throws {
        let text = "data: {source: a.csv}\npreprocess: [{impute: {strategy: mean}}]\ndetector: {hbos: {bins: 20}}\n"
        func parameters(_ set: String...) throws -> Value? { try parse(text, set: set).detector?.recipe.parameters }
        #expect(try parameters("detector.bins=5")?["bins"] == 5)
        #expect(try parameters("detector.hbos.bins=5")?["bins"] == 5)
        #expect(try parse(text, set: ["detector=ecod"]).detector?.recipe.name == "ecod")
        #expect(try parse(text, set: ["seed=3"]).seed == 3)
        #expect(try parse(text, set: ["threshold={mad: {deviations: 2}}"]).threshold is MADThreshold)
        #expect(
            try parse(text, set: ["threshold=mad", "threshold.deviations=4"]).threshold?.recipe.parameters["deviations"]
                == 4.0)
        let stage = try parse(text, set: ["preprocess.0.strategy=median"]).preprocessors[0].recipe
        #expect(stage.parameters["strategy"] == "median")
        let here = FileManager.default.currentDirectoryPath
        #expect(try parse(text, set: ["data.source=b.csv"]).data.source == here + "/b.csv")

        #expect(failure(text, set: ["detector.bins=many"])?.location == nil)
        #expect(failure(text, set: ["detector.bins=many"])?.message.hasPrefix("detector.hbos.bins: ") == true)
        #expect(failure(text, set: ["preprocess.7.strategy=mean"])?.code == .invalidConfiguration)
        #expect(throws: OutlierError.self) { try ConfigurationOverride("no-equals-sign") }
    }

    @Test func schemaKnowsEveryComponent() throws {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        let schema = JSONSchema.configuration(registry: registry)
        let text = schema.json(indentation: 2)
        #expect(try Value(json: text) == schema)
        #expect(schema["properties"]?["seed"]?["minimum"] == 0)
        // One value stands for a list of it, for the schema too.
        let anomaly = schema["properties"]?["data"]?["properties"]?["anomaly"]?["anyOf"]?.array
        #expect(anomaly?.count == 2 && anomaly?[0]["type"] == "array")
        #expect(anomaly?[1]["type"] == ["string", "number", "boolean"])
        let names = schema["$defs"]?["preprocessor"]?["oneOf"]?.array?.first?["enum"]?.array ?? []
        for name in registry.names(of: .preprocessor) { #expect(names.contains(.string(name))) }
    }
}
