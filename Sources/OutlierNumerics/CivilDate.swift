/// A date of the Gregorian calendar, also of the time before it was made, as ISO 8601 has it; by H. Hinnant's count of days.
package struct CivilDate: Sendable, Hashable {
    package let year: Int
    package let month: Int
    package let day: Int
    /// From 1.
    package let dayOfYear: Int
    /// 1 for Monday to 7 for Sunday.
    package let weekday: Int
    /// 0 to 86,400.
    package let secondOfDay: Double

    /// Seconds beyond this are three million years away, and no date.
    private static let farthest = 1e14

    /// - Parameter seconds: since 1970, UTC.
    /// - Returns: `nil` for what is not finite, or no date.
    package init?(seconds: Double) {
        guard abs(seconds) < CivilDate.farthest else { return nil }
        let days = (seconds / 86_400).rounded(.down)
        secondOfDay = seconds - days * 86_400
        guard let count = CheckedNumbers.whole(days) else { return nil }
        // 1970-01-01 was a Thursday.
        weekday = ((count + 3) % 7 + 7) % 7 + 1
        let shifted = count + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayFromMarch = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayFromMarch + 2) / 153
        day = dayFromMarch - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
        let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month - 1]
        dayOfYear = before + day + (isLeap && month > 2 ? 1 : 0)
    }
}
