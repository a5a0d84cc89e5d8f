import Foundation
import OutlierCore
import Testing

@Suite struct RelabelTests {
    /// Two kinds of rows far apart; the labels of two rows are swapped.
    private static let table =
        "id,a,b,outlier\n"
        + (0..<60).map { row in
            let isAnomaly = row % 6 == 0
            let value = (isAnomaly ? 50 : 0) + row * 7 % 10
            return "\"row, \(row)\",\(value),\(row * 3 % 11),\(isAnomaly != (row == 13 || row == 24) ? 1 : 0)\n"
        }.joined()

    @Test func suspectLabelsAreListedAndNothingIsChanged() throws {
        let runner = try CommandRunner()
        try runner.write(RelabelTests.table, to: "table.csv")
        try runner.write(
            """
            data: {source: table.csv, label: outlier, identifier: id}
            detector: boosted-trees
            seed: 3
            """, to: "run.yaml")
        let result = try runner.run("relabel", "run.yaml", "--output", "suspects.csv", "--json")
        try #require(result.status == 0, "\(result.errors)")
        let json = try Value(json: result.output)
        #expect(json["judged"] == 60)
        let rows = (json["suspects"]?.array ?? []).map { $0["id"]?.string }
        #expect(Set(rows.prefix(2)) == ["row, 13", "row, 24"], "\(result.output)")
        #expect(json["suspects"]?.array?.first?["rank"] == 1)
        let lines = try runner.read("suspects.csv").split(separator: "\n")
        #expect(lines[0] == "id,given,probability,rank")
        #expect(lines.count == rows.count + 1 && lines[1].hasPrefix("\"row, "))
        #expect(try runner.read("table.csv") == RelabelTests.table)
        let text = try runner.run("relabel", "run.yaml", "--top", "1")
        #expect(text.status == 0 && text.output.contains("of 60 labels are suspect"), "\(text.output)")
    }

    @Test func withoutLabelsItIsAnError() throws {
        let runner = try CommandRunner()
        try runner.write("a,b\n1,2\n3,4\n", to: "table.csv")
        try runner.write("data: {source: table.csv}\ndetector: hbos\n", to: "run.yaml")
        let result = try runner.run("relabel", "run.yaml")
        #expect(result.status == 65 && result.errors.contains("labels are needed"), "\(result.errors)")
        #expect(try runner.run("relabel", "run.yaml", "--folds", "1").status == 64)
    }
}
