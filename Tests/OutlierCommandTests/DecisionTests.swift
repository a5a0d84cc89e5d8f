import Foundation
import OutlierCore
import Testing

@Suite struct DecisionTests {
    /// The small table with a column of what is known: some normal rows and the one that stands out.
    private static let knowing =
        "id,a,b,outlier,known\n"
        + (0..<40).map { "r\($0),\($0 % 7),\($0 % 5),0,\($0 < 20 ? "0" : "")\n" }.joined() + "far,90,80,1,1\n"

    private static func configuration(_ rest: String) -> String {
        """
        data: {source: table.csv, label: outlier, identifier: id, known-labels: known}
        detector: {knn: {neighbors: 3}}
        metrics: [roc-auc]
        output: {scores: scores.csv, model: model.outlier, report: report.html}
        \(rest)
        """
    }

    private static func runner() throws -> CommandRunner {
        let runner = try CommandRunner()
        try runner.write(knowing, to: "table.csv")
        return runner
    }

    @Test func calibrationBecomesColumns() throws {
        let runner = try Self.runner()
        try runner.write(
            Self.configuration("calibrate: {probability: isotonic, confidence: true, reject: 0.7}"), to: "run.yaml")
        let result = try runner.run("run", "run.yaml")
        try #require(result.status == 0, "\(result.errors)")
        let scores = try runner.read("scores.csv").split(separator: "\n")
        #expect(scores[0] == "id,score,decision,probability,confidence,rejected,truth")
        #expect(scores[41].hasPrefix("far,") && scores[41].contains(",1,1.0,"))
        // The model says the same of new rows, in another format.
        let piped = try runner.run("score", "model.outlier", "table.csv", "--output", "new.jsonl")
        #expect(piped.status == 0, "\(piped.errors)")
        let last = try Value(json: String(try #require(runner.read("new.jsonl").split(separator: "\n").last)))
        let probability = try #require(last["probability"]?.double)
        #expect((0...1).contains(probability) && last["rejected"]?.int != nil)
        let page = try runner.read("report.html")
        #expect(page.contains("Anomalies in table.csv") && page.contains("outlier run run.yaml"))
    }

    @Test func costsChooseTheThresholdAndAreMeasured() throws {
        let runner = try Self.runner()
        try runner.write(Self.configuration("cost: {false-alarm: 1, miss: 20}"), to: "run.yaml")
        let result = try runner.run("run", "run.yaml", "--json")
        try #require(result.status == 0, "\(result.errors)")
        let json = try Value(json: result.output)
        #expect(json["pipeline"]?["threshold"]?["cost-optimal"]?["miss"]?.double == 20)
        #expect(json["metrics"]?["cost"]?.double != nil)
        // A threshold that is named stays; costs from the command line.
        let named = try Value(
            json: runner.run("run", "run.yaml", "--set", "threshold=mad", "--set", "cost.miss=5", "--json").output)
        #expect(named["pipeline"]?["threshold"]?["mad"] != nil || named["pipeline"]?["threshold"]?.string == "mad")
        // Without labels there is nothing to choose by.
        let unknowing = try runner.run("run", "run.yaml", "--set", "data.known-labels=null")
        #expect(unknowing.status == 65 && unknowing.errors.contains("labels"), "\(unknowing.errors)")
        #expect(try runner.run("run", "run.yaml", "--set", "cost.miss=-1").status == 65)
    }

    @Test func conformalWritesPValues() throws {
        let runner = try Self.runner()
        try runner.write(
            Self.configuration("threshold: {conformal: {false-alarm-rate: 0.1, control: benjamini-hochberg}}"),
            to: "run.yaml")
        let result = try runner.run("run", "run.yaml")
        try #require(result.status == 0, "\(result.errors)")
        #expect(try runner.read("scores.csv").hasPrefix("id,score,decision,p-value,truth\n"))
        let few = try runner.run("run", "run.yaml", "--set", "threshold.false-alarm-rate=0.001")
        #expect(few.status == 65 && few.errors.contains("999 rows"), "\(few.errors)")
    }

    @Test func explainShowsWhatSpeaksForAnAnomaly() throws {
        let runner = try Self.runner()
        try runner.write(Self.configuration("preprocess: [standard-scaler]"), to: "run.yaml")
        #expect(try runner.run("run", "run.yaml", "--detector", "isolation-forest").status == 0)
        for (method, unit, word) in [
            ("native", "detector", "contributions are in the detector's own unit"),
            ("shapley", "score", "contributions are in units of the score"),
        ] {
            let arguments = ["explain", "model.outlier", "table.csv", "--top", "41", "--features", "0"]
            let result = try runner.run(arguments + ["--method", method])
            try #require(result.status == 0, "\(result.errors)")
            #expect(result.output.contains(word))
            #expect(!result.output.contains(" -"), "\(result.output)")
            let json = try Value(json: runner.run(arguments + ["--method", method, "--json"]).output)
            #expect(json.array?.allSatisfy { $0["features"]?.array?.count == 2 && $0["unit"]?.string == unit } == true)
        }
    }

    @Test func explainNamesTheColumns() throws {
        let runner = try Self.runner()
        try runner.write(Self.configuration("preprocess: [standard-scaler]"), to: "run.yaml")
        #expect(try runner.run("run", "run.yaml", "--detector", "isolation-forest").status == 0)
        let text = try runner.run("explain", "model.outlier", "table.csv", "--top", "2")
        try #require(text.status == 0, "\(text.errors)")
        #expect(text.output.hasPrefix("id far, score") && text.output.contains("0 to 6"), "\(text.output)")
        let json = try Value(json: runner.run("explain", "model.outlier", "table.csv", "--top", "1", "--json").output)
        let first = try #require(json.array?.first)
        #expect(first["row"] == "far" && first["method"] == "native")
        #expect(first["features"]?.array?.count == 2)
        let sampled = try Value(
            json: runner.run(
                "explain", "model.outlier", "table.csv", "--top", "1", "--method", "shapley", "--json"
            ).output)
        #expect(sampled.array?.first?["features"]?.array?.first?["standardError"]?.double != nil)
        for arguments in [["--top", "0"], ["--samples", "1"], ["--features", "-1"], ["--method", "magic"]] {
            let bad = try runner.run("explain", "model.outlier", "table.csv", arguments[0], arguments[1])
            #expect(bad.status == 64, "\(arguments)")
        }
    }

    @Test func reportIsOneFile() throws {
        let runner = try Self.runner()
        try runner.write(Self.configuration("seed: 3"), to: "run.yaml")
        #expect(try runner.run("run", "run.yaml").status == 0)
        let result = try runner.run("report", "model.outlier", "table.csv", "--output", "new/page.html", "--json")
        try #require(result.status == 0, "\(result.errors)")
        #expect(try Value(json: result.output)["rows"] == 41)
        let page = try runner.read("new/page.html")
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("ROC curve") && !page.contains("<script"))
        #expect(try runner.run("report", "model.outlier", "table.csv", "--output", "-").output.hasPrefix("<!DOCTYPE"))
        #expect(try runner.run("report", "model.outlier", "nothing.csv").status == 65)
    }
}
