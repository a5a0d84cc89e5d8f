import OutlierCore

/// A date as a person writes it, under each order of its parts: `05/01/2024`, `01.05.2024`, `1/5/24 14:30`,
/// `5 Jan 2024`, `Jan 5, 2024 2:30 PM`.
///
/// Of years with two digits, 69 to 99 are of the last century, as POSIX has it.
struct WrittenDate {
    /// Seconds since 1970, UTC; `nil` where the text is no date in that order.
    var dayFirst: Double?
    var monthFirst: Double?
    var yearFirst: Double?

    /// - Returns: `nil` for what is no date in any order.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 6, bytes.count <= 48 else { return nil }
        if let seconds = SingleValue.date(bytes) {
            dayFirst = seconds
            monthFirst = seconds
            yearFirst = seconds
            return
        }
        var scanner = Scanner(bytes: bytes)
        guard let first = scanner.part(), let mark = scanner.separator(), let second = scanner.part(),
            scanner.separator(like: mark), let third = scanner.part(), let time = scanner.time()
        else { return nil }
        func seconds(_ year: Part, _ month: Part, _ day: Part) -> Double? {
            guard !year.isName, !day.isName, day.length <= 2, month.length <= 2,
                let year = year.length == 4 ? year.value : year.length == 2 ? WrittenDate.century(year.value) : nil
            else { return nil }
            func padded(_ number: Int, _ width: Int) -> String {
                String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
            }
            let iso = "\(padded(year, 4))-\(padded(month.value, 2))-\(padded(day.value, 2))"
            return SingleValue.date(Array(iso.utf8)).map { $0 + time }
        }
        if first.isName {
            // The month is named, so there is no order to be in doubt about.
            monthFirst = seconds(third, first, second)
            dayFirst = monthFirst
            yearFirst = monthFirst
        } else if second.isName {
            let isYear = first.length == 4
            dayFirst = isYear ? seconds(first, second, third) : seconds(third, second, first)
            monthFirst = dayFirst
            yearFirst = dayFirst
        } else if first.length == 4 {
            yearFirst = seconds(first, second, third)
            // No country has the day in the middle.
            dayFirst = yearFirst
            monthFirst = yearFirst
        } else {
            dayFirst = seconds(third, second, first)
            monthFirst = seconds(third, first, second)
            if third.length == 2, first.length == 2 { yearFirst = seconds(first, second, third) }
        }
        if dayFirst == nil && monthFirst == nil && yearFirst == nil { return nil }
    }

    func seconds(_ order: ReadOptions.DateOrder) -> Double? {
        switch order {
        case .dayFirst: dayFirst
        case .monthFirst: monthFirst
        case .yearFirst: yearFirst
        case .automatic: nil
        }
    }

    private static func century(_ year: Int) -> Int { year < 69 ? 2000 + year : 1900 + year }

    /// A part of a date: a number of up to four digits, or the name of a month.
    private struct Part {
        var value: Int
        var length: Int
        var isName = false
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        private static let months = [
            "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november", "december",
        ]

        private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func part() -> Part? {
            let start = position
            while let byte = next, byte >= 0x30, byte <= 0x39 { position += 1 }
            if position > start {
                guard position - start <= 4 else { return nil }
                let value = bytes[start..<position].reduce(0) { $0 * 10 + Int($1 - 0x30) }
                return Part(value: value, length: position - start)
            }
            while let byte = next, byte | 0x20 >= 0x61, byte | 0x20 <= 0x7A { position += 1 }
            let name = String(decoding: bytes[start..<position], as: UTF8.self).lowercased()
            guard name.count >= 3, name.count == 3 || name == "sept" || Self.months.contains(name),
                let month = Self.months.firstIndex(where: { $0.hasPrefix(name) })
            else { return nil }
            return Part(value: month + 1, length: 2, isName: true)
        }

        /// What stands between two parts: one of `/.-`, or spaces with a comma or a point before them.
        mutating func separator() -> UInt8? {
            guard let byte = next, [0x2F, 0x2E, 0x2D, 0x2C, 0x20].contains(byte) else { return nil }
            position += 1
            var isBlank = byte == 0x20
            while next == 0x20 {
                position += 1
                isBlank = true
            }
            if byte == 0x2C && !isBlank { return nil }
            return isBlank ? 0x20 : byte
        }

        mutating func separator(like first: UInt8) -> Bool { separator() == first }

        /// The seconds of what follows the date; 0 for nothing, `nil` for what is no time.
        mutating func time() -> Double? {
            if position == bytes.count { return 0 }
            if next == 0x2C { position += 1 }
            guard next == 0x20 || next == 0x54 else { return nil }
            while next == 0x20 || next == 0x54 { position += 1 }
            var rest = Array(bytes[position...])
            var offset = 0
            if rest.count > 3 {
                let end = String(decoding: rest.suffix(2), as: UTF8.self).lowercased()
                if end == "am" || end == "pm" {
                    rest.removeLast(2)
                    while rest.last == 0x20 { rest.removeLast() }
                    guard
                        let hour = rest.split(separator: 0x3A).first.flatMap({
                            Int(String(decoding: $0, as: UTF8.self))
                        }),
                        (1...12).contains(hour)
                    else { return nil }
                    // Twelve is the first hour of its half of the day.
                    offset = (end == "pm" ? 12 : 0) - (hour == 12 ? 12 : 0)
                }
            }
            if rest.count > 1, rest[1] == 0x3A { rest.insert(0x30, at: 0) }
            // On the first day of the count the time is the number of seconds.
            return SingleValue.date(Array("1970-01-01T".utf8) + rest).map { $0 + Double(offset * 3600) }
        }
    }
}

/// Gathers in which order the dates of a column are written.
struct DateEvidence {
    private static let orders: [ReadOptions.DateOrder] = [.dayFirst, .monthFirst, .yearFirst]
    private var counts = [0, 0, 0]
    /// A word that is another date in another order.
    private var doubtful: String?
    private(set) var dateCount = 0
    /// Whether a word is no date of ISO 8601.
    private(set) var isWritten = false

    mutating func add(_ text: String, count: Int, isPlain: Bool) {
        guard let date = WrittenDate(text) else { return }
        dateCount += count
        if !isPlain { isWritten = true }
        for (index, order) in Self.orders.enumerated() where date.seconds(order) != nil { counts[index] += count }
        let values = Set(Self.orders.dropLast().compactMap(date.seconds))
        if values.count > 1 { doubtful = doubtful ?? text }
    }

    /// Adds dates of ISO 8601.
    mutating func addPlain(count: Int) {
        dateCount += count
        for index in counts.indices { counts[index] += count }
    }

    enum Finding {
        case none
        /// - Parameter isProven: whether the column says so, and does not merely agree with it.
        case order(ReadOptions.DateOrder, count: Int, isProven: Bool)
        case doubtful(example: String)
    }

    func finding(_ stated: ReadOptions.DateOrder) -> Finding {
        guard dateCount > 0 else { return .none }
        if let index = Self.orders.firstIndex(of: stated) {
            return counts[index] > 0 ? .order(stated, count: counts[index], isProven: false) : .none
        }
        let (day, month, year) = (counts[0], counts[1], counts[2])
        if day == month, let doubtful, day > 0 { return .doubtful(example: doubtful) }
        if day == 0, month == 0 { return year > 0 ? .order(.yearFirst, count: year, isProven: true) : .none }
        return day >= month
            ? .order(.dayFirst, count: day, isProven: day > month)
            : .order(.monthFirst, count: month, isProven: true)
    }
}
