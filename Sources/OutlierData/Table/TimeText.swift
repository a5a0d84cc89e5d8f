/// Times as people write them.
enum TimeText {
    /// `2025-04-01T12:30:00Z` for a date in seconds since 1970, or the number that it is.
    static func text(_ value: Double, isDate: Bool) -> String {
        guard isDate, abs(value) < 1e12 else {
            return Int(exactly: value).map(String.init) ?? "\(value)"
        }
        let whole = value.rounded(.down)
        let days = (whole / 86_400).rounded(.down)
        let second = Int(whole - days * 86_400)
        let (year, month, day) = date(Int(days))
        func padded(_ number: Int, _ width: Int = 2) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        var text = "\(padded(year, 4))-\(padded(month))-\(padded(day))T"
        text += "\(padded(second / 3600)):\(padded(second / 60 % 60)):\(padded(second % 60))"
        let milliseconds = Int(((value - whole) * 1000).rounded(.down))
        if milliseconds > 0 { text += ".\(padded(milliseconds, 3))" }
        return text + "Z"
    }

    /// A date of the Gregorian calendar from the days since 1970 (H. Hinnant's algorithm: years begin in March).
    private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// `3 days`, `1.5 hours`: in the largest unit that it is at least one of.
    static func duration(_ seconds: Double) -> String {
        let units = [(86_400.0, "day"), (3600, "hour"), (60, "minute"), (1, "second")]
        let (size, name) = units.first { seconds >= $0.0 } ?? (1, "second")
        let count = (seconds / size * 10).rounded() / 10
        let text = Int(exactly: count).map(String.init) ?? "\(count)"
        return "\(text) \(name)\(count == 1 ? "" : "s")"
    }
}
