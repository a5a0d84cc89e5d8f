import Foundation
import OutlierCore
import Testing

@Suite struct TuneTests {
    @Test func tuneWritesTheBestConfiguration() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(
            """
            data: {source: table.csv, label: outlier, identifier: id}
            detector: {knn: {neighbors: 3}}
            metrics: [roc-auc]
            """, to: "run.yaml")
        let result = try runner.run(
            "tune", "run.yaml", "--trials", "6", "--parameters", "neighbors", "--journal", "trials.jsonl", "--output",
            "best.yaml", "--json")
        try #require(result.status == 0, "\(result.errors)")
        let json = try Value(json: result.output)
        #expect(json["trials"]?.array?.count == 6)
        #expect(json["first"]?["parameters"]?["neighbors"] == 3)
        #expect(try runner.read("trials.jsonl").split(separator: "\n").count == 7)
        // What was written is a configuration like any other.
        let best = try runner.run("run", "best.yaml", "--json")
        try #require(best.status == 0, "\(best.errors)")
        #expect(try Value(json: best.output)["pipeline"]?["detector"] == json["detector"])
        // A second run takes everything from the journal.
        let again = try runner.run(
            "tune", "run.yaml", "--trials", "6", "--parameters", "neighbors", "--journal", "trials.jsonl")
        #expect(again.status == 0 && again.output.contains("6 results from the journal"), "\(again.output)")
    }

    @Test func tuneRefusesWhatItCannotDo() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(smallConfiguration, to: "run.yaml")
        #expect(try runner.run("tune", "run.yaml", "--trials", "0").status == 64)
        #expect(try runner.run("tune", "run.yaml", "--seconds", "-1").status == 64)
        #expect(try runner.run("tune", "run.yaml", "--metric", "rocauc").status == 64)
        #expect(try runner.run("tune", "run.yaml", "--parameters", "nothing").status == 64)
        try runner.write("no journal\n", to: "other.txt")
        #expect(try runner.run("tune", "run.yaml", "--detector", "knn", "--journal", "other.txt").status == 65)
    }

    @Test func autoSaysWhy() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(smallConfiguration, to: "run.yaml")
        let result = try runner.run("run", "run.yaml", "--detector", "auto")
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("Nothing is known of any row"))
        #expect(result.output.contains("isolation-forest"))
        let json = try runner.run("run", "run.yaml", "--detector", "auto", "--json")
        #expect(try Value(json: json.output)["reasons"]?["candidates"]?.array?.count == 6)
        let known = try runner.run(
            "run", "run.yaml", "--detector", "auto", "--set", "data.known-labels=outlier")
        try #require(known.status == 0, "\(known.errors)")
        #expect(known.output.contains("Known anomalies: 1"), "\(known.output)")
    }
}
