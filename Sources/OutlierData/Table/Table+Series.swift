import OutlierCore

extension Table {
    /// The table as series in time: sorted by series and time, with an index, and without the columns that say which series
    /// a row is of and when it was.
    ///
    /// Rows that were not in order are sorted, and rows of equal series and time keep their order; ``notes`` says both, and
    /// where there are gaps. Without an identifier, series and time name the rows.
    ///
    /// - Parameters:
    ///   - time: the column of the times; `nil` if the rows are in order already.
    ///   - series: the column that tells the series apart; `nil` if all rows are one.
    /// - Throws: ``OutlierError/Code/columnMismatch`` if a column is not there or holds no times,
    ///   ``OutlierError/Code/missingValue`` if a row has no time or no series.
    func ordered(time: String?, series: String?) throws -> Table {
        guard time != nil || series != nil else { return self }
        let timeColumn = try time.map { try position(of: $0, as: "the time") }
        let seriesColumn = try series.map { try position(of: $0, as: "the series") }
        let raw = try timeColumn.map { try times(ofColumn: $0) }
        let codes = try seriesColumn.map { try present($0, what: "series") }

        var order = Array(0..<rows.rowCount)
        func precedes(_ a: Int, _ b: Int) -> Bool {
            if let codes, codes[a] != codes[b] { return codes[a] < codes[b] }
            if let raw, raw.seconds[a] != raw.seconds[b] { return raw.seconds[a] < raw.seconds[b] }
            return a < b
        }
        let moved = (1..<max(1, order.count)).count { precedes($0, $0 - 1) }
        if moved > 0 { order.sort(by: precedes) }

        var ranges: [Range<Int>] = []
        var begin = 0
        for row in 1..<max(1, order.count) where codes.map({ $0[order[row]] != $0[order[row - 1]] }) ?? false {
            ranges.append(begin..<row)
            begin = row
        }
        if begin < order.count { ranges.append(begin..<order.count) }
        let levels = seriesColumn.flatMap { rows.columns[$0].levels }
        let names = codes.flatMap { codes in
            levels.map { levels in ranges.map { levels[Int(codes[order[$0.lowerBound]])] } }
        }
        let seconds = raw.map { raw in order.map { raw.seconds[$0] } }
        let index = try SeriesIndex(series: ranges, names: names, times: seconds)

        let kept = rows.columns.indices.filter { $0 != timeColumn && $0 != seriesColumn }
        guard !kept.isEmpty else {
            throw OutlierError(
                .emptyData, "besides the time and the series there is no column to learn from",
                location: .init(file: source))
        }
        let sorted = moved > 0 ? rows.selectingRows(order) : rows
        let data = try sorted.selectingColumns(kept).replacing(index: index)
        var identifiers = identifiers.map { all in order.map { all[$0] } }
        var identifierName = identifierName
        if identifiers == nil {
            identifiers = order.indices.map { row in
                let series = codes.flatMap { codes in levels.map { $0[Int(codes[order[row]])] } }
                let time = raw.map { TimeText.text($0.original[order[row]], isDate: $0.isDate) }
                return [series, time].compactMap { $0 }.joined(separator: " ")
            }
            identifierName = [series, time].compactMap { $0 }.joined(separator: " ")
        }
        return Table(
            rows: data, truth: truth.map { all in Truth(order.map { all[$0] }) }, identifiers: identifiers,
            identifierName: identifierName, source: source,
            notes: notes + Self.remarks(moved: moved, ranges: ranges, seconds: seconds), notation: notation)
    }

    private func position(of name: String, as purpose: String) throws -> Int {
        guard let position = rows.columns.firstIndex(where: { $0.name == name }) else {
            throw OutlierError(
                .columnMismatch, "there is no column “\(name)”, which is to be \(purpose)",
                suggestion: Suggestion.didYouMean(name, among: rows.columns.map(\.name)),
                location: .init(file: source))
        }
        return position
    }

    /// A column without missing values.
    private func present(_ column: Int, what: String) throws -> [Double] {
        let values = rows.matrix.column(column)
        if let row = values.firstIndex(where: \.isNaN) {
            throw OutlierError(
                .missingValue, "row \(row + 1), column “\(rows.columns[column].name)”: the \(what) is missing",
                suggestion: "Leave such rows out of the table, or give them a \(what).", location: .init(file: source))
        }
        return values
    }

    private struct Times {
        var original: [Double]
        var seconds: [Double]
        var isDate: Bool
    }

    /// Dates, or numbers since 1970: in seconds, or in milli-, micro- or nanoseconds where seconds would lie beyond the year
    /// 5138.
    private func times(ofColumn column: Int) throws -> Times {
        let values = try present(column, what: "time")
        let name = rows.columns[column].name
        switch rows.columns[column].kind {
        case .date: return Times(original: values, seconds: values, isDate: true)
        case .number:
            if let row = values.firstIndex(where: { !$0.isFinite }) {
                throw OutlierError(
                    .infiniteValue, "row \(row + 1), column “\(name)”: the time is infinite",
                    location: .init(file: source))
            }
            let largest = values.reduce(0) { max($0, abs($1)) }
            let unit = largest < 1e11 ? 1 : largest < 1e14 ? 1e3 : largest < 1e17 ? 1e6 : 1e9
            return Times(original: values, seconds: values.map { $0 / unit }, isDate: false)
        case .boolean, .category:
            throw OutlierError(
                .columnMismatch, "the column “\(name)”, which is to be the time, holds no times",
                suggestion: "Write times as 2025-04-01T12:30:00Z, or as seconds since 1970.",
                location: .init(file: source))
        }
    }

    /// What a reader should know of the order and of the steps.
    private static func remarks(moved: Int, ranges: [Range<Int>], seconds: [Double]?) -> [String] {
        var remarks: [String] = []
        if moved > 0 { remarks.append("the rows were not in order and have been sorted by series and time") }
        guard let seconds else { return remarks }
        var repeated = 0
        var gaps = 0
        var longest = 0.0
        for range in ranges where range.count > 1 {
            let steps = zip(seconds[range].dropFirst(), seconds[range]).map { $0 - $1 }
            repeated += steps.count { $0 == 0 }
            let usual = steps.sorted()[steps.count / 2]
            if usual <= 0 { continue }
            for step in steps where step > 1.5 * usual {
                gaps += 1
                longest = max(longest, step)
            }
        }
        if repeated > 0 {
            let rows = repeated == 1 ? "1 row has" : "\(repeated) rows have"
            remarks.append("\(rows) the time of the row before; such rows keep the order of the file")
        }
        if gaps > 0 {
            let what = gaps == 1 ? "there is 1 gap" : "there are \(gaps) gaps"
            remarks.append(
                "\(what) in time, the longest of \(TimeText.duration(longest)): the rows beside a gap are taken for neighbours"
            )
        }
        return remarks
    }
}
