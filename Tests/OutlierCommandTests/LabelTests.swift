import Foundation
import OutlierCore
import Testing

/// What the label column says, and what it leaves open.
@Suite struct LabelTests {
    private static let configuration = """
        data: {source: table.csv, label: outlier, identifier: id}
        detector: {knn: {neighbors: 3}}
        metrics: [roc-auc]
        output: {scores: scores.csv, report: report.html}
        """

    /// Every row's label is known where its number is even; two of those rows are anomalies, which lie far off.
    private static let halfLabelled =
        "id,a,b,outlier\n"
        + (0..<40).map { row in
            let isFar = row == 10 || row == 20
            return "r\(row),\(row % 7 + (isFar ? 80 : 0)),\(row % 5),\(row % 2 == 0 ? (isFar ? "1" : "0") : "")\n"
        }.joined()

    @Test func rowsWithoutALabelAreLeftOutByEveryVerb() throws {
        let runner = try CommandRunner()
        try runner.write(LabelTests.halfLabelled, to: "table.csv")
        try runner.write(LabelTests.configuration, to: "run.yaml")
        let note = "20 rows without a label are left out"

        let run = try runner.run("run", "run.yaml")
        try #require(run.status == 0, "\(run.errors)")
        #expect(run.output.contains(note) && run.output.contains("2 labelled anomalies"), "\(run.output)")
        let json = try Value(json: runner.run("run", "run.yaml", "--json").output)
        #expect(json["metrics"]?["roc-auc"]?.double == 1)
        #expect(json["notes"]?.array == [.string(note)])
        let page = try runner.read("report.html")
        #expect(page.contains(note) && page.contains("ROC curve; area 1.000"))

        let evaluated = try runner.run("evaluate", "scores.csv")
        #expect(evaluated.status == 0 && evaluated.errors.contains(note), "\(evaluated.errors)")
        let evaluation = try Value(json: runner.run("evaluate", "scores.csv", "--json").output)
        #expect(evaluation["roc-auc"]?.double == 1 && evaluation["notes"]?.array == [.string(note)])

        let compared = try runner.run("compare", "run.yaml", "--detectors", "knn,hbos")
        #expect(compared.output.contains("roc-auc") && compared.output.contains(note), "\(compared.output)")
        #expect(!compared.errors.contains("names no label column"), "\(compared.errors)")

        let relabelled = try runner.run("relabel", "run.yaml", "--rounds", "1", "--json")
        try #require(relabelled.status == 0, "\(relabelled.errors)")
        #expect(try Value(json: relabelled.output)["judged"] == 20)
        let tuned = try runner.run("tune", "run.yaml", "--trials", "2")
        #expect(tuned.output.contains("roc-auc of labelled rows held back"), "\(tuned.output)\(tuned.errors)")
    }

    @Test func noLabelAtAllIsSaid() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write("data: {source: table.csv, ignore: [id]}\ndetector: hbos\n", to: "run.yaml")
        #expect(try runner.run("run", "run.yaml").output.contains("no metrics") == false)
        let asked = try runner.run("run", "run.yaml", "--set", "metrics=[f1]")
        #expect(
            asked.output.contains("no metrics: the configuration names no label column ({data: {label: COLUMN}})"),
            "\(asked.output)\(asked.errors)")

        try runner.write("a,outlier\n1,\n2,\n9,\n", to: "blank.csv")
        let blank = try runner.run("run", "run.yaml", "--set", "data={source: blank.csv, label: outlier}")
        #expect(blank.output.contains("no metrics: no row has a label"), "\(blank.output)\(blank.errors)")
    }

    @Test func wordsThatTheColumnLacksAreAnError() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(LabelTests.configuration, to: "run.yaml")
        let words = "none of the words under “anomaly” (“bad”) is in “outlier”, which holds “0”, “1”"
        for verb in ["run", "compare", "relabel", "tune"] {
            let result = try runner.run(verb, "run.yaml", "--set", "data.anomaly=[bad]")
            #expect(result.status == 65 && result.errors.contains(words), "\(verb): \(result.output)\(result.errors)")
        }
        #expect(try runner.run("run", "run.yaml").status == 0)
        let evaluated = try runner.run("evaluate", "scores.csv", "--anomaly", "7")
        #expect(evaluated.status == 65 && evaluated.errors.contains("none of the words"), "\(evaluated.output)")

        // New rows need not have an anomaly among them.
        try runner.write(smallTable.replacingOccurrences(of: ",1\n", with: ",maybe\n"), to: "words.csv")
        let fitted = try runner.run(
            "fit", "run.yaml", "--model", "m.outlier", "--set", "data.anomaly=[maybe]", "--set",
            "data.source=words.csv")
        try #require(fitted.status == 0, "\(fitted.errors)")
        let scored = try runner.run("score", "m.outlier", "table.csv")
        #expect(scored.status == 0, "\(scored.errors)")
    }

    @Test func numbersAreWords() throws {
        let runner = try CommandRunner()
        let table = smallTable.replacingOccurrences(of: ",1\n", with: ",-1\n").replacingOccurrences(
            of: ",0\n", with: ",1\n")
        try runner.write(table, to: "table.csv")
        try runner.write(LabelTests.configuration, to: "run.yaml")
        let unknown = try runner.run("run", "run.yaml")
        #expect(unknown.status == 65 && unknown.errors.contains("data: {anomaly: [\"-1\"]}"), "\(unknown.errors)")
        for given in ["-1", "[-1]", "[\"-1\"]"] {
            let result = try runner.run("run", "run.yaml", "--set", "data.anomaly=\(given)")
            #expect(result.output.contains("1 labelled anomaly\n"), "\(result.output)\(result.errors)")
        }
    }

    @Test func whatNeedsLabelsIsNamed() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(LabelTests.configuration, to: "run.yaml")
        for (name, change) in [
            ("smote", "preprocess=[smote]"), ("best-f1", "threshold=best-f1"), ("devnet", "detector=devnet"),
            ("devnet", "detector={ensemble: {members: [knn, devnet]}}"),
            ("the section “cost”", "cost={miss: 5}"), ("isotonic", "calibrate={probability: isotonic}"),
        ] {
            let result = try runner.run("run", "run.yaml", "--set", change)
            #expect(result.status == 65 && result.errors.contains("table.csv: "), "\(result.errors)")
            #expect(result.errors.contains(name) && result.errors.contains("known-labels"), "\(result.errors)")
        }
    }

    @Test func howManyLabelsAFitHasSeenIsSaid() throws {
        let runner = try CommandRunner()
        let rows = (0..<40).map { "\($0 % 7),\($0 % 5),0,\($0 < 3 ? "normal" : "")\n" }.joined()
        try runner.write("a,b,outlier,seen\n" + rows + "90,80,1,anomaly\n", to: "table.csv")
        try runner.write(
            """
            data: {source: table.csv, label: outlier, known-labels: seen}
            preprocess: [class-weights]
            detector: mahalanobis
            """, to: "run.yaml")
        let result = try runner.run("run", "run.yaml")
        #expect(
            result.output.contains(
                "the metrics are of 41 rows, the labels of 4 of which the fit has seen: they flatter"),
            "\(result.output)\(result.errors)")
    }
}
