import Foundation

/// Values of columns as people write them.
public enum ValueText {
    /// A number with up to `digits` significant digits.
    public static func number(_ value: Double, digits: Int = 5) -> String {
        if value.isNaN { return "missing" }
        if value == 0 { return "0" }
        if value.isInfinite { return value > 0 ? "∞" : "−∞" }
        let text = String(format: "%.\(digits)g", value)
        // Whole numbers are people's numbers: 123456, not 1.2346e+05.
        if value == value.rounded(), abs(value) < 1e15 { return String(format: "%.0f", value) }
        return text
    }

    /// A value of `column`: a number, a word, a date, or “missing”.
    public static func text(_ value: Double, of column: Column, digits: Int = 5) -> String {
        if value.isNaN { return "missing" }
        switch column.kind {
        case .number: return number(value, digits: digits)
        case .boolean, .category: return TrainingProfile.word(Int(exactly: value) ?? -1, of: column)
        case .date: return date(value)
        }
    }

    /// What is usual, in few words.
    public static func text(_ usual: UsualValues, of column: Column) -> String {
        switch usual {
        case .unknown: return "unknown"
        case .range(let range, _):
            let low = text(range.lowerBound, of: column, digits: 4)
            let high = text(range.upperBound, of: column, digits: 4)
            return low == high ? low : "\(low) to \(high)"
        case .words(let words):
            return words.prefix(3).map { "\($0.word) (\(percent($0.share)))" }.joined(separator: ", ")
        }
    }

    /// “12 %”, or “0.4 %” where it is little.
    public static func percent(_ share: Double) -> String {
        let value = share * 100
        if value > 0 && value < 0.05 { return "<0.1 %" }
        return String(format: value < 10 && value != value.rounded() ? "%.1f %%" : "%.0f %%", value)
    }

    private static func date(_ seconds: Double) -> String {
        guard let date = CivilDate(seconds: seconds) else { return number(seconds) }
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(abs(number))
            return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let day = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
        guard date.secondOfDay > 0 else { return day }
        let second = CheckedNumbers.whole(date.secondOfDay, in: 0...86_399)
        return "\(day)T\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))Z"
    }
}
