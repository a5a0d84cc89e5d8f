import OutlierCore
import OutlierData
import Testing

@Suite struct DelimitedTests {
    func table(_ text: String, _ options: ReadOptions = ReadOptions()) throws -> Table {
        let file = try TemporaryFile(text)
        return try Table(contentsOf: file.path, options: options)
    }

    func error(_ text: String, _ options: ReadOptions = ReadOptions()) throws -> OutlierError {
        let file = try TemporaryFile(text)
        return try #require(throws: OutlierError.self) { try Table(contentsOf: file.path, options: options) }
    }

    @Test func numbersWordsBooleansDatesAndMissingValues() throws {
        let table = try table(
            """
            id,x,color,open,day,outlier
            a,1.5,red,yes,2024-01-01,0
            b,NA,blue,no,1970-01-02,1
            c,-3e2,red,,,0

            """, ReadOptions(label: "outlier", identifier: "id"))
        #expect(
            table.rows.columns == [
                Column("x"), Column("color", kind: .category(levels: ["blue", "red"])), Column("open", kind: .boolean),
                Column("day", kind: .date),
            ])
        #expect(table.identifiers == ["a", "b", "c"])
        #expect(table.truth == [false, true, false])
        #expect(table.rows.matrix.column(1) == [1, 0, 1])
        #expect(table.rows.matrix.row(0) == [1.5, 1, 1, 1_704_067_200])
        #expect(table.rows.matrix[1, 0].isNaN)
        #expect(table.rows.matrix[2, 0] == -300)
        #expect(table.rows.matrix[2, 2].isNaN)
        #expect(table.rows.matrix[1, 3] == 86400)
    }

    @Test func quotesLineEndsAndEmbeddedNewlines() throws {
        let table = try table(
            "\u{FEFF}name;value\r\n\"a;\"\"b\"\"\r\nc\";1\r\n\r\nplain; 2 \r\nx\"y;3",
            ReadOptions(identifier: "name"))
        #expect(table.identifiers == ["a;\"b\"\r\nc", "plain", "x\"y"])
        #expect(table.rows.matrix.column(0) == [1, 2, 3])
    }

    @Test func raggedLineSaysWhere() throws {
        let error = try error("a,b\n1,2\n\"3\n\",4\n5,6,7\n")
        #expect(error.code == .malformedFile)
        #expect(error.location?.line == 5)
        #expect(error.message.contains("3 fields") && error.message.contains("2 were expected"))
    }

    @Test func textInANumericColumnSaysWhere() throws {
        let error = try error("a,b\n1,2\n3,4\n5,six\n7,8\n")
        #expect(error.code == .invalidValue)
        #expect(error.location?.line == 4)
        #expect(error.location?.column == 3)
        #expect(error.message.contains("“b”") && error.message.contains("row 3") && error.message.contains("six"))
    }
}
