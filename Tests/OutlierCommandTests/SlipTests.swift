import Foundation
import OutlierCore
import Testing

/// Slips of the hand on the command line.
@Suite struct SlipTests {
    private func prepared() throws -> CommandRunner {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(smallConfiguration, to: "run.yaml")
        return runner
    }

    @Test func verbs() throws {
        let runner = try prepared()
        for (arguments, word) in [
            (["rnu", "run.yaml"], "Did you mean “run”?"), (["walk"], "There are run, fit,"),
            (["plugin", "chekc", "a.so"], "Did you mean “check”?"),
        ] {
            let result = try runner.run(arguments)
            #expect(result.status == 64 && result.output.isEmpty)
            #expect(result.errors.contains("there is no verb") && result.errors.contains(word), "\(result.errors)")
        }
        for arguments in [["plugin"], ["plugin", "--help"], ["help", "plugin"]] {
            let result = try runner.run(arguments)
            #expect(result.status == 0 && result.output.contains("USAGE: outlier plugin <subcommand>"), "\(result)")
        }
        #expect(try runner.run("help", "run").output.contains("USAGE: outlier run"))
        #expect(try runner.run("--version").status == 0)
    }

    @Test(arguments: [
        "run run.yaml --top -3", "report m.outlier t.csv --top -3", "explain m.outlier t.csv --top -3",
        "explain m.outlier t.csv --features -3", "explain m.outlier t.csv --samples -3", "relabel run.yaml --folds -3",
        "relabel run.yaml --rounds -3", "relabel run.yaml --top -3", "tune run.yaml --trials -3",
        "tune run.yaml --seconds -3", "score m.outlier t.csv --threads -3", "plugin check a.so --time-limit -3",
    ])
    func negativeNumbersAreOutOfRange(command: String) throws {
        let result = try CommandRunner().run(command.split(separator: " ").map(String.init))
        #expect(result.status == 64)
        #expect(result.errors.contains("-3") && result.errors.contains("must be"), "\(result.errors)")
    }

    @Test func listsWithSpaces() throws {
        let runner = try prepared()
        for detectors in [
            ["--detectors", "knn,", "lof"], ["--detectors=knn", ",lof"], ["--detectors", "knn", ",", "lof"],
        ] {
            let result = try runner.run(["compare"] + detectors + ["run.yaml", "--json"])
            try #require(result.status == 0, "\(result.errors)")
            #expect(try Value(json: result.output).array?.map { $0["detector"] } == ["knn", "lof"])
        }
        for empty in ["", ",", " "] {
            let result = try runner.run("compare", "run.yaml", "--detectors", empty)
            #expect(result.status == 64 && result.output.isEmpty)
            #expect(result.errors.contains("names no detector"), "\(result.errors)")
        }
    }

    @Test func failuresOfNamedDetectorsAreFailures() throws {
        let runner = try prepared()
        try runner.write(smallTable.replacingOccurrences(of: "r1,1", with: "r1,"), to: "table.csv")
        let named = try runner.run("compare", "run.yaml", "--detectors", "knn,lof", "--set", "preprocess=[]")
        #expect(named.status == 1 && named.output.contains("lof failed: "), "\(named)")
        #expect(named.output.contains("\nknn  "), "\(named.output)")
    }

    @Test func countsHaveNoFraction() throws {
        let runner = try prepared()
        let result = try runner.run("compare", "run.yaml", "--detectors", "knn", "--set", "metrics=[confusion, f1]")
        #expect(result.status == 0)
        let row = result.output.split(separator: "\n").last?.split(separator: " ") ?? []
        #expect(row.count > 5 && row[1...4].allSatisfy { Int($0) != nil } && row[5].contains("."), "\(result.output)")
    }

    @Test func oneIsNoPlural() throws {
        let runner = try prepared()
        let result = try runner.run("run", "run.yaml", "--top", "1")
        #expect(result.output.hasPrefix("table.csv: 41 rows × 2 columns, 1 labelled anomaly\n"), "\(result.output)")
        #expect(result.output.contains("\nthe most anomalous row\n"), "\(result.output)")
    }

    @Test func labelsJudgeThoughASubstituteIsNamed() throws {
        let runner = try prepared()
        try runner.write(smallTable + "farther,99,70,1\n", to: "table.csv")
        let tune = ["tune", "run.yaml", "--trials", "2", "--parameters", "neighbors"]
        let result = try runner.run(tune + ["--without-labels", "excess-mass"])
        #expect(result.status == 0 && result.output.contains("judged by roc-auc"), "\(result)")
        #expect(result.errors.contains("--without-labels excess-mass is not used"), "\(result.errors)")
        #expect(try !runner.run(tune).errors.contains("--without-labels"))
    }
}
