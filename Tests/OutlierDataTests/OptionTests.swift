import Foundation
import OutlierCore
import OutlierData
import Testing

@Suite struct OptionTests {
    func table(_ text: String, _ options: ReadOptions = ReadOptions(), extension: String = "csv") throws -> Table {
        let file = try TemporaryFile(text, extension: `extension`)
        return try Table(contentsOf: file.path, options: options)
    }

    func error(_ text: String, _ options: ReadOptions = ReadOptions()) throws -> OutlierError {
        let file = try TemporaryFile(text)
        return try #require(throws: OutlierError.self) { try Table(contentsOf: file.path, options: options) }
    }

    @Test(arguments: [",", "\t", ";", "|", " "]) func delimitersAreGuessed(_ delimiter: String) throws {
        let text = "a,b,c\n1,2,3\n4,5,6\n".replacing(",", with: delimiter)
        #expect(try table(text).rows.matrix.values == [1, 2, 3, 4, 5, 6])
    }

    @Test func delimitersAreDeclared() throws {
        let tilde = ReadOptions(delimiter: .character("~"))
        #expect(try table("a~b\n1~2\n", tilde).rows.matrix.values == [1, 2])
        #expect(try error("a,b\n1,2\n", ReadOptions(delimiter: .character("1"))).code == .invalidConfiguration)
        #expect(
            try table("  1   2 \n 3  4\n", ReadOptions(delimiter: .character(" "))).rows.matrix.values == [
                1, 2, 3, 4,
            ])
        #expect(try table("a\tb,c\n1\t2\n", extension: "tsv").rows.columns.map(\.name) == ["a", "b,c"])
    }

    @Test func headersAreRecognised() throws {
        #expect(try table("1,2\n3,4\n").rows.rowCount == 2)
        #expect(try table("a,2\n3,4\n", ReadOptions(header: .present)).rows.columns.map(\.name) == ["a", "2"])
        #expect(try table("1,2\n3,4\n", ReadOptions(label: "2", anomalyWords: ["4"])).truth == [true])
        #expect(try table("u,v\nu,w\n", ReadOptions(header: .absent)).rows.rowCount == 2)
        #expect(try table("a,,c\n1,2,3\n").rows.columns.map(\.name) == ["a", "x2", "c"])
        #expect(try error("a,b,a\n1,2,3\n").message.contains("1 and 3"))
    }

    @Test func emptinessIsAnError() throws {
        for text in ["", "\n\n", "a,b\n", "a,b", "\u{FEFF}"] {
            #expect(try error(text).code == .emptyData, "\(text.debugDescription)")
        }
        #expect(try error("a\n1\n", ReadOptions(ignore: ["a"])).code == .emptyData)
    }

    @Test func missingFilesAndColumnsAreNamed() throws {
        let file = try TemporaryFile("alpha,beta\n1,2\n")
        let near = String(file.path.dropLast(4)) + "s.csv"
        let missing = #expect(throws: OutlierError.self) { try Table(contentsOf: near) }
        #expect(missing?.code == .inputOutput && missing?.suggestion?.contains("Did you mean") == true)
        #expect(throws: OutlierError.self) { try Table(contentsOf: NSTemporaryDirectory()) }
        for options in [
            ReadOptions(label: "alpa"), ReadOptions(identifier: "alpa"), ReadOptions(ignore: ["alpa"]),
            ReadOptions(columnKinds: ["alpa": .number]),
        ] {
            let error = #expect(throws: OutlierError.self) { try Table(contentsOf: file.path, options: options) }
            #expect(error?.code == .columnMismatch && error?.suggestion == "Did you mean “alpha”?")
        }
        let twice = ReadOptions(label: "alpha", identifier: "alpha")
        #expect(throws: OutlierError.self) { try Table(contentsOf: file.path, options: twice) }
    }

    @Test func labelsOfWords() throws {
        let text = "x,y\n1,Normal\n2,outlier\n3,\n"
        let table = try table(text, ReadOptions(label: "y"))
        #expect(table.truth == [false, true, nil])
        let unknown = try error("x,y\n1,good\n2,bad\n", ReadOptions(label: "y"))
        #expect(unknown.message.contains("“bad”, “good”") && unknown.location?.line == 2)
        #expect(
            try self.table("x,y\n1,good\n2,Bad\n", ReadOptions(label: "y", anomalyWords: ["bad"])).truth
                == [false, true])
        #expect(try self.table("x,y\n1,0.0\n2,1.0\n", ReadOptions(label: "y")).truth == [false, true])
        #expect(
            try self.table("x,y\n1,1\n2,-1\n", ReadOptions(label: "y", anomalyWords: ["-1"])).truth == [
                false, true,
            ])
    }

    @Test func theTruthIsNotWhatAFitMayKnow() throws {
        let text = "x,y,checked\n1,0,\n2,1,anomaly\n3,,normal\n"
        let apart = try table(text, ReadOptions(label: "y", ignore: ["checked"]))
        #expect(apart.rows.labels == nil && apart.truth == [false, true, nil])
        var options = ReadOptions(label: "y")
        options.knownLabels = "checked"
        let checked = try table(text, options)
        #expect(checked.rows.labels == [.unlabeled, .anomaly, .normal] && checked.truth == apart.truth)
        options.knownLabels = "y"
        options.ignore = ["checked"]
        let same = try table(text, options)
        #expect(same.rows.labels == apart.truth?.labels && same.truth == apart.truth)
        options.label = nil
        let known = try table(text, options)
        #expect(known.rows.labels == apart.truth?.labels && known.truth == nil)
        #expect([apart, checked, same, known].allSatisfy { $0.rows.columns.map(\.name) == ["x"] })
    }

    @Test func whatIsDeclaredMostOftenHasAnInitializer() throws {
        let file = try TemporaryFile("id,x,y,note\na,1,good,u\nb,2,bad,v\nc,3,worse,w\n", extension: "csv")
        let table = try Table(
            file.path, label: "y", anomaly: "bad", "worse", knownLabels: "y", identifier: "id", ignore: ["note"])
        #expect(table.truth == [false, true, true] && table.rows.labels == table.truth?.labels)
        #expect(table.identifiers == ["a", "b", "c"] && table.rows.matrix.values == [1, 2, 3])
        #expect(try Table(file.path, label: "y", anomaly: "bad", "worse").rows.labels == nil)
    }

    @Test func declaredWordsMustBeThere() throws {
        let text = "x,y\n1,good\n2,poor\n"
        let words = ReadOptions(label: "y", anomalyWords: ["bad"])
        let error = try error(text, words)
        #expect(error.code == .invalidConfiguration)
        #expect(error.message == "none of the words under “anomaly” (“bad”) is in “y”, which holds “good”, “poor”")
        var known = ReadOptions(anomalyWords: ["bad"])
        known.knownLabels = "y"
        #expect(try self.error(text, known).code == .invalidConfiguration)
        // Normal rows only, or new rows.
        #expect(try table("x,y\n1,good\n2,good\n", words).truth == [false, false])
        var new = words
        new.toleratesAbsentColumns = true
        #expect(try table(text, new).truth == [false, false])
    }

    @Test func missingWordsAreDeclared() throws {
        let table = try table("x,w\n-999,a\n-999.0,-\n5,a\n", ReadOptions(missing: ["-999", "-"]))
        #expect(table.rows.matrix[0, 0].isNaN && table.rows.matrix[1, 0].isNaN && table.rows.matrix[2, 0] == 5)
        #expect(table.rows.matrix[1, 1].isNaN && table.rows.columns[1].levels == ["a"])
    }

    @Test func kindsAreDeclared() throws {
        let text = "code,flag,day\n10,1,2024-01-01\n9,0,1970-01-01\n"
        let kinds: [String: ReadOptions.ColumnKind] = ["code": .category, "flag": .boolean, "day": .date]
        let table = try table(text, ReadOptions(columnKinds: kinds))
        #expect(table.rows.columns.map(\.kind) == [.category(levels: ["10", "9"]), .boolean, .date])
        #expect(table.rows.matrix.column(0) == [0, 1])
        #expect(
            try self.table(text, ReadOptions(columnKinds: ["day": .category])).rows.columns[2].levels?.count == 2)
        #expect(try error(text, ReadOptions(columnKinds: ["code": .boolean])).code == .invalidValue)
        #expect(try error(text, ReadOptions(columnKinds: ["day": .number])).location?.line == 2)
    }

    @Test func aModelsColumnsSayTheKinds() throws {
        let columns = [Column("code", kind: .category(levels: ["1", "a"])), Column("x")]
        let table = try table("x,code\n1,2\n2,1\n", ReadOptions(expecting: columns))
        #expect(table.rows.columns == [Column("x"), Column("code", kind: .category(levels: ["1", "2"]))])
        let error = try error("x,code\none,2\ntwo,1\n", ReadOptions(expecting: columns))
        #expect(error.code == .invalidValue && error.location?.line == 2 && error.message.contains("“one”"))
    }

    @Test func freeTextIsNoCategory() throws {
        let text = "x,note\n" + (0..<100).map { "\($0),text \($0)\n" }.joined()
        let error = try error(text)
        #expect(error.code == .invalidValue && error.message.contains("“note”") && error.message.contains("100"))
        #expect(try table(text, ReadOptions(columnKinds: ["note": .category])).rows.columns[1].levels?.count == 100)
    }

    @Test func otherEncodingsAreErrors() throws {
        let latin = try TemporaryFile(Array("x,w\n1,a\n2,caf".utf8) + [0xE9] + Array("\n".utf8))
        let error = #expect(throws: OutlierError.self) { try Table(contentsOf: latin.path) }
        #expect(error?.location?.line == 3 && error?.message.contains("UTF-8") == true)
        let wide = try TemporaryFile([0xFF, 0xFE, 0x61, 0, 0x0A, 0])
        #expect(throws: OutlierError.self) { try Table(contentsOf: wide.path) }
    }

    @Test func cancellationStopsReading() throws {
        let file = try TemporaryFile("a\n" + String(repeating: "1\n", count: 1000))
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(throws: CancellationError.self) {
            try Table(contentsOf: file.path, execution: Execution(cancellation: cancellation))
        }
    }
}

