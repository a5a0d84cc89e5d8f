import OutlierCore

/// Whether the first record of delimited text names the columns.
struct HeaderGuess {
    static let recordLimit = 50

    let isPresent: Bool
    /// What was decided where it could be otherwise.
    private(set) var notes: [String] = []

    private enum Kind { case missing, number, date, word }

    /// - Parameter records: the first ones, at least one.
    init(_ records: [DelimitedPreview.Record], options: ReadOptions) {
        let texts = (records.first?.fields ?? []).map { String(decoding: $0.bytes, as: UTF8.self) }
        switch options.header {
        case .present: isPresent = true
        case .absent: isPresent = false
        case .automatic:
            var named = Set(options.ignore + options.columnKinds.keys + options.expecting.map(\.name))
            for name in [options.label, options.knownLabels, options.identifier] { if let name { named.insert(name) } }
            let missing = Set(options.missing + ReadOptions.usualMissingWords)
            let kinds = texts.map { Self.kind($0, missing) }
            if texts.contains(where: named.contains) || !kinds.contains(where: { $0 == .number || $0 == .date }) {
                isPresent = true
                return
            }
            let width = texts.count
            let below = records.dropFirst().filter { $0.fields.count == width }
                .map { $0.fields.map { String(decoding: $0.bytes, as: UTF8.self) } }
            let isHeader =
                Set(texts).count == width && !texts.contains("")
                && (Self.stands(kinds, above: below, missing) || Self.countsUp(texts, above: below))
            isPresent = isHeader
            // A table of nothing but numbers without a header is as usual as one with a header of words.
            if isHeader {
                notes.append(
                    "the first line names the columns, though there are numbers in it; if it is a row, say so: "
                        + "data: {header: absent}")
            } else {
                notes.append(
                    "the first line is read as a row, as there are numbers in it; if it names the columns, say so: "
                        + "data: {header: present}")
            }
        }
    }

    private static func kind(_ text: String, _ missing: Set<String>) -> Kind {
        if text.isEmpty || missing.contains(text) { return .missing }
        let bytes = Array(text.utf8)
        if SingleValue.number(bytes) != nil || WrittenNumber(text) != nil { return .number }
        return SingleValue.date(bytes) != nil || WrittenDate(text) != nil ? .date : .word
    }

    /// Whether a field is of another kind than all the fields below it: a word above numbers, a date above numbers.
    private static func stands(_ kinds: [Kind], above below: [[String]], _ missing: Set<String>) -> Bool {
        kinds.indices.contains { column in
            guard kinds[column] != .missing else { return false }
            let others = Set(below.map { kind($0[column], missing) }.filter { $0 != .missing })
            guard others.count == 1, let other = others.first else { return false }
            return other != kinds[column] && (kinds[column] != .number || other == .date)
        }
    }

    /// Whether the numbers of the first line are whole ones that count up, as those of columns or of years do, and those
    /// of half of the lines below do not.
    private static func countsUp(_ first: [String], above below: [[String]]) -> Bool {
        guard !below.isEmpty else { return false }
        let columns = first.indices.filter { SingleValue.number(Array(first[$0].utf8)) != nil }
        func countsUp(_ record: [String]) -> Bool {
            let numbers = columns.map { column in
                record[column].utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int(record[column]) : nil
            }
            guard numbers.count > 1 else { return false }
            var step: Int?
            for (a, b) in zip(numbers, numbers.dropFirst()) {
                guard let a, let b, b > a, step == nil || b - a == step else { return false }
                step = b - a
            }
            return step == 1 || numbers.count > 2 || areYears(record)
        }
        func areYears(_ record: [String]) -> Bool {
            columns.allSatisfy { (1800...2200).contains(Int(record[$0]) ?? 0) }
        }
        guard countsUp(first) else { return false }
        let isOfYears = areYears(first)
        let alike = below.count { countsUp($0) && areYears($0) == isOfYears }
        return 2 * alike < below.count
    }
}
