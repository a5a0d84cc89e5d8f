import Foundation
import Testing

@Suite struct BadInputTests {
    /// Runs the small configuration with one thing changed, and expects status 65, the words, and no output.
    private func expectFailure(
        _ words: [String], table: String? = nil, configuration: String? = nil, status: Int32 = 65,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let runner = try CommandRunner()
        try runner.write(table ?? smallTable, to: "table.csv")
        try runner.write(configuration ?? smallConfiguration, to: "run.yaml")
        let result = try runner.run("run", "run.yaml")
        #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
        for word in words {
            #expect(result.errors.contains(word), "\(result.errors)", sourceLocation: sourceLocation)
        }
        #expect(result.output.isEmpty, sourceLocation: sourceLocation)
        #expect(try runner.files() == ["run.yaml", "table.csv"], sourceLocation: sourceLocation)
    }

    private func configuration(_ line: String, replacing key: String) -> String {
        smallConfiguration.split(separator: "\n").map { $0.hasPrefix(key + ":") ? line : String($0) }
            .joined(separator: "\n")
    }

    @Test func names() throws {
        try expectFailure(
            ["run.yaml:3:12", "“kn”", "Did you mean “knn”?"],
            configuration: configuration("detector: {kn: {}}", replacing: "detector"))
        try expectFailure(
            ["run.yaml:3:18", "“neighbours”", "Did you mean “neighbors”?"],
            configuration: configuration("detector: {knn: {neighbours: 3}}", replacing: "detector"))
        try expectFailure(
            ["run.yaml:3:29", "at least 1", "0 was given"],
            configuration: configuration("detector: {knn: {neighbors: 0}}", replacing: "detector"))
        try expectFailure(
            ["run.yaml:3:29", "whole number", "“many”"],
            configuration: configuration("detector: {knn: {neighbors: many}}", replacing: "detector"))
        try expectFailure(
            ["run.yaml:1:43", "“id”", "Did you mean “identifier”?"],
            configuration: configuration("data: {source: table.csv, label: outlier, id: id}", replacing: "data"))
        try expectFailure(["run.yaml:", "not valid YAML"], configuration: "data: {source: [\n")
    }

    @Test func files() throws {
        try expectFailure(
            ["nothing.csv", "No such file"],
            configuration: configuration("data: {source: nothing.csv}", replacing: "data"))
        try expectFailure(
            ["“outliers”", "Did you mean “outlier”?"],
            configuration: configuration(
                "data: {source: table.csv, label: outliers, identifier: id}", replacing: "data"))
        let runner = try CommandRunner()
        #expect(try runner.run("run", "nothing.yaml").status == 65)
        #expect(try runner.run("run").status == 64)
        #expect(try runner.run("walk").status == 64)
    }

    @Test func tables() throws {
        try expectFailure(["table.csv:3", "4", "2"], table: "id,a,b,outlier\nr1,1,2,0\nr2,1\nr3,1,1,0\n")
        try expectFailure(
            ["table.csv:3", "“b”", "“x1”"], table: "id,a,b,outlier\nr1,1,2,0\nr2,1,x1,0\n",
            configuration: configuration(
                "data: {source: table.csv, label: outlier, identifier: id, columns: {b: number}}", replacing: "data"))
        try expectFailure(["“b”", "one-hot"], table: "id,a,b,outlier\nr1,1,up,0\nr2,1,down,0\nr3,1,up,0\nr4,1,up,0\n")
        try expectFailure(["table.csv"], table: "")
        try expectFailure(["no row"], table: "id,a,b,outlier\n")
        try expectFailure(["knn"], table: "id,a,b,outlier\nr1,1,2,0\n")
        try expectFailure(
            ["row 2", "“a”", "missing", "impute"], table: smallTable.replacingOccurrences(of: "r1,1", with: "r1,"),
            configuration: configuration("detector: lof", replacing: "detector"))
        try expectFailure(
            ["row 2", "“a”", "infinite"], table: smallTable.replacingOccurrences(of: "r1,1", with: "r1,inf"))
    }

    @Test func constantColumnsAreNoFailure() throws {
        let runner = try CommandRunner()
        try runner.write("id,a,b,outlier\n" + (0..<20).map { "r\($0),1,2,\($0 % 2)\n" }.joined(), to: "table.csv")
        try runner.write(smallConfiguration, to: "run.yaml")
        let result = try runner.run("run", "run.yaml")
        #expect(result.status == 0, "\(result.errors)")
        #expect(!result.output.contains("nan"))
    }

    @Test func outputs() throws {
        try expectFailure(
            ["cannot write", "/dev/full", "No space left"],
            configuration: configuration("output: {scores: /dev/full}", replacing: "output"), status: 1)
        try expectFailure(
            ["cannot write", "/proc/nothing"],
            configuration: configuration("output: {model: /proc/nothing/model.outlier}", replacing: "output"), status: 1
        )
    }