@Suite struct ScoreWriterTests {
    @Test func everyTextFormat() throws {
        let table = try ScoreTable(
            scores: Scores([0.1, 1e300, -2]), decisions: Decisions([.normal, .anomaly, .normal]),
            truth: [false, true, nil])
        let csv = TemporaryFile(extension: "csv")
        try ScoreWriter(path: csv.path).write(table)
        #expect(try csv.text == "row,score,decision,truth\n1,0.1,0,0\n2,1e+300,1,1\n3,-2.0,0,\n")
        let lines = TemporaryFile(extension: "jsonl")
        try ScoreWriter(path: lines.path).write(table)
        #expect(try lines.text.hasPrefix("{\"row\": 1, \"score\": 0.1, \"decision\": 0, \"truth\": 0}\n"))
        let read = try Table(contentsOf: lines.path, options: ReadOptions(label: "truth", identifier: "row"))
        #expect(read.rows.matrix.column(0) == table.scores.values)
    }

    @Test func whatCannotBeWrittenLeavesNothing() throws {
        #expect(throws: OutlierError.self) { try ScoreWriter(path: "scores.npy") }
        #expect(throws: OutlierError.self) {
            try ScoreTable(scores: Scores([1]), decisions: Decisions([.anomaly, .normal]))
        }
        for name in ["csv", "db", "csv.gz"] {
            let path = "/nonexistent-folder/scores.\(name)"
            #expect(throws: OutlierError.self) { try ScoreWriter(path: path).write(ScoreTable(scores: Scores([1]))) }
        }
    }
}
