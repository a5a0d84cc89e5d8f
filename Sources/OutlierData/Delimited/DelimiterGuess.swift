import CTextParsing

/// Finds what separates the fields of a text.
enum DelimiterGuess {
    /// In the order of preference.
    static let candidates: [UInt8] = [",", "\t", ";", "|", " "].map { (text: Unicode.Scalar) in UInt8(ascii: text) }
    private static let recordLimit = 50

    /// The candidate that splits the most records into as many fields as the first one (and into more than one);
    /// comma where none does.
    ///
    /// - Parameter decimal: a decimal comma is no delimiter.
    static func delimiter(
        of bytes: [UInt8], from start: Int, isWhole: Bool, decimal: ReadOptions.Decimal = .point
    ) -> UInt8 {
        var best: (delimiter: UInt8, agreement: Double)?
        for candidate in candidates where decimal == .point || candidate != UInt8(ascii: ",") {
            var records = DelimitedPreview(
                bytes, from: start, delimiter: candidate, limit: recordLimit, isWhole: isWhole
            ).records
            if records.isEmpty, !isWhole {
                // The first record alone is longer than what was read ahead.
                records = DelimitedPreview(bytes, from: start, delimiter: candidate, limit: 1, isWhole: true).records
            }
            guard let width = records.first?.fields.count, width > 1 else { continue }
            // Words are often separated by spaces within a field; numbers are not.
            if candidate == UInt8(ascii: " "), !areMostlyNumbers(records.dropFirst()) { continue }
            let agreeing = records.filter { $0.fields.count == width }.count
            let agreement = Double(agreeing) / Double(records.count)
            if agreement > best?.agreement ?? 0 { best = (candidate, agreement) }
        }
        return best?.delimiter ?? UInt8(ascii: ",")
    }

    private static func areMostlyNumbers(_ records: some Collection<DelimitedPreview.Record>) -> Bool {
        var numbers = 0
        var fields = 0
        for field in records.lazy.flatMap(\.fields) {
            fields += 1
            if SingleValue.number(field.bytes) != nil { numbers += 1 }
        }
        return fields > 0 && 2 * numbers > fields
    }
}

/// Recognises one value, by the rules that whole columns are read by.
enum SingleValue {
    static func number(_ bytes: [UInt8]) -> Double? {
        var value = 0.0
        let isNumber = bytes.withUnsafeBytes {
            text_parse_number($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, &value)
        }
        return isNumber ? value : nil
    }

    /// A number with a decimal comma, or without a fraction.
    static func numberWithComma(_ text: String) -> Double? {
        var bytes = Array(text.utf8)
        guard !bytes.contains(UInt8(ascii: ".")) else { return nil }
        if let comma = bytes.firstIndex(of: UInt8(ascii: ",")) { bytes[comma] = UInt8(ascii: ".") }
        return number(bytes)
    }

    static func date(_ bytes: [UInt8]) -> Double? {
        var value = 0.0
        let isDate = bytes.withUnsafeBytes {
            text_parse_date($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, &value)
        }
        return isDate ? value : nil
    }
}
