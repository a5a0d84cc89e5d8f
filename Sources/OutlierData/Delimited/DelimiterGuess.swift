import CTextParsing

/// Finds what separates the fields of a text.
enum DelimiterGuess {
    /// In the order of preference.
    static let candidates: [UInt8] = [",", "\t", ";", "|", " "].map { (text: Unicode.Scalar) in UInt8(ascii: text) }
    private static let recordLimit = 50

    /// The candidate that splits the most records into as many fields as the first one (and into more than one). One that
    /// splits the first record alone is none: `Temp (C)` is the header of one column.
    ///
    /// Where no candidate splits anything, the first of them that no record has.
    static func delimiter(
        of bytes: [UInt8], from start: Int, isWhole: Bool, options: ReadOptions = ReadOptions()
    ) -> UInt8 {
        var best: (delimiter: UInt8, agreement: Double)?
        // A decimal comma is no delimiter.
        let candidates = candidates.filter { $0 != UInt8(ascii: ",") || !options.statesComma }
        var splitting: Set<UInt8> = []
        for candidate in candidates {
            var records = DelimitedPreview(
                bytes, from: start, delimiter: candidate, limit: recordLimit, isWhole: isWhole
            ).records
            if records.isEmpty, !isWhole {
                // The first record alone is longer than what was read ahead.
                records = DelimitedPreview(bytes, from: start, delimiter: candidate, limit: 1, isWhole: true).records
            }
            if records.contains(where: { $0.fields.count > 1 }) { splitting.insert(candidate) }
            guard let width = records.first?.fields.count, width > 1 else { continue }
            // Words are often separated by spaces within a field; numbers are not.
            if candidate == UInt8(ascii: " "), !areMostlyNumbers(records.dropFirst()) { continue }
            let rest = records.dropFirst()
            if !rest.isEmpty, 2 * rest.count(where: { $0.fields.count == 1 }) > rest.count { continue }
            let agreeing = records.filter { $0.fields.count == width }.count
            let agreement = Double(agreeing) / Double(records.count)
            if agreement > best?.agreement ?? 0 { best = (candidate, agreement) }
        }
        return best?.delimiter ?? candidates.first { !splitting.contains($0) } ?? UInt8(ascii: ",")
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

    static func date(_ bytes: [UInt8]) -> Double? {
        var value = 0.0
        let isDate = bytes.withUnsafeBytes {
            text_parse_date($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, &value)
        }
        return isDate ? value : nil
    }
}