    @Test func standardOutputIsFull() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(smallConfiguration, to: "run.yaml")
        #expect(try runner.run("fit", "run.yaml", "--model", "model.outlier").status == 0)
        for arguments in [["list"], ["score", "model.outlier", "table.csv"], ["run", "run.yaml"]] {
            let result = try runner.run(arguments, standardOutput: "/dev/full")
            #expect(result.status == 1, "\(arguments)")
            #expect(result.errors.contains("standard output") && result.errors.contains("No space left"))
        }
    }

    /// A limit on the size of files stands for a disk that fills up in the middle of one.
    @Test(arguments: ["new.csv", "new.csv.gz", "new.jsonl"])
    func theDiskFillsUp(output: String) throws {
        let runner = try CommandRunner()
        let rows = (0..<20_000).map { "r\($0),\($0 % 7),\($0 % 5),0\n" }.joined()
        try runner.write(smallTable, to: "table.csv")
        try runner.write("id,a,b,outlier\n" + rows, to: "large.csv")
        try runner.write(smallConfiguration, to: "run.yaml")
        #expect(try runner.run("fit", "run.yaml", "--model", "model.outlier").status == 0)
        let before = try runner.files()
        let result = try runner.run(
            ["score", "model.outlier", "large.csv", "--output", output], largestFileInBlocks: 8)
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.errors.contains("cannot write to") && result.errors.contains(output), "\(result.errors)")
        #expect(try runner.files() == before)
    }

    @Test func models() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(smallConfiguration, to: "run.yaml")
        #expect(try runner.run("fit", "run.yaml", "--model", "model.outlier").status == 0)
        let url = runner.folder.appendingPathComponent("model.outlier")
        let model = try Data(contentsOf: url)
        for (damage, name) in [
            (model.prefix(model.count / 2), "truncated"), (Data(), "empty"), (Data("hello".utf8), "text"),
            (Data([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]) + model.dropFirst(8), "a header of 8 EiB"),
        ] {
            try damage.write(to: url)
            let result = try runner.run("score", "model.outlier", "table.csv", "--output", "new.csv")
            #expect(result.status == 65, "\(name): \(result.errors)")
            #expect(result.errors.contains("model.outlier"), "\(name): \(result.errors)")
        }
        let swapped = try runner.run("score", "table.csv", "model.outlier")
        #expect(swapped.status == 65 && swapped.errors.contains("this is no model of Outlier"), "\(swapped.errors)")
        #expect(swapped.errors.contains("MODEL DATA"), "\(swapped.errors)")
        var flipped = model
        flipped[model.count - 3] ^= 4
        try flipped.write(to: url)
        let result = try runner.run("score", "model.outlier", "table.csv", "--output", "new.csv")
        #expect(result.status == 65 && result.errors.contains("checksum"))
        #expect(try runner.files() == ["model.outlier", "run.yaml", "table.csv"])
    }

    @Test func dataErrorsNameTheFile() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(smallConfiguration, to: "run.yaml")
        #expect(try runner.run("fit", "run.yaml", "--model", "model.outlier").status == 0)
        try runner.write(smallTable.replacingOccurrences(of: "far,90", with: "far,inf"), to: "infinite.csv")
        for arguments in [
            ["run", "run.yaml", "--set", "data.source=infinite.csv"], ["score", "model.outlier", "infinite.csv"],
        ] {
            let result = try runner.run(arguments)
            #expect(result.status == 65 && result.errors.contains("infinite.csv: "), "\(result.errors)")
            #expect(result.errors.contains("row 41, column “a”: the value is infinite"), "\(result.errors)")
        }
        try runner.write("b\n1\n", to: "narrow.csv")
        let narrow = try runner.run("score", "model.outlier", "narrow.csv")
        #expect(narrow.errors.contains("narrow.csv: ") && narrow.errors.contains("Add the missing columns"))
        let folder = try runner.run("run", ".")
        #expect(folder.errors.contains("is a folder"), "\(folder.errors)")
        try runner.write("a~b\n1~2\n", to: "table.csv")
        try runner.write("a,b\n1,2\n", to: "commas.csv")
        let unsplit = try runner.run(
            "run", "run.yaml", "--set", "data={source: commas.csv, label: b, delimiter: \"~\"}")
        #expect(unsplit.errors.contains("data: {delimiter: \",\"}"), "\(unsplit.errors)")
    }

    @Test func columnsOfTheFit() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(smallConfiguration, to: "run.yaml")
        #expect(try runner.run("fit", "run.yaml", "--model", "model.outlier").status == 0)
        try runner.write("b,c\n1,2\n", to: "new.csv")
        let result = try runner.run("score", "model.outlier", "new.csv")
        #expect(result.status == 65)
        #expect(result.errors.contains("missing: “a”"), "\(result.errors)")
        try runner.write("a,b\n1,word\n", to: "new.csv")
        try runner.write("a,b\n2021-03-01,2\n2021-03-02,2\n", to: "dates.csv")
        let dates = try runner.run("score", "model.outlier", "dates.csv")
        #expect(dates.status == 65)
        #expect(dates.errors.contains("“a”"), "\(dates.errors)")
        let words = try runner.run("score", "model.outlier", "new.csv")
        #expect(words.status == 65)
        #expect(words.errors.contains("“word”") && words.errors.contains("new.csv:2"), "\(words.errors)")
    }
}
