import Foundation
import OutlierCore
import Testing

/// No run costs a person a file, and none says what is not so.
@Suite struct OutputSafetyTests {
    private func runner(_ output: String, extra: String = "") throws -> CommandRunner {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(
            "data: {source: table.csv, label: outlier, identifier: id}\ndetector: knn\noutput: {\(output)}\n\(extra)",
            to: "run.yaml")
        return runner
    }

    private func link(_ name: String, to target: String, in runner: borrowing CommandRunner) throws {
        try FileManager.default.createSymbolicLink(
            atPath: runner.folder.appendingPathComponent(name).path, withDestinationPath: target)
    }

    /// A link that points at a file which is yet to be made is that file.
    @Test func twoOutputsThatAreOneFile() throws {
        let runner = try runner("scores: a.csv, report: link.html")
        try link("link.html", to: "a.csv", in: runner)
        let result = try runner.run("run", "run.yaml")
        #expect(result.status == 65 && result.errors.contains("is also the file of the scores"), "\(result.errors)")
        #expect(try !runner.files().contains("a.csv"))
    }

    @Test func linksAreFollowed() throws {
        let runner = try runner("scores: link.csv")
        try FileManager.default.createDirectory(
            at: runner.folder.appendingPathComponent("deep"), withIntermediateDirectories: false)
        try link("link.csv", to: "deep/scores.csv", in: runner)
        #expect(try runner.run("run", "run.yaml").status == 0)
        #expect(try runner.read("deep/scores.csv").hasPrefix("id,score"))
        let type =
            try FileManager.default.attributesOfItem(
                atPath: runner.folder.appendingPathComponent("link.csv").path)[.type] as? FileAttributeType
        #expect(type == .typeSymbolicLink)
    }

    @Test func aJournalReplacesNothing() throws {
        let runner = try runner("scores: a.csv")
        for text in ["my notes, without an end of line", "my notes\n", "{\"a\": 1}\n", "[1]\n[2]"] {
            try runner.write(text, to: "notes.txt")
            let result = try runner.run("tune", "run.yaml", "--trials", "2", "--journal", "notes.txt")
            #expect(result.status == 65 && result.errors.contains("is left as it is"), "\(result.errors)")
            #expect(try runner.read("notes.txt") == text)
        }
    }

    @Test func theBestConfigurationHasOutputsOfItsOwn() throws {
        let runner = try runner("scores: a.csv, report: pages/r.html")
        #expect(try runner.run("tune", "run.yaml", "--trials", "2", "--output", "best.yaml").status == 0)
        #expect(try runner.run("run", "best.yaml").status == 0)
        #expect(try runner.files().contains("best-a.csv") && !runner.files().contains("a.csv"))
        #expect(try runner.read("pages/best-r.html").hasPrefix("<!DOCTYPE"))
    }

    /// What was written there before stays.
    @Test func standardOutputIsAppendedTo() throws {
        let runner = try runner("scores: /dev/stdout")
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = [
            "-c", "echo before >> log; \"$0\" run run.yaml >> log 2>/dev/null", CommandRunner.executable.path,
        ]
        shell.currentDirectoryURL = runner.folder
        try shell.run()
        shell.waitUntilExit()
        let log = try runner.read("log")
        #expect(log.hasPrefix("before\n") && log.contains("id,score"))
    }

