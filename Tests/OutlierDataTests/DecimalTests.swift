import OutlierCore
import OutlierData
import Testing

@Suite struct DecimalTests {
    private static let text = "a;b;w\n1,5;10;x\n-2;20,25;y\n;3;x\n"

    private func table(_ text: String, _ options: ReadOptions) throws -> Table {
        let file = try TemporaryFile(text)
        return try Table(contentsOf: file.path, options: options)
    }

    private func options(_ change: (inout ReadOptions) -> Void = { _ in }) -> ReadOptions {
        var options = ReadOptions()
        options.decimal = .comma
        change(&options)
        return options
    }

    @Test func decimalCommasAreReadWhereDeclared() throws {
        let table = try table(DecimalTests.text, options())
        #expect(table.rows.columns.map(\.kind) == [.number, .number, .category(levels: ["x", "y"])])
        #expect(table.rows.matrix[0, 0] == 1.5 && table.rows.matrix[1, 0] == -2)
        #expect(table.rows.matrix[2, 0].isNaN)
        #expect(table.rows.matrix.column(1) == [10, 20.25, 3])
        // No header, and an exponent.
        #expect(try self.table("1,5;2\n3;4,5e1\n", options()).rows.matrix.values == [1.5, 2, 3, 45])
        // A column that a model had numbers in.
        let expecting = options { $0.expecting = [Column("a"), Column("b")] }
        #expect(try self.table("a;b\n1,5;2\n", expecting).rows.matrix.values == [1.5, 2])
    }

    /// 1.234 may be a thousand.
    @Test func pointsAreNoNumbersThen() throws {
        let error = #expect(throws: OutlierError.self) {
            try table("a;b\n1,5;2\n2,5;3\n1.234;4\n", options())
        }
        #expect(error?.message.contains("“1.234”") == true && error?.location?.line == 4)
        let comma = #expect(throws: OutlierError.self) {
            try table(DecimalTests.text, options { $0.delimiter = .character(",") })
        }
        #expect(comma?.code == .invalidConfiguration)
    }

    /// “1,5” cannot be thousands, so it is a fraction; “1,500” can be either.
    @Test func undeclaredOnesAreReadWhereTheyProveIt() throws {
        let table = try table(DecimalTests.text, ReadOptions())
        #expect(table.rows.matrix[0, 0] == 1.5 && table.rows.matrix[1, 1] == 20.25)
        #expect(table.notation.decimal == .comma)
        #expect(table.notes.contains { $0.contains("“a”") && $0.contains("“1,5” is read as 1.5") })
        #expect(try self.table("a;b\n1;2\n3;4\n5,5;6\n", ReadOptions()).rows.matrix.column(0) == [1, 3, 5.5])
        let error = #expect(throws: OutlierError.self) { try self.table("a;b\n1,500;2\n2,250;3\n", ReadOptions()) }
        #expect(error?.message.contains("“1,500”") == true && error?.location?.line == 2)
        #expect(error?.suggestion?.contains("data: {decimal: \",\"}") == true)
        let declared = ReadOptions(columnKinds: ["a": .category, "b": .category])
        #expect(try self.table(DecimalTests.text, declared).rows.columns[0].levels == ["-2", "1,5"])
        // Where the comma is the delimiter, a quoted one may stand for thousands.
        #expect(try self.table("a,b\n\"1,500\",2\nx,3\ny,4\n", ReadOptions()).rows.columns[0].levels?.count == 3)
    }
}
