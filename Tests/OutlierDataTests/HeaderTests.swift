import OutlierCore
import OutlierData
import Testing

@Suite struct HeaderTests {
    private func table(_ text: String, _ options: ReadOptions = ReadOptions()) throws -> Table {
        let file = try TemporaryFile(text)
        return try Table(contentsOf: file.path, options: options)
    }

    @Test(arguments: [
        ("region,2019,2020\nnorth,1.5,2\nsouth,3,4\n", ["region", "2019", "2020"]),
        ("0,1,2\n5.5,3,1\n2.5,4,4\n", ["0", "1", "2"]), ("id,10\n7,1\n8,2\n", ["id", "10"]),
        ("a,2024-01-01,2024-02-01\nx,5,6\ny,7,8\n", ["a", "2024-01-01", "2024-02-01"]),
        ("year,5,10,15\n2019,1,1,1\n2020,9,3,4\n", ["year", "5", "10", "15"]),
    ])
    func namesMayBeNumbers(_ text: String, _ names: [String]) throws {
        let table = try table(text)
        #expect(table.rows.columns.map(\.name) == names && table.rows.rowCount == 2)
        #expect(table.notes.contains { $0.contains("header: absent") })
    }

    @Test(arguments: ["1,2\n3,4\n", "1.5,2\n3,1\n", "x,5\ny,7\n", "3,3\n1,2\n2,9\n", "1,2,3\n2,3,4\n5,6,7\n"])
    func rowsOfNumbersStayRows(_ text: String) throws {
        let table = try table(text)
        #expect(table.rows.rowCount == text.filter { $0 == "\n" }.count)
        #expect(table.notes.contains { $0.contains("header: present") })
    }

    @Test func oneColumnWhoseNameHasSpaces() throws {
        for name in ["Temp (C)", "price, net", "a;b", "the mean of all values"] {
            let table = try table("\(name)\n20.5\n21\n19\n")
            #expect(table.rows.columns.map(\.name) == [name] && table.rows.rowCount == 3)
        }
    }

    @Test func marksBeforeText() throws {
        let lines = try TemporaryFile("\u{FEFF}{\"a\": 1}\n{\"a\": 2}\n", extension: "jsonl")
        #expect(try Table(contentsOf: lines.path).rows.matrix.values == [1, 2])
        let unnamed = try TemporaryFile("\u{FEFF}{\"a\": 1}\n{\"a\": 2}\n", extension: "data")
        #expect(try Table(contentsOf: unnamed.path).rows.matrix.values == [1, 2])
    }

    @Test(arguments: [
        ("[{\"a\": 1}, {\"a\": 2}]", "json", "JSON array"), ("[\n  {\"a\": 1}\n]", "jsonl", "JSON array"),
        ("PAR1\u{15}\u{4}", "parquet", "Parquet"), ("PK\u{3}\u{4}\u{14}\0", "xlsx", "Excel"),
        ("<!DOCTYPE html><html>", "csv", "HTML"),
        ("a,b\0\u{1}\n", "csv", "no text"), ("ARROW1\0\0", "feather", "Arrow"), ("no zip", "npz", "no zip archive"),
    ])
    func otherFormatsAreNamed(_ text: String, _ suffix: String, _ name: String) throws {
        let file = try TemporaryFile(text, extension: suffix)
        let error = #expect(throws: OutlierError.self) { try Table(contentsOf: file.path) }
        #expect(error?.code == .malformedFile && error?.message.contains(name) == true && error?.suggestion != nil)
    }
}

/// Namibia's code is NA.
@Suite struct MissingWordTests {
    private func table(_ text: String, _ suffix: String, _ options: ReadOptions = ReadOptions()) throws -> Table {
        let file = try TemporaryFile(text, extension: suffix)
        return try Table(contentsOf: file.path, options: options)
    }

    @Test func textOfJSONIsText() throws {
        let text = """
            {"country": "NA", "x": 1}
            {"country": "DE", "x": "NA"}
            {"country": null, "x": 3}
            """
        for size in [1, 1 << 20] {
            var options = ReadOptions()
            options.chunkSize = size
            let table = try table(text, "jsonl", options)
            #expect(table.rows.columns.map(\.kind) == [.category(levels: ["DE", "NA"]), .number])
            #expect(table.rows.matrix.column(0)[0] == 1 && table.rows.matrix[2, 0].isNaN)
            #expect(table.rows.matrix[1, 1].isNaN && table.rows.matrix[2, 1] == 3)
        }
    }

    @Test func delimitedTextHasAWayOut() throws {
        let text = "country,x\nNA,1\nDE,NA\n,3\n"
        let usual = try table(text, "csv")
        #expect(usual.rows.columns[0].levels == ["DE"] && usual.rows.matrix[0, 0].isNaN)
        var options = ReadOptions()
        options.usualMissing = .exceptWords
        let table = try table(text, "csv", options)
        #expect(table.rows.columns[0].levels == ["DE", "NA"] && table.rows.matrix[1, 1].isNaN)
        #expect(table.rows.matrix[2, 0].isNaN)
        options.usualMissing = .nowhere
        #expect(throws: OutlierError.self) { try self.table("x\nNA\n1\n2\n", "csv", options) }
    }

    @Test func declaredWordsAddToTheUsualOnes() throws {
        let table = try table("x,w\n-999,a\nNA,-\n5,?\n", "csv", ReadOptions(missing: ["-999", "-"]))
        #expect(table.rows.matrix[0, 0].isNaN && table.rows.matrix[1, 0].isNaN && table.rows.matrix[2, 0] == 5)
        #expect(table.rows.columns[1].levels == ["a"])
    }
}
