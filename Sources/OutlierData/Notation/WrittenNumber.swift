import OutlierCore

/// A number as a person writes it, under both readings of its points and commas: `1.599,84`, `1,234,567`, `171,70 €`,
/// `$1,599.84`, `15%`, `(1,200)`, `1 234,5`, `1'234.5`.
///
/// A number in parentheses is negative, as in accounts. A percentage is a hundredth of its number.
struct WrittenNumber {
    /// One reading of the text.
    struct Reading {
        var value: Double
        /// Whether the other one of point and comma stands between groups of three digits.
        var isGrouped: Bool
        /// Whether the text itself shows that it does: by two groups or more, or by a group and a fraction.
        var showsGrouping: Bool
    }

    /// `nil` where it is no number with a decimal point.
    var point: Reading?
    /// `nil` where it is no number with a decimal comma.
    var comma: Reading?
    /// The sign or the letters of the currency; empty for none.
    var currency = ""
    var isPercent = false
    /// Whether there is more in it than a sign, digits, a point and a comma.
    var isAdorned = false

    /// Longer texts are no numbers that a person writes.
    private static let longest = 48

    /// - Returns: `nil` for what is no number under either reading.
    init?(_ text: String) {
        guard text.utf8.count <= WrittenNumber.longest, text.utf8.contains(where: { $0 >= 0x30 && $0 <= 0x39 }) else {
            return nil
        }
        var rest = Substring(text)
        var isNegative = false
        rest.trimBlanks()
        if rest.first == "(", rest.last == ")" {
            rest = rest.dropFirst().dropLast()
            rest.trimBlanks()
            isNegative = true
            isAdorned = true
        }
        if rest.last == "%" {
            rest.removeLast()
            isPercent = true
        }
        rest.trimBlanks()
        if !isNegative { isNegative = takeSign(&rest) ?? false }
        if !isPercent { takeCurrency(&rest) }
        if !isNegative { isNegative = takeSign(&rest) ?? false }
        // Some programs write the sign behind.
        if !isNegative, rest.count > 1, let last = rest.last, last == "-" || last == "−" {
            rest.removeLast()
            rest.trimBlanks()
            isNegative = true
            isAdorned = true
        }
        guard let digits = Digits(rest) else { return nil }
        if digits.hasMark || isPercent || !currency.isEmpty { isAdorned = true }
        point = digits.reading(decimal: ".", isNegative: isNegative, isPercent: isPercent)
        comma = digits.reading(decimal: ",", isNegative: isNegative, isPercent: isPercent)
        if point == nil && comma == nil { return nil }
    }

    func reading(_ decimal: ReadOptions.Decimal) -> Reading? { decimal == .comma ? comma : point }

    /// - Returns: whether a sign is negative; `nil` for none.
    private mutating func takeSign(_ rest: inout Substring) -> Bool? {
        guard let first = rest.first, "+-−".contains(first) else { return nil }
        rest.removeFirst()
        rest.trimBlanks()
        if first == "−" { isAdorned = true }
        return first != "+"
    }

    /// Takes a sign or a code of a currency from one end.
    private mutating func takeCurrency(_ rest: inout Substring) {
        guard let firstDigit = rest.firstIndex(where: \.isDigit), let lastDigit = rest.lastIndex(where: \.isDigit)
        else {
            return
        }
        let head = rest[..<firstDigit].prefix { !"+-−.,".contains($0) }
        let tail = rest[rest.index(after: lastDigit)...]
        if Currency.isOne(head.trimmingBlanks()) {
            currency = String(head.trimmingBlanks())
            rest = rest[head.endIndex...]
        } else if Currency.isOne(tail.trimmingBlanks()) {
            currency = String(tail.trimmingBlanks())
            rest = rest[..<tail.startIndex]
        }
        rest.trimBlanks()
    }
}

/// The signs and codes that amounts of money are written with.
private enum Currency {
    /// Of ISO 4217, the codes that are in wide use; other groups of three letters name other things.
    private static let codes: Set<Substring> = [
        "AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP", "EUR", "GBP", "HKD",
        "HUF", "IDR", "ILS", "INR", "JPY", "KRW", "KWD", "MXN", "MYR", "NGN", "NOK", "NZD", "PEN", "PHP", "PKR", "PLN",
        "RON", "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "VND", "ZAR", "kr", "zł", "Kč", "Ft",
        "лв",
    ]

