import OutlierCore
import OutlierData
import Testing

/// Numbers and dates as people write them. The right values are those of the definitions: a percentage is a hundredth
/// (ISO 80000-1), a number in parentheses is negative in accounts, dates are days of the Gregorian calendar.
@Suite struct WrittenValueTests {
    private func table(_ column: [String], _ change: (inout ReadOptions) -> Void = { _ in }) throws -> Table {
        var options = ReadOptions(delimiter: .character(";"))
        change(&options)
        let file = try TemporaryFile("x;n\n" + column.map { "\($0);1\n" }.joined())
        return try Table(contentsOf: file.path, options: options)
    }

    private func numbers(_ column: [String], _ change: (inout ReadOptions) -> Void = { _ in }) throws -> [Double] {
        let table = try table(column, change)
        #expect(table.rows.columns[0].kind == .number, "\(column)")
        return table.rows.matrix.column(0)
    }

    private func error(_ column: [String], _ change: (inout ReadOptions) -> Void = { _ in }) throws -> OutlierError {
        try #require(throws: OutlierError.self) { try table(column, change) }
    }

    @Test func columnsThatProveHowTheyAreWritten() throws {
        #expect(try numbers(["1.599,84", "12,5", "-3.000.000,5"]) == [1599.84, 12.5, -3_000_000.5])
        #expect(try numbers(["1,234,567", "1,200", "7"]) == [1_234_567, 1200, 7])
        #expect(try numbers(["171,70 €", "5 €", "1.171,70 €"]) == [171.7, 5, 1171.7])
        #expect(try numbers(["$1,599.84", "$5", "-$2.50"]) == [1599.84, 5, -2.5])
        #expect(try numbers(["15%", "2.5 %", "0.1%"]) == [0.15, 0.025, 0.001])
        #expect(try numbers(["(1,200.50)", "3.25", "(7)"]) == [-1200.5, 3.25, -7])
        #expect(try numbers(["1 234,5", "12\u{A0}000,25", "3"]) == [1234.5, 12000.25, 3])
        #expect(try numbers(["1'234.5", "2’000.5"]) == [1234.5, 2000.5])
        #expect(try numbers(["12,34,567.5", "5.5"]) == [1_234_567.5, 5.5])
        #expect(try numbers(["−5,5", "4,25-"]) == [-5.5, -4.25])
        #expect(try numbers(["CHF 1'234.50", "CHF 5.00"]) == [1234.5, 5])
    }

    @Test func whatNothingProvesIsAskedFor() throws {
        for column in [["1,200", "2,500"], ["1.200 €", "2.500 €"], ["(1,200)", "5"], ["1,5", "1.234"]] {
            let error = try error(column)
            #expect(error.code == .invalidValue && error.location?.line != nil, "\(column)")
            #expect(error.suggestion?.contains("thousands") == true)
        }
        #expect(try numbers(["(1,200)", "5"]) { $0.thousands = .comma } == [-1200, 5])
        #expect(try numbers(["1,200", "2,500"]) { $0.decimal = .comma } == [1.2, 2.5])
        #expect(try numbers(["1.234", "2,5"]) { $0.thousands = .point } == [1234, 2.5])
    }

    /// In a table that writes a decimal comma, a point may stand for thousands in every column.
    @Test func oneColumnCastsDoubtOnAnother() throws {
        let file = try TemporaryFile("a;b\n1,5;1.234\n2,25;2.500\n")
        let error = #expect(throws: OutlierError.self) { try Table(contentsOf: file.path) }
        #expect(error?.message.contains("“b”") == true && error?.message.contains("“1.234”") == true)
        // A column of plain numbers with other fractions proves that it has a point.
        let mixed = try TemporaryFile("a;b\n1,5;1.25\n2,25;2.5\n")
        #expect(try Table(contentsOf: mixed.path).rows.matrix.values == [1.5, 1.25, 2.25, 2.5])
        // Plain numbers in a table of plain numbers are what they always were.
        #expect(try numbers(["1.234", "2.500"]) == [1.234, 2.5])
    }

    @Test(arguments: ["192.168.0.1", "555-1234", "A12", "12.34.56", "1,2,3", "SKU 123", "1 2 3", "$", "12:30"])
    func wordsStayWords(_ word: String) throws {
        #expect(try table([word, "\(word)0", word]).rows.columns[0].levels?.count == 2)
    }

    @Test func currenciesAreNotMixed() throws {
        #expect(try table(["$5.50", "€7.25"]).rows.columns[0].levels == ["$5.50", "€7.25"])
    }

    private let day = 86_400.0

    @Test func datesWhoseOrderTheColumnProves() throws {
        // 2024-01-25 is day 19,747 since 1970, 2024-05-01 day 19,844.
        for (column, days) in [
            (["25/01/2024", "01/05/2024"], [19_747.0, 19_844]), (["01/25/2024", "05/01/2024"], [19_747, 19_844]),
            (["25.01.2024", "1.5.2024"], [19_747, 19_844]), (["2024/01/25", "2024/5/1"], [19_747, 19_844]),
            (["25 Jan 2024", "1 May 2024"], [19_747, 19_844]), (["Jan 25, 2024", "May 1, 2024"], [19_747, 19_844]),
            (["25-Jan-2024", "01-May-2024"], [19_747, 19_844]), (["25/1/24", "1/5/24"], [19_747, 19_844]),
        ] {
            let table = try table(column)
            #expect(table.rows.columns[0].kind == .date, "\(column)")
            #expect(table.rows.matrix.column(0) == days.map { $0 * day }, "\(column)")
        }
        let times = try table(["25/1/24 14:30", "1/5/24 2:30 PM", "1/5/24 12:00 am"])
        #expect(
            times.rows.matrix.column(0) == [19_747 * day + 52_200, 19_844 * day + 52_200, 19_844 * day])
        #expect(times.notation.dateOrder == .dayFirst && !times.notes.isEmpty)
    }

    @Test func datesThatProveNothingAreAskedFor() throws {
        for column in [["05/01/2024", "01/05/2024"], ["01.05.2024", "02.06.2024"]] {
            let error = try error(column)
            #expect(error.message.contains("“\(column[0])”") && error.suggestion?.contains("date-order") == true)
        }
        #expect(try table(["05/01/2024"]) { $0.dateOrder = .dayFirst }.rows.matrix[0, 0] == 19_727 * day)
        #expect(try table(["05/01/2024"]) { $0.dateOrder = .monthFirst }.rows.matrix[0, 0] == 19_844 * day)
        // The same in either order.
        #expect(try table(["05/05/2024"]).rows.matrix[0, 0] == 19_848 * day)
    }

    @Test(arguments: ["31/02/2024", "2024/13/13", "1/2", "1/2/3", "10/10/20240", "99.99.99"])
    func whatIsNoDateIsAWord(_ word: String) throws {
        #expect(try table([word, word]).rows.columns[0].levels == [word])
    }
}
