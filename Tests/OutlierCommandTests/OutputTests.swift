import Foundation
import OutlierCore
import Testing

/// Where results go: never over what is read or over each other, and to standard output alone.
@Suite struct OutputTests {
    /// A folder with a table, a configuration, a model and a link to the table.
    private func prepared() throws -> CommandRunner {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(smallConfiguration, to: "run.yaml")
        #expect(try runner.run("fit", "run.yaml", "--model", "model.outlier").status == 0)
        try FileManager.default.createSymbolicLink(
            atPath: runner.folder.appendingPathComponent("link.csv").path, withDestinationPath: "table.csv")
        try FileManager.default.createSymbolicLink(
            atPath: runner.folder.appendingPathComponent("here").path, withDestinationPath: ".")
        return runner
    }

    @Test(arguments: [
        ("score model.outlier table.csv --output table.csv", "the table that is read", 64),
        ("score model.outlier table.csv --output link.csv", "the table that is read", 64),
        ("score model.outlier link.csv --output table.csv", "the table that is read", 64),
        ("score model.outlier table.csv --output here/table.csv", "the table that is read", 64),
        ("score model.outlier table.csv --output model.outlier", "the model", 64),
        ("report model.outlier table.csv --output model.outlier", "the model", 64),
        ("report model.outlier table.csv --output ./table.csv", "the table that is read", 64),
        ("run run.yaml --set output.scores=table.csv", "the table that is read", 65),
        ("run run.yaml --set output.scores=run.yaml", "the configuration", 65),
        ("run run.yaml --set output.report=here/scores.csv", "the file of the scores", 65),
        ("run run.yaml --set output.metrics=new.txt --set output.report=here/new.txt", "the file of the metrics", 65),
        ("run run.yaml --set output.checkpoint=model.outlier", "the file of the model", 65),
        ("run run.yaml --set output.report=model.outlier.checkpoint", "the file of the report", 65),
        ("run run.yaml --from model.outlier", "the model to begin with", 65),
        ("fit run.yaml --model table.csv", "the table that is read", 64),
        ("fit run.yaml --model run.yaml", "the configuration", 64),
        ("fit run.yaml --model model.outlier --from model.outlier", "the model to begin with", 64),
        ("tune run.yaml --output table.csv", "the table that is read", 64),
        ("tune run.yaml --output run.yaml", "the configuration", 64),
        ("tune run.yaml --journal run.yaml", "the configuration", 64),
        ("tune run.yaml --journal new.txt --output new.txt", "the file of the journal", 64),
        ("relabel run.yaml --output link.csv", "the table that is read", 64),
    ])
    func nothingIsReplaced(command: String, what: String, status: Int32) throws {
        let runner = try prepared()
        let files = try runner.files()
        let model = try Data(contentsOf: runner.folder.appendingPathComponent("model.outlier"))
        let result = try runner.run(command.split(separator: " ").map(String.init))
        #expect(result.status == status, "\(result.errors)")
        #expect(result.errors.contains("is also \(what)\n"), "\(result.errors)")
        #expect(result.errors.contains("Name another file"), "\(result.errors)")
        #expect(try runner.read("table.csv") == smallTable)
        #expect(try runner.read("run.yaml") == smallConfiguration)
        #expect(try Data(contentsOf: runner.folder.appendingPathComponent("model.outlier")) == model)
        #expect(try runner.files() == files)
    }

    @Test func theConfigurationSaysWhere() throws {
        let runner = try prepared()
        try runner.write(
            smallConfiguration.replacingOccurrences(of: "{scores: scores.csv", with: "{scores: table.csv"),
            to: "own.yaml")
        let result = try runner.run("run", "own.yaml")
        #expect(result.status == 65 && result.errors.contains("own.yaml:6:18: "), "\(result.errors)")
        // What a verb does not write is no matter.
        #expect(try runner.run("compare", "own.yaml", "--detectors", "knn").status == 0)
    }

    @Test func devicesTakeSeveralOutputs() throws {
        let runner = try prepared()
        let result = try runner.run(
            "run", "run.yaml", "--set", "output.scores=/dev/null", "--set", "output.metrics=/dev/null")
        #expect(result.status == 0, "\(result.errors)")
    }

    /// Scores become a table of the database they were read from, unless it is that table.
    @Test func databasesKeepTheirTables() throws {
        let runner = try prepared()
        #expect(try runner.run("score", "model.outlier", "table.csv", "--output", "new.sqlite").status == 0)
        let without = try runner.run("score", "model.outlier", "new.sqlite", "--output", "new.sqlite")
        #expect(without.status == 64, "\(without.errors)")
        let same = try runner.run(
            "score", "model.outlier", "new.sqlite", "--query", "SELECT score AS a, decision AS b FROM Scores",
            "--output",
            "new.sqlite")
        #expect(same.status == 64, "\(same.errors)")
        let other = try runner.run(
            "score", "model.outlier", "new.sqlite", "--query", "SELECT 1 AS a, 2 AS b", "--output", "new.sqlite")
        #expect(other.status == 0, "\(other.errors)")
    }

    @Test(arguments: ["scores", "metrics", "report"])
    func standardOutputHoldsOneThing(key: String) throws {
        let runner = try prepared()
        let result = try runner.run("run", "run.yaml", "--set", "output.\(key)=-")
        try #require(result.status == 0, "\(result.errors)")
        let beginning = [
            "scores": "id,score,decision,truth\nr0,", "metrics": "{\n  \"roc-auc\"", "report": "<!DOCTYPE html>",
        ]
        #expect(result.output.hasPrefix(beginning[key] ?? "?"), "\(result.output)")
        #expect(!result.output.contains("fitted in"))
        #expect(result.errors.contains("fitted in") && result.errors.contains("roc-auc  1.0000"), "\(result.errors)")
        #expect(!result.errors.contains("wrote -"))
        let json = try runner.run("run", "run.yaml", "--json", "--set", "output.\(key)=-")
        #expect(json.status == 64 && json.output.isEmpty && json.errors.contains("standard output"), "\(json.errors)")
        #expect(try !runner.files().contains("-"))
    }

    @Test(arguments: [
        ("run run.yaml --set output.model=-", 65), ("run run.yaml --set output.checkpoint=-", 65),
        ("run run.yaml --set output.scores=- --set output.report=-", 65), ("run -", 64), ("compare -", 64),
        ("fit run.yaml --model -", 64), ("fit run.yaml --model new.outlier --from -", 64), ("score - table.csv", 64),
        ("tune run.yaml --output -", 64), ("tune run.yaml --journal -", 64), ("relabel run.yaml --output -", 64),
    ])
    func whatMustBeAFile(command: String, status: Int32) throws {
        let runner = try prepared()
        let files = try runner.files()
        let result = try runner.run(command.split(separator: " ").map(String.init))
        #expect(result.status == status, "\(result.errors)")
        #expect(result.errors.contains("must be a file") || result.errors.contains("both want"), "\(result.errors)")
        #expect(result.output.isEmpty)
        #expect(try runner.files() == files)
    }
}