    static func isOne(_ text: Substring) -> Bool {
        if codes.contains(text) { return true }
        // A sign, or one with the letters of its country: €, US$, R$.
        guard text.count <= 3, let sign = text.last, let scalar = sign.unicodeScalars.first,
            scalar.properties.generalCategory == .currencySymbol
        else { return false }
        return text.dropLast().allSatisfy { $0.isASCII && $0.isUppercase }
    }
}

extension WrittenNumber {
    /// Digits, and what stands between them.
    private struct Digits {
        /// The runs of digits; the first may be empty (`.5`), and so may the last (`5.`).
        var runs: [Substring] = []
        var separators: [Character] = []
        /// Whether spaces or apostrophes are among them.
        var hasMark = false
        var exponent = 0

        init?(_ text: Substring) {
            var text = text
            if let e = text.lastIndex(where: { $0 == "e" || $0 == "E" }) {
                guard let exponent = Int(text[text.index(after: e)...]), abs(exponent) < 1000 else { return nil }
                self.exponent = exponent
                text = text[..<e]
            }
            var start = text.startIndex
            for index in text.indices {
                let character = text[index]
                if character.isDigit { continue }
                guard ".,".contains(character) || Digits.marks.contains(character) else { return nil }
                runs.append(text[start..<index])
                separators.append(character)
                if Digits.marks.contains(character) { hasMark = true }
                start = text.index(after: index)
            }
            runs.append(text[start...])
            guard runs.contains(where: { !$0.isEmpty }) else { return nil }
        }

        /// Between groups, in any country.
        private static let marks: Set<Character> = [" ", "\u{A0}", "\u{202F}", "\u{2009}", "'", "’"]

        /// The number, where `decimal` stands before its fraction and whatever else between its groups.
        func reading(decimal: Character, isNegative: Bool, isPercent: Bool) -> Reading? {
            let other: Character = decimal == "." ? "," : "."
            var groups = runs
            var fraction: Substring = ""
            var marks = separators
            if marks.last == decimal {
                marks.removeLast()
                fraction = groups.removeLast()
            }
            guard !marks.contains(decimal), Set(marks).count <= 1 else { return nil }
            if !marks.isEmpty {
                guard areGroups(groups) else { return nil }
            } else if groups[0].isEmpty && fraction.isEmpty {
                return nil
            }
            let isGrouped = marks.first == other
            let power = exponent - (isPercent ? 2 : 0)
            let text =
                (isNegative ? "-" : "") + (groups.joined().isEmpty ? "0" : groups.joined())
                + (fraction.isEmpty ? "" : "." + fraction) + (power == 0 ? "" : "e\(power)")
            guard let value = SingleValue.number(Array(text.utf8)) else { return nil }
            return Reading(
                value: value, isGrouped: isGrouped,
                showsGrouping: isGrouped && (marks.count > 1 || separators.count > marks.count))
        }

        /// One to three digits and then threes of them; or, as in India, twos and a last three.
        private func areGroups(_ groups: [Substring]) -> Bool {
            guard let first = groups.first, let last = groups.last, (1...3).contains(first.count), last.count == 3,
                groups.count == 1 || first != "0"
            else { return false }
            let middle = groups.dropFirst().dropLast()
            return middle.allSatisfy { $0.count == 3 }
                || (first.count <= 2 && !middle.isEmpty && middle.allSatisfy { $0.count == 2 })
        }
    }
}

extension Substring {
    /// Takes spaces of any kind from both ends.
    fileprivate mutating func trimBlanks() { self = trimmingBlanks() }

    fileprivate func trimmingBlanks() -> Substring {
        var rest = self
        while let first = rest.first, first.isBlank { rest.removeFirst() }
        while let last = rest.last, last.isBlank { rest.removeLast() }
        return rest
    }
}

extension Character {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }

    fileprivate var isBlank: Bool { self == " " || self == "\t" || self == "\u{A0}" || self == "\u{202F}" }
}
