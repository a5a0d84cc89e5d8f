import Foundation
import OutlierConfig
import OutlierCore
import OutlierData
import OutlierStatistical
import Testing

/// Reading new rows for a model as the table of its fit was read.
@Suite struct NewRowsTests {
    private let registry: Registry
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("outlier-\(UUID())").path

    init() throws {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(StatisticalPlugin.self)
        self.registry = registry
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func file(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        return "\(folder)/\(name)"
    }

    private let new = "id;weight;colour;note\na;3,5;red;u\nb;-999;blue;\nc;200,25;pink;v\n"

    @Test func aFitInSwiftRemembersHowItsTableWasRead() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let rows = (0..<30).map { "r\($0);\($0 % 7),5;\(["red", "blue"][$0 % 2]);ok;n\($0)\n" }.joined()
        let path = try file("t.csv", "id;weight;colour;fault;note\n" + rows + "far;-999;red;broken;x\n")
        let options = ReadOptions(
            label: "fault", anomalyWords: ["broken"], identifier: "id", ignore: ["note"], missing: ["-999"],
            decimal: .comma)
        let table = try Table(contentsOf: path, options: options)
        #expect(table.rows.reading == options.reading)
        let fitted = try Pipeline(preprocessors: [Imputer(), OneHotEncoder()], detector: ZScore()).fit(table.rows)
        try fitted.save(to: "\(folder)/model.outlier")
        let model = try FittedPipeline(contentsOf: "\(folder)/model.outlier", registry: registry)
        #expect(model.reading == options.reading && model.notes == .object([]))

        // No label, an unknown word, and the same words and decimals.
        let table2 = try Table(file("new.csv", new), for: model)
        #expect(table2.identifiers == ["a", "b", "c"] && table2.truth == nil)
        #expect(table2.rows.columns.map(\.name) == ["weight", "colour"])
        #expect(table2.rows.matrix[0, 0] == 3.5 && table2.rows.matrix[1, 0].isNaN)
        #expect(try model.scores(of: table2.rows).allSatisfy(\.isFinite))
        let labelled = try Table(file("labelled.csv", "id;weight;colour;fault\na;3,5;red;broken\n"), for: model)
        #expect(labelled.truth == [true] && labelled.rows.labels == nil)

        // Another identifier; the former one is not scored by.
        let other = try Table(file("other.csv", new.replacing("note", with: "part")), for: model, identifier: "part")
        #expect(other.identifiers == ["u", "", "v"] && other.rows.columns.count == 2)
        #expect(throws: OutlierError.self) { try Table("\(folder)/new.csv", for: model, identifier: "weight") }
        #expect(throws: OutlierError.self) { try Table("\(folder)/new.csv", for: model, identifier: "number") }
    }

    /// The file was written by a version that kept the section `data` among the notes.
    @Test func aModelOfBeforeStillKnowsHowItsTableWasRead() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/models/reading-as-note.outlier").path
        let model = try FittedPipeline(contentsOf: path, registry: registry)
        let reading = try #require(model.reading)
        #expect(reading.label == "fault" && reading.anomalyWords == ["broken"] && reading.knownLabels == "seen")
        #expect(reading.identifier == "id" && reading.ignore == ["note"] && reading.missing == ["-999"])
        #expect(reading.delimiter == .character(";") && reading.decimal == .comma && reading.memoryLimit == 64 << 20)
        #expect(reading.columnKinds == ["weight": .number] && model.notes == .object([]))
        // What that version scored.
        let scores = try model.scores(of: Table(file("new.csv", new), for: model).rows)
        #expect(scores.values == [0.9682458365518541, 1.0327955589886444, 98.37889656303855])
        // Written again, it is a typed part.
        try model.save(to: "\(folder)/again.outlier")
        #expect(try FittedPipeline(contentsOf: "\(folder)/again.outlier", registry: registry).reading == reading)
    }

    @Test func aModelOfNoTableReadsWithoutOptions() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let model = try ZScorePipeline.fit()
        #expect(model.reading == nil)
        let table = try Table(file("plain.csv", "x1,x2\n1,2\n3,4\n"), for: model)
        #expect(try model.scores(of: table.rows).count == 2)
    }

    private enum ZScorePipeline {
        static func fit() throws -> FittedPipeline {
            try Pipeline(detector: ZScore()).fit(Dataset(rows: [[1, 2], [2, 3], [4, 3]]))
        }
    }

    @Test func theSectionAndTheModelHaveTheSameParameters() throws {
        let text = """
            data: {source: t.csv, label: y, usual-missing: nowhere, missing: [none], delimiter: tab, memory-limit: 3,
                   columns: {zip: category}, header: absent}
            detector: z-score
            """
        let configuration = try ConfigurationFile.parse(
            text, folder: URL(fileURLWithPath: "/data"), registry: registry)
        let reading = configuration.data.reading
        #expect(
            reading.missing == ["none"] && reading.usualMissing == .nowhere && reading.delimiter == .character("\t"))
        #expect(reading.memoryLimit == 3 << 20 && reading.header == .absent)
        #expect(try TableReading(parameters: reading.recipe.parameters, registry: registry) == reading)
        let failure = #expect(throws: OutlierError.self) {
            try ConfigurationFile.parse(
                "data:\n  source: t.csv\n  delimiter: abc\ndetector: z-score\n", file: "run.yaml",
                folder: URL(fileURLWithPath: "/data"), registry: registry)
        }
        #expect(failure?.path == ["data", "delimiter"] && failure?.location?.line == 3)
    }
}
