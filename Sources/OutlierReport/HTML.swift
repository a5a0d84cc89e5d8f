import Foundation
import OutlierCore

/// Text for a page. Everything that comes from outside goes through ``escape(_:)``.
enum HTML {
    /// The text with what HTML or SVG would read as markup written as entities; what controls the direction of text or a
    /// terminal becomes �.
    static func escape(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count + 16)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "`": result += "&#96;"
            case "\t", "\n", "\r": result += " "
            default:
                let isBidirectional =
                    (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
                let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                if isControl || isBidirectional || scalar.value == 0xFFFE || scalar.value == 0xFFFF {
                    result += "\u{FFFD}"
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    /// Text of the user's: escaped, isolated from the direction of the text around it, and cut where it is very long.
    static func text(_ text: String, limit: Int = 80) -> String {
        let cut = text.unicodeScalars.count > limit
        let shown = cut ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))) + "…" : text
        return "<bdi>\(escape(shown))</bdi>"
    }

    /// A coordinate with a tenth of a unit, which is what can be seen.
    static func coordinate(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let tenths = (value * 10).rounded()
        let whole = tenths / 10
        guard whole == whole.rounded(), let number = CheckedNumbers.whole(whole) else { return String(whole) }
        return String(number)
    }

    /// 1234567 as “1,234,567”.
    static func count(_ value: Int) -> String {
        let digits = String(abs(value))
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index) % 3 == 0 { result += "," }
            result.append(digit)
        }
        return value < 0 ? "−" + result : result
    }
}
