import Foundation
import OutlierCore
import Testing

@Suite struct VerbTests {
    @Test func runWritesWhatOutputNames() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(smallConfiguration, to: "run.yaml")
        let result = try runner.run("run", "run.yaml")
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("roc-auc  1.0000"), "\(result.output)")
        #expect(try runner.files() == ["metrics.json", "model.outlier", "run.yaml", "scores.csv", "table.csv"])
        let scores = try runner.read("scores.csv").split(separator: "\n")
        try #require(scores.count == 42)
        #expect(scores[0] == "id,score,decision,truth")
        #expect(scores[41].hasPrefix("far,") && scores[41].hasSuffix(",1,1"))
        #expect(try Value(json: runner.read("metrics.json"))["roc-auc"]?.double == 1)
        // Another detector, and other values, from the command line.
        let other = try runner.run("run", "run.yaml", "--detector", "lof", "--set", "detector.neighbors=7", "--json")
        let json = try Value(json: other.output)
        #expect(json["pipeline"]?["detector"]?["lof"]?["neighbors"] == 7)
        #expect(try runner.run("run", "run.yaml", "--detector", "loff").status == 64)
        #expect(try runner.run("run", "run.yaml", "--set", "detector").status == 64)
    }

    @Test func scoreFollowsTheFit() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(smallConfiguration, to: "run.yaml")
        #expect(try runner.run("fit", "run.yaml", "--model", "model.outlier").status == 0)
        // Other order, no label, no identifier, standard input.
        let piped = try runner.run("score", "model.outlier", "-", input: "b,a\n80,90\n1,1\n")
        #expect(piped.status == 0, "\(piped.errors)")
        let lines = piped.output.split(separator: "\n").map { $0.split(separator: ",") }
        try #require(lines.count == 3, "\(piped.errors)")
        #expect(lines[0] == ["row", "score", "decision"])
        #expect(lines[1][2] == "1" && lines[2][2] == "0")
        let whole = try runner.run("score", "model.outlier", "table.csv")
        #expect(whole.output.hasPrefix("id,score,decision,truth\nr0,"))
    }

    @Test func anotherIdentifierMayNameTheRows() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(smallConfiguration, to: "run.yaml")
        #expect(try runner.run("fit", "run.yaml", "--model", "model.outlier").status == 0)
        // The fit's identifier is there too, and is no column to score by.
        let lines = smallTable.split(separator: "\n").enumerated().map { $0 == 0 ? "\($1),name" : "\($1),n\($0)" }
        try runner.write(lines.joined(separator: "\n"), to: "named.csv")
        let named = try runner.run("score", "model.outlier", "named.csv", "--identifier", "name")
        #expect(named.output.hasPrefix("name,score,decision,truth\nn1,"), "\(named.errors)")
        let absent = try runner.run("score", "model.outlier", "table.csv", "--identifier", "nope")
        #expect(absent.status == 65 && absent.errors.contains("there is no column “nope”"), "\(absent.errors)")
        let learnt = try runner.run("score", "model.outlier", "table.csv", "--identifier", "a")
        #expect(learnt.status == 65 && learnt.errors.contains("the model scores by the column “a”"), "\(learnt.errors)")
    }

    @Test func evaluateReadsScores() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(smallConfiguration, to: "run.yaml")
        #expect(try runner.run("run", "run.yaml").status == 0)
        let result = try runner.run("evaluate", "scores.csv", "--json")
        try #require(result.status == 0, "\(result.errors)")
        #expect(try Value(json: result.output)["roc-auc"]?.double == 1)
        #expect(try runner.run("evaluate", "scores.csv", "--label", "trut").errors.contains("Did you mean “truth”?"))
    }

    @Test func compareIsOneTable() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(smallConfiguration, to: "run.yaml")
        let result = try runner.run("compare", "run.yaml", "--detectors", "knn,lof,hbos")
        try #require(result.status == 0, "\(result.errors)")
        let lines = result.output.split(separator: "\n")
        try #require(lines.count == 4)
        #expect(lines[0].contains("roc-auc") && lines[0].contains("peak MiB"))
        let json = try Value(json: runner.run("compare", "run.yaml", "--detectors", "knn,lof", "--json").output)
        #expect(json.array?.map { $0["detector"] } == ["knn", "lof"])
        #expect(try runner.run("compare", "run.yaml", "--detectors", "knn,lofx").status == 64)
    }

    @Test func oneClassIsSaidBelowTheTable() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable.replacingOccurrences(of: "80,1", with: "80,0"), to: "table.csv")
        try runner.write(smallConfiguration, to: "run.yaml")
        let result = try runner.run("run", "run.yaml")
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("nan"))
        #expect(result.output.contains("roc-auc: undefined, because in the truth no row is an anomaly"))
    }

    @Test func listDescribeSchema() throws {
        let runner = try CommandRunner()
        #expect(try runner.run("list").output.contains("isolation-forest"))
        #expect(try Value(json: runner.run("list", "metrics", "--json").output)["metrics"]?.array?.count == 24)
        let described = try Value(json: runner.run("describe", "lof", "--json").output)
        #expect(described["parameters"]?["properties"]?["neighbors"]?["default"] == 20)
        #expect(try Value(json: runner.run("schema").output)["$defs"]?["detector"] != nil)
        #expect(try runner.run("describe", "knm").errors.contains("Did you mean “knn”?"))
    }

    @Test func sentinelsAndKnownLabels() throws {
        let runner = try CommandRunner()
        let rows = (0..<40).map { "r\($0),\($0 % 7),\($0 % 5),0,\($0 < 3 ? "normal" : "")\n" }.joined()
        try runner.write(
            "id,a,b,outlier,seen\n" + rows + "lost,-999.0,1,0,\nfar,90,80,1,\nfarther,95,85,1,anomaly\n", to: "t.csv")
        try runner.write(
            """
            data: {source: t.csv, label: outlier, known-labels: seen, identifier: id, missing: [-999, nothing]}
            preprocess: [impute]
            detector: knn
            metrics: [roc-auc]
            """, to: "run.yaml")
        let plain = try runner.run("run", "run.yaml", "--json")
        try #require(plain.status == 0, "\(plain.errors)")
        #expect(try Value(json: plain.output)["notes"]?.array == [], "no part looks at the labels")
        let failing = try runner.run("run", "run.yaml", "--set", "preprocess=[]", "--detector", "lof")
        #expect(failing.status == 65 && failing.errors.contains("row 41, column “a”: the value is missing"))

        // A row that cannot be scored is written with the reason, and counted out.
        let dropping = try runner.run(
            "run", "run.yaml", "--set", "preprocess=[drop-rows]", "--set", "output.scores=scores.csv", "--set",
            "output.model=model.outlier")
        #expect(dropping.output.contains("1 of 43 rows not scored"), "\(dropping.output)\(dropping.errors)")
        let scores = try runner.read("scores.csv").split(separator: "\n")
        #expect(scores[0] == "id,score,decision,truth,reason")
        #expect(scores[41] == "lost,,,0,the value of “a” is missing")
        let scored = try runner.run("score", "model.outlier", "-", input: "a,b\n1,2\n,2\n")
        #expect(scored.output.contains("\n2,,,the value of “a” is missing\n"), "\(scored.output)\(scored.errors)")
        #expect(try runner.run("evaluate", "scores.csv").errors.contains("1 row without a score is left out"))

        // Weights are refused where they cannot be used, and labels that were learnt from are not measured by.
        let weighted = try runner.run("run", "run.yaml", "--set", "preprocess=[impute, class-weights]")
        #expect(weighted.status == 65)
        for name in ["isolation-forest", "mahalanobis"] {
            #expect(weighted.errors.contains(name), "\(weighted.errors)")
        }
        let learning = try runner.run(
            "run", "run.yaml", "--set", "preprocess=[impute, class-weights]", "--detector", "mahalanobis")
        #expect(learning.output.contains("of rows whose labels the fit has seen: they flatter") == false)
        #expect(
            learning.output.contains("metrics of the 39 rows whose labels the fit did not see"), "\(learning.output)")
    }
}
