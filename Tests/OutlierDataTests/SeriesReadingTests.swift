import OutlierCore
import OutlierData
import Testing

@Suite struct SeriesReadingTests {
    private func table(_ text: String, time: String? = "time", series: String? = nil) throws -> Table {
        let file = try TemporaryFile(text)
        var options = ReadOptions(label: text.contains("label") ? "label" : nil)
        options.time = time
        options.series = series
        return try Table(contentsOf: file.path, options: options)
    }

    @Test func rowsAreSortedBySeriesAndTime() throws {
        let table = try table(
            """
            time,machine,x,label
            2025-01-01T00:10:00Z,b,1,0
            2025-01-01T00:05:00Z,a,2,1
            2025-01-01T00:00:00Z,b,3,0
            2025-01-01T00:00:00Z,a,4,0

            """, series: "machine")
        #expect(table.rows.columns.map(\.name) == ["x"])
        #expect(table.rows.matrix.column(0) == [4, 2, 3, 1])
        let index = try #require(table.rows.index)
        #expect(index.series == [0..<2, 2..<4])
        #expect(index.names == ["a", "b"])
        #expect(index.times?[1] == (index.times?[0] ?? 0) + 300)
        #expect(table.identifiers?[1] == "a 2025-01-01T00:05:00Z")
        #expect(table.identifierName == "machine time")
        #expect(table.notes.contains { $0.contains("sorted") })
        #expect(table.truth == [false, true, false, false])
    }

    @Test func orderedRowsStayAndGapsAndRepeatedTimesAreSaid() throws {
        let table = try table("time,x\n0,1\n60,2\n60,3\n120,4\n180,5\n3600,6\n")
        #expect(table.rows.matrix.column(0) == [1, 2, 3, 4, 5, 6])
        #expect(table.rows.index?.times == [0, 60, 60, 120, 180, 3600])
        #expect(!table.notes.contains { $0.contains("sorted") })
        #expect(table.notes.contains { $0.hasPrefix("1 row has the time of the row before") })
        #expect(table.notes.contains { $0.contains("1 gap in time, the longest of 57 minutes") })
    }

    @Test func numbersAreSecondsOrFractionsOfThem() throws {
        for (first, factor) in [("1735689600", 1.0), ("1735689600000", 1e3), ("1735689600000000", 1e6)] {
            let second = String((Int(first) ?? 0) + Int(30 * factor))
            let table = try table("time,x\n\(first),1\n\(second),2\n")
            #expect(table.rows.index?.times == [1_735_689_600, 1_735_689_630])
        }
    }

    @Test func seriesMayBeNumbersAndMany() throws {
        var text = "machine,x\n"
        for row in 0..<300 { text += "\(row / 2),\(row)\n" }
        let index = try #require(try table(text, time: nil, series: "machine").rows.index)
        #expect(index.series.count == 150)
        #expect(index.times == nil)
    }

    @Test func whatCannotBeATimeIsAnError() throws {
        for text in ["time,x\n,1\n2025-01-01,2\n", "time,x\nsoon,1\nlater,2\n", "x,y\n1,2\n", "time,x\n"] {
            #expect(throws: OutlierError.self) { try table(text) }
        }
        #expect(throws: OutlierError.self) { try table("time\n1\n2\n") }
        #expect(throws: OutlierError.self) { try table("time,machine,x\n1,,5\n2,a,5\n", series: "machine") }
    }
}