    @Test func filesOutliveAReaderThatGoesAway() throws {
        let runner = try runner("scores: \"-\", model: m.outlier")
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "\"$0\" run run.yaml 2>/dev/null | true", CommandRunner.executable.path]
        shell.currentDirectoryURL = runner.folder
        try shell.run()
        shell.waitUntilExit()
        // The reader was gone at once; the writer may still be at work.
        for _ in 0..<100 {
            if try runner.files().contains("m.outlier") { break }
            Thread.sleep(forTimeInterval: 0.1)
        }
        #expect(try runner.files().contains("m.outlier"))
    }

    @Test func longNamesAndTildes() throws {
        let name = String(repeating: "n", count: 250) + ".csv"
        let runner = try runner("scores: \(name), metrics: ~x.json")
        let result = try runner.run("run", "run.yaml")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try runner.files().contains(name) && runner.files().contains("~x.json"))
    }

    /// Words of a table give the terminal no orders.
    @Test func controlBytesAreShown() throws {
        let runner = try runner("scores: a.csv")
        try runner.write(smallTable.replacing("a,", with: "\u{1B}]0;x\u{7},"), to: "table.csv")
        let result = try runner.run("run", "run.yaml", "--top", "100")
        #expect(!result.output.contains("\u{1B}") && !result.errors.contains("\u{1B}"))
    }

    /// A table with one more column is scored, and what was left out is said.
    @Test func newColumnsAreLeftOut() throws {
        let runner = try runner("model: m.outlier")
        #expect(try runner.run("run", "run.yaml").status == 0)
        let lines = smallTable.split(separator: "\n")
        try runner.write(
            lines.enumerated().map { $0 == 0 ? "\($1),extra" : "\($1),word\($0)" }.joined(separator: "\n") + "\n",
            to: "more.csv")
        let plain = try runner.run("score", "m.outlier", "table.csv")
        let result = try runner.run("score", "m.outlier", "more.csv")
        #expect(result.status == 0 && result.output == plain.output, "\(result.errors)")
        #expect(result.errors.contains("“extra”"))
    }

    /// How the fit's table wrote numbers holds for tables that do not show it.
    @Test func aModelKnowsHowNumbersAreWritten() throws {
        let runner = try runner("model: m.outlier")
        let rows = (0..<40).map { "r\($0);1.\($0 % 9)00,\($0 % 10);\($0 % 7)\n" }.joined()
        try runner.write("id;price;n\n" + rows, to: "table.csv")
        try runner.write(
            "data: {source: table.csv, identifier: id}\ndetector: knn\noutput: {model: m.outlier}\n", to: "run.yaml")
        let fit = try runner.run("run", "run.yaml")
        #expect(fit.status == 0 && fit.output.contains("writes numbers as people do"), "\(fit.errors)")
        try runner.write("id;price;n\nx;1.200;3\ny;1.500;2\n", to: "new.csv")
        try runner.write("id;price;n\nx;1.200,0;3\ny;1.500,0;2\n", to: "same.csv")
        let new = try runner.run("score", "m.outlier", "new.csv")
        #expect(new.status == 0, "\(new.errors)")
        #expect(try new.output == runner.run("score", "m.outlier", "same.csv").output)
    }

    @Test func datesAreNoted() throws {
        let runner = try runner("scores: a.csv")
        try runner.write(
            "when,x\n" + (1...28).map { "2024-01-\($0 < 10 ? "0" : "")\($0),\($0 % 5)\n" }.joined(), to: "table.csv")
        try runner.write("data: {source: table.csv}\ndetector: knn\n", to: "run.yaml")
        let result = try runner.run("run", "run.yaml")
        #expect(
            result.output.contains("“when” holds dates") && result.output.contains("date-parts"), "\(result.output)")
        let declared = try runner.run("run", "run.yaml", "--set", "data.columns.when=date")
        #expect(!declared.output.contains("holds dates"))
    }

    @Test func partsWithoutEnd() throws {
        let runner = try runner("scores: a.csv")
        let path = String(repeating: "a.", count: 30_000) + "a=1"
        let result = try runner.run("run", "run.yaml", "--set", path)
        #expect(result.status == 64 || result.status == 65)
        try runner.write("plugin: p\nversion: \(String(repeating: "[", count: 50_000))\n", to: "p.yaml")
        #expect(try runner.run("list", "--plugin", "p.yaml").status == 65)
    }

    @Test(arguments: ["1e308", "-1.7e308"]) func reportsOfHugeValues(_ value: String) throws {
        let runner = try runner("report: r.html")
        try runner.write(
            "a,b\n"
                + (0..<30).map {
                    "\($0 == 7 ? value : "\($0)"),\($0 % 4 == 0 ? "-\(value)".replacing("--", with: "") : "1")\n"
                }
                .joined(), to: "table.csv")
        try runner.write("data: {source: table.csv}\ndetector: hbos\noutput: {report: r.html}\n", to: "run.yaml")
        let result = try runner.run("run", "run.yaml")
        #expect([0, 65].contains(result.status), "\(result.errors)")
    }

    /// The words of a column times the rows are more than the memory that the process has.
    @Test func oneHotOfManyWords() throws {
        let runner = try runner("scores: a.csv")
        try runner.write("w,x\n" + (0..<20_000).map { "word\($0),\($0 % 9)\n" }.joined(), to: "table.csv")
        try runner.write(
            "data: {source: table.csv, columns: {w: category}}\npreprocess: [one-hot]\ndetector: hbos\n", to: "run.yaml"
        )
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = [
            "-c", "ulimit -v 2500000; \"$0\" run run.yaml > out 2> errors; echo $? > status",
            CommandRunner.executable.path,
        ]
        shell.currentDirectoryURL = runner.folder
        try shell.run()
        shell.waitUntilExit()
        #expect(try runner.read("status") == "65\n")
        let errors = try runner.read("errors")
        #expect(errors.contains("“w”") && errors.contains("not enough memory"), "\(errors)")
    }
}
