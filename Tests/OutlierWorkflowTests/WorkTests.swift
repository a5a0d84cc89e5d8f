import Foundation
import Outlier
import OutlierConfig
import OutlierData
import OutlierLabelReview
import OutlierReport
import OutlierWorkflow
import Testing

/// Runs, comparisons and the like, without a command.
@Suite struct WorkTests {
    private let folder: WorkflowFolder

    init() throws {
        folder = try WorkflowFolder()
        let rows = (0..<40).map { "r\($0),\($0 % 7),\($0 % 5),0\n" }.joined()
        try folder.write("id,a,b,outlier\n" + rows + "far,90,80,1\nlost,,1,0\n", to: "t.csv")
    }

    private let text = """
        data: {source: t.csv, label: outlier, identifier: id}
        preprocess: [drop-rows, standard-scaler]
        detector: {knn: {neighbors: 3}}
        threshold: {quantile: {contamination: 0.05}}
        metrics: [roc-auc, f1]
        output: {scores: out/scores.csv, model: out/m.outlier, metrics: "-", report: out/r.html}
        """

    @Test func aRunWritesWhatIsNamed() throws {
        let run = try Run(folder.configuration(text))
        #expect(run.scores.exclusions.count == 1 && run.scores[41].isNaN && run.knownLabels == nil)
        #expect(try run.notes() == ["1 of 42 rows not scored; the metrics leave them out"])
        let measures = try run.measurement().measures(run.configuration.metrics)
        var output = ""
        let written = try run.writeOutputs(measures: measures, standardOutput: { output += $0 }) { report in
            report.commands = ["made by a test"]
        }
        #expect(
            written.map { URL(fileURLWithPath: $0).lastPathComponent } == ["scores.csv", "m.outlier", "r.html", "-"])
        #expect(try Value(json: output)["roc-auc"]?.double == 1)
        #expect(try String(contentsOfFile: folder.path("out/r.html"), encoding: .utf8).contains("made by a test"))
        let scores = try String(contentsOfFile: folder.path("out/scores.csv"), encoding: .utf8).split(separator: "\n")
        #expect(scores.count == 43 && scores[42].hasPrefix("lost,,"))

        let model = try FittedPipeline(contentsOf: folder.path("out/m.outlier"), registry: .standard)
        let scoring = try Scoring(of: Table(folder.path("t.csv"), for: model), with: model)
        #expect(
            scoring.scores.top(1).map(\.index) == [40] && scoring.name(of: 40) == "far"
                && scoring.identifierName == "id")
        #expect(try scoring.explanations(ofHighest: 2).map(\.row) == scoring.scores.top(2).map(\.index))
        #expect(scoring.scores.exclusions == run.scores.exclusions)
    }

    @Test func comparedDetectorsAreFittedAsARunIs() throws {
        let configuration = try folder.configuration(text)
        let table = try configuration.data.read()
        let comparison = Comparison(configuration, table: table)
        let own = try comparison.entry(of: "knn")
        let run = try Run(configuration, table: table)
        #expect(try own.measures == run.measurement().measures(configuration.metrics))
        #expect(own.notes.contains { $0.contains("1 of 42 rows not scored") } && own.failure == nil)
        #expect(own.fitSeconds >= 0 && own.scoreSeconds >= 0)
        // A failure is told of the table, as a run tells it, and is no end.
        var raw = configuration
        raw.preprocessors = []
        let failing = try Comparison(raw, table: table).entry(of: "lof")
        #expect(failing.failure?.contains("t.csv") == true && failing.measures.isEmpty, "\(failing.failure ?? "")")
        let candidates = Comparison.candidates(in: .standard)
        #expect(candidates.contains("isolation-forest") && !candidates.contains("ensemble"))
        #expect(!candidates.contains("boosted-trees"))
    }

    @Test func comparedDetectorsBeginWithTheModelThatIsNamed() throws {
        try folder.writeCoins(rows: 60)
        let first = try folder.configuration(
            "data: {source: coins.csv, ignore: [truth, known], identifier: id}\ndetector: {autoencoder: {epochs: 2}}")
        try Run(first).model.save(to: folder.path("first.outlier"))
        var second = first
        second.fineTuning.from = folder.path("first.outlier")
        second.data.reading.label = "truth"
        second.data.reading.ignore = ["known"]
        let comparison = Comparison(second, table: try second.data.read())
        let tuned = try comparison.entry(of: "autoencoder")
        #expect(try tuned.failure == nil && tuned.measures == measures(second))
        // Another detector cannot begin with that model, and begins anew.
        #expect(try comparison.entry(of: "hbos").failure == nil)
    }

    private func measures(_ configuration: RunConfiguration) throws -> [Measure] {
        try Run(configuration).measurement().measures(configuration.metrics)
    }

    @Test func aCancelledRunEnds() throws {
        let configuration = try folder.configuration(text)
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(throws: CancellationError.self) {
            try Run(configuration, execution: configuration.execution(cancellation: cancellation))
        }
        // The next one has a cancellation of its own.
        #expect(try Run(configuration).scores.count == 42)
    }

    @Test func progressIsTold() throws {
        let stages = Guarded<Set<String>>([])
        _ = try Run(folder.configuration(text)) { progress in stages.withLock { _ = $0.insert(progress.stage) } }
        #expect(stages.withLock { $0 }.contains("knn"))
    }

    @Test func suspectLabelsAsATable() throws {
        var lines = ["name,x,y"] + (0..<60).map { "\"r,\($0)\",\(Double($0 % 9) / 9),0" }
        lines += (0..<12).map { "a\($0),\(8 + Double($0) / 12),\($0 == 3 ? 0 : 1)" }
        try folder.write(lines.joined(separator: "\n") + "\n", to: "labels.csv")
        let relabelling = try Relabelling(
            folder.configuration(
                "data: {source: labels.csv, label: y, identifier: name}\ndetector: {knn: {neighbors: 3}}"))
        try relabelling.write(to: folder.path("deep/suspects.csv"))
        let csv = try String(contentsOfFile: folder.path("deep/suspects.csv"), encoding: .utf8).split(separator: "\n")
        #expect(csv[0] == "name,given,probability,rank" && csv.count == relabelling.review.suspects.count + 1)
        #expect(csv.dropFirst().contains { $0.hasPrefix("a3,normal,") }, "\(csv)")
        let again = try Table(folder.path("deep/suspects.csv"), identifier: "name")
        #expect(again.identifiers == relabelling.review.suspects.map { relabelling.table.name(of: $0.row) })
    }

    @Test func plansOfFiles() throws {
        let configuration = try folder.configuration(
            "data: {source: t.csv}\ndetector: knn\noutput: {scores: t.csv}")
        var plan = FilePlan()
        plan.reads(configuration.data)
        let error = #expect(throws: OutlierError.self) { try plan.writes([.scores], of: configuration) }
        #expect(error?.path == ["output", "scores"])
        try plan.writes(folder.path("m"), as: "the model")
        #expect(throws: OutlierError.self) { try plan.writes(folder.path("m"), as: "the report") }
    }
}
