import CTextParsing
import OutlierCore

/// Puts chunks together: settles what each column holds, and fills the matrix.
///
/// A column is numeric if every value in it is a number, else a date if every value is one, else a boolean, else a
/// category. Where half of the values or more are numbers (or dates) but not all, the others are taken for mistakes.
/// Numbers and dates may be written as people write them, where the options or the column say how.
struct TableAssembler {
    /// Columns that turned out to be categories after some of their words had been read as numbers or dates.
    struct WordsLost: Error { var columns: Set<String> }

    /// More distinct words than this, and more than half as many as rows, are no category but free text.
    static let freeTextWords = 50

    /// One chunk's column: the words' numbers where it holds words.
    private struct Translation {
        var column: Int
        var values: [Double]?
        var isPresent: Bool
    }

    let layout: ColumnLayout
    let chunks: [Chunk]
    let options: ReadOptions
    let file: String
    /// The number of lines before the first chunk; `nil` where the source has no lines.
    let linesBefore: Int?
    /// Where a chunk has each column, `nil` where all have the layout's.
    let positions: [[Int?]]?
    /// Whether the source tells numbers from words (JSON, databases), so that numbers have a decimal point.
    var isTyped = false
    /// What was found out about the source before.
    var notes: [String] = []

    func table(execution: Execution) throws -> Table {
        let rowCount = chunks.reduce(0) { $0 + $1.rowCount }
        guard rowCount > 0 else {
            throw OutlierError(
                .emptyData, "there are no rows", suggestion: "Look at what wrote the file.", location: .init(file: file)
            )
        }
        var columns: [Column] = []
        var translations = [[Translation]](repeating: [], count: chunks.count)
        var lost: Set<String> = []
        let features = layout.features
        var censuses: [Census] = []
        for feature in features {
            try execution.checkCancellation()
            censuses.append(census(feature))
        }
        let hasComma =
            !isTyped && options.decimal == .automatic && options.thousands == .automatic
            && censuses.contains(where: provesComma)
        if hasComma, zip(features, censuses).contains(where: { $1.lostNumbers && mayBeNumber($0) }) {
            // “1.234” may be a thousand in such a table: every number's text is looked at.
            throw WordsLost(columns: Set(features.map { layout.names[$0] }))
        }
        var notation = TableNotation()
        for (feature, census) in zip(features, censuses) {
            try execution.checkCancellation()
            do {
                let kind = try settle(feature, census, hasComma: hasComma, &notation, &translations)
                columns.append(Column(layout.names[feature], kind: kind))
            } catch let error as WordsLost {
                lost.formUnion(error.columns)
            }
        }
        if !lost.isEmpty { throw WordsLost(columns: lost) }
        let labels = try layout.label.map { try self.labels($0, isKnowledge: false) }
        let known = try layout.knownLabel.map { try self.labels($0, isKnowledge: true) }
        let identifiers = try layout.identifier.map { try self.identifiers($0, execution: execution) }
        let matrix = try fill(rowCount, columns.count, translations, execution: execution)
        return Table(
            rows: try Dataset(
                matrix, columns: columns, labels: options.knownLabels == nil ? nil : known ?? labels),
            truth: labels.map(Truth.init), identifiers: identifiers, identifierName: options.identifier, source: file,
            notes: notes + layout.notes + notation.notes, notation: notation.stated)
    }

    private func position(_ column: Int, in chunk: Int) -> Int? {
        guard let positions else { return column }
        return positions[chunk].indices.contains(column) ? positions[chunk][column] : nil
    }

    // MARK: What a column holds

    private struct Census {
        var present = 0
        /// Numbers and dates as programs write them.
        var numbers = 0
        var dates = 0
        var truths = 0
        /// Words that mean a missing value in a column of numbers, and are words in a column of words.
        var softlyMissing = 0
        /// Whether numbers, dates or missing words were kept without their text.
        var lostText = false
        var lostNumbers = false
        /// How words write numbers and dates, where not all are written as programs do it.
        var numberEvidence = NumberEvidence()
        var dateEvidence = DateEvidence()
    }

    private func census(_ column: Int) -> Census {
        var census = Census()
        let needsEvidence = needsEvidence(column)
        for (index, chunk) in chunks.enumerated() {
            guard let position = position(column, in: index) else { continue }
            let present = chunk.presentCount(position)
            census.present += present
            if chunk.softlyMissingCount(position) > 0 {
                census.softlyMissing += chunk.softlyMissingCount(position)
                census.lostText = true
            }
            switch chunk.holding(position) {
            case .nothing, .identifiers: break
            case .numbers:
                census.numbers += present
                census.lostText = true
                census.lostNumbers = true
                census.numberEvidence.addPlain(count: present)
            case .dates:
                census.dates += present
                census.lostText = true
                census.dateEvidence.addPlain(count: present)
            case .words:
                for word in chunk.words(position) where word.count > 0 {
                    let count = Int(word.count)
                    if word.isSoftlyMissing {
                        census.softlyMissing += count
                        continue
                    }
                    if word.isNumber { census.numbers += count }
                    if word.isDate { census.dates += count }
                    if word.isTrue || word.isFalse { census.truths += count }
                    guard needsEvidence else { continue }
                    let text = chunk.text(word, position)
                    if isPlainNumber(word, text) {
                        census.numberEvidence.addPlain(count: count)
                    } else {
                        census.numberEvidence.add(text, count: count)
                    }
                    census.dateEvidence.add(text, count: count, isPlain: word.isDate)
                }
            }
        }
        return census
    }

    private func mayBeNumber(_ column: Int) -> Bool {
        guard case .feature(let kind) = layout.roles[column] else { return false }
        return kind == nil || kind == .number
    }

    /// Whether the words of a column may be numbers or dates.
    private func needsEvidence(_ column: Int) -> Bool {
        guard case .feature(let kind) = layout.roles[column] else { return false }
        return kind == nil || kind == .number || kind == .date
    }

    private func provesComma(_ census: Census) -> Bool {
        guard case .notation(let notation, let count) = census.numberEvidence.finding(options, hasCommaBeside: false)
        else { return false }
        return notation.decimal == .comma && notation.isProven && 2 * count > census.present
    }

    /// Whether a word is a number as programs write it, and no other one with a decimal comma.
    private func isPlainNumber(_ word: text_word, _ text: String) -> Bool {
        word.isNumber && (isTyped || !text.utf8.contains(UInt8(ascii: ".")))
    }

    private func settle(
        _ column: Int, _ census: Census, hasComma: Bool, _ notation: inout TableNotation,
        _ translations: inout [[Translation]]
    ) throws -> Column.Kind {
        guard case .feature(let declared) = layout.roles[column] else { return .number }
        let name = layout.names[column]
        var numbers = NumberNotation(decimal: .point, isGrouped: false)
        var order = ReadOptions.DateOrder.yearFirst
        var provesOrder = false
        let needsNotation = census.numbers < census.present || hasComma || options.statesComma
        func settleNumbers(atLeastHalf: Bool) throws -> Int {
            guard needsNotation || declared == .number else { return census.numbers }
            switch census.numberEvidence.finding(options, hasCommaBeside: hasComma) {
            case .none: return 0
            case .notation(let found, let count):
                numbers = found
                return count
            case .doubtful(let example):
                guard !atLeastHalf || 2 * census.numberEvidence.numberCount > census.present else { return 0 }
                throw doubtfulNumber(column, example)
            }
        }
        func settleDates(atLeastHalf: Bool) throws -> Int {
            guard census.dateEvidence.isWritten else { return census.dates }
            switch census.dateEvidence.finding(options.dateOrder) {
            case .none: return 0
            case .order(let found, let count, let isProven):
                order = found
                provesOrder = isProven
                return count
            case .doubtful(let example):
                guard !atLeastHalf || 2 * census.dateEvidence.dateCount > census.present else { return 0 }
                throw doubtfulDate(column, example)
            }
        }
        let kind: ReadOptions.ColumnKind
        if let declared {
            kind = declared
            if declared == .number { _ = try settleNumbers(atLeastHalf: false) }
            if declared == .date { _ = try settleDates(atLeastHalf: false) }
        } else if census.truths == census.present, census.numbers < census.present {
            kind = .boolean
        } else {
            let numberCount = try settleNumbers(atLeastHalf: true)
            let dateCount = numberCount == census.present ? 0 : try settleDates(atLeastHalf: true)
            if numberCount == census.present {
                kind = .number
            } else if dateCount == census.present {
                kind = .date
            } else if 2 * numberCount >= census.present {
                throw misfit(
                    column, .number, numbers, order, "\(numberCount) of its \(census.present) values are numbers")
            } else if 2 * dateCount >= census.present {
                throw misfit(column, .date, numbers, order, "\(dateCount) of its \(census.present) values are dates")
            } else {
                kind = .category
            }
        }
        switch kind {
        case .number:
            try translate(column, .number, numbers, order, &translations)
            notation.add(numbers, column: name, example: example(column, numbers))
            return .number
        case .date:
            try translate(column, .date, numbers, order, &translations)
            if provesOrder { notation.add(order, column: name) }
            return .date
        case .boolean:
            try translate(column, .boolean, numbers, order, &translations)
            return .boolean
        case .category:
            if census.lostText { throw WordsLost(columns: [name]) }
            return .category(
                levels: try categorise(column, census, isDeclared: declared != nil, &translations))
        }
    }

    /// What a word stands for in a column of numbers, dates or booleans; `nil` for nothing.
    private func value(
        _ word: text_word, _ chunk: Chunk, _ position: Int, as kind: ReadOptions.ColumnKind, _ numbers: NumberNotation,
        _ order: ReadOptions.DateOrder
    ) -> Double? {
        switch kind {
        case .number:
            if word.isNumber, isTyped || numbers.decimal == .point { return word.value }
            let text = chunk.text(word, position)
            return isPlainNumber(word, text) ? word.value : numbers.value(text)
        case .date:
            return word.isDate ? word.value : WrittenDate(chunk.text(word, position))?.seconds(order)
        case .boolean:
            if word.isTrue || (word.isNumber && word.value == 1) { return 1 }
            return word.isFalse || (word.isNumber && word.value == 0) ? 0 : nil
        case .category: return nil
        }
    }

    /// The first word of a column that is not written as programs write numbers, with its number; `nil` for none.
    private func example(_ column: Int, _ numbers: NumberNotation) -> (text: String, value: Double)? {
        for (index, chunk) in chunks.enumerated() {
            guard let position = position(column, in: index), chunk.holding(position) == .words else { continue }
            for word in chunk.words(position) where word.count > 0 && !word.isSoftlyMissing {
                let text = chunk.text(word, position)
                if word.isNumber, numbers.value(text) ?? word.value == word.value { continue }
                if let value = numbers.value(text) { return (text, value) }
            }
        }
        return nil
    }

    /// Notes for each chunk what number each of a column's words stands for.
    private func translate(
        _ column: Int, _ kind: ReadOptions.ColumnKind, _ numbers: NumberNotation, _ order: ReadOptions.DateOrder,
        _ translations: inout [[Translation]]
    ) throws {
        for (index, chunk) in chunks.enumerated() {
            guard let position = position(column, in: index) else {
                translations[index].append(Translation(column: 0, values: nil, isPresent: false))
                continue
            }
            var values: [Double]?
            switch chunk.holding(position) {
            case .nothing, .identifiers: break
            case .numbers:
                if kind == .boolean {
                    try checkBooleans(column, position, chunk: index)
                } else if kind != .number {
                    throw WordsLost(columns: [layout.names[column]])
                }
            case .dates: if kind != .date { throw WordsLost(columns: [layout.names[column]]) }
            case .words:
                values = try chunk.words(position).map { word in
                    guard word.count > 0, !word.isSoftlyMissing else { return .nan }
                    guard let value = value(word, chunk, position, as: kind, numbers, order) else {
                        throw misfit(column, kind, numbers, order, nil)
                    }
                    return value
                }
            }
            translations[index].append(
                Translation(column: position, values: values, isPresent: chunk.holding(position) != .nothing))
        }
    }

    private func categorise(
        _ column: Int, _ census: Census, isDeclared: Bool, _ translations: inout [[Translation]]
    ) throws -> [String] {
        var texts = [[String]](repeating: [], count: chunks.count)
        var levels: Set<String> = []
        for (index, chunk) in chunks.enumerated() {
            guard let position = position(column, in: index), chunk.holding(position) == .words else { continue }
            texts[index] = try chunk.words(position).map { word in
                if word.isNotUTF8 { throw notUTF8(column, place(of: word, chunk: index)) }
                return chunk.text(word, position)
            }
            for (word, text) in zip(chunk.words(position), texts[index]) where word.count > 0 { levels.insert(text) }
        }
        if !isDeclared, levels.count > TableAssembler.freeTextWords, 2 * levels.count > census.present {
            throw OutlierError(
                .invalidValue,
                "the column “\(layout.names[column])” holds \(levels.count) different texts in \(census.present) "
                    + "rows, which is no category",
                suggestion: ColumnLayout.unsplit(layout.names)
                    ?? "Ignore the column, make it the identifier, or declare it a category.",
                location: .init(file: file))
        }
        let sorted = levels.sorted()
        let codes = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, Double($0)) })
        for (index, chunk) in chunks.enumerated() {
            guard let position = position(column, in: index) else {
                translations[index].append(Translation(column: 0, values: nil, isPresent: false))
                continue
            }
            translations[index].append(
                Translation(
                    column: position, values: texts[index].map { codes[$0] ?? .nan },
                    isPresent: chunk.holding(position) == .words))
        }
        return sorted
    }

    // MARK: Labels and identifiers

    private func labels(_ column: Int, isKnowledge: Bool) throws -> [Label] {
        var labels: [Label] = []
        var unknown: Set<String> = []
        var firstUnknown: OutlierError.Location?
        for (index, chunk) in chunks.enumerated() {
            guard let position = position(column, in: index) else {
                labels += repeatElement(.unlabeled, count: chunk.rowCount)
                continue
            }
            let meanings = chunk.words(position).map { word -> Label in
                let text = chunk.text(word, position)
                let number = word.isNumber ? word.value : nil
                // What nobody declared to mean an anomaly is no label.
                if word.isSoftlyMissing, !options.anomalyWords.contains(text) { return .unlabeled }
                let label = Labels.label(
                    text, number: number, anomalyWords: options.anomalyWords, isKnowledge: isKnowledge)
                if label == nil, word.count > 0, !word.isSoftlyMissing {
                    unknown.insert(text)
                    firstUnknown = firstUnknown ?? place(of: word, chunk: index).location
                }
                return label ?? .unlabeled
            }
            guard let values = chunk.values else { continue }
            for row in 0..<chunk.rowCount {
                let value = values[row * chunk.stride + position]
                // The parser numbers the words it keeps, so the index is a small whole number.
                labels.append(value.isNaN ? .unlabeled : meanings[Int(value)])
            }
        }
        if let firstUnknown {
            throw Labels.unknown(Array(unknown), column: layout.names[column], location: firstUnknown)
        }
        // Where there is a truth, its column is the one that the declared words are of.
        if !isKnowledge || layout.label == nil {
            try Labels.checkDeclared(
                labels, words: words(column), column: layout.names[column], file: file, options: options)
        }
        return labels
    }

    /// The different words of a column.
    private func words(_ column: Int) -> Set<String> {
        var words: Set<String> = []
        for (index, chunk) in chunks.enumerated() {
            guard let position = position(column, in: index), chunk.holding(position) == .words else { continue }
            for word in chunk.words(position) where word.count > 0 { words.insert(chunk.text(word, position)) }
        }
        return words
    }

    private func identifiers(_ column: Int, execution: Execution) throws -> [String] {
        var result: [String] = []
        result.reserveCapacity(chunks.reduce(0) { $0 + $1.rowCount })
        for (index, chunk) in chunks.enumerated() {
            try execution.checkCancellation()
            if let position = position(column, in: index) {
                guard let texts = chunk.identifiers(position) else {
                    throw OutlierError(
                        .malformedFile, "a text in the column “\(layout.names[column])” is not UTF-8",
                        suggestion: "Convert the file to UTF-8: iconv -f WINDOWS-1252 -t UTF-8.",
                        location: .init(file: file))
                }
                result += texts
            } else {
                result += repeatElement("", count: chunk.rowCount)
            }
        }
        return result
    }

    // MARK: The matrix

    private func fill(
        _ rowCount: Int, _ width: Int, _ translations: [[Translation]], execution: Execution
    ) throws -> Matrix {
        let starts = chunks.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.rowCount) }
        let bytes = rowCount.multipliedReportingOverflow(by: width * MemoryLayout<Double>.stride)
        var isMapped = false
        func write(to buffer: UnsafeMutableBufferPointer<Double>) throws {
            let isMapped = isMapped
            let shared = SharedBuffer(buffer)
            try execution.forEach(chunks.count) { index in
                let chunk = chunks[index]
                let target = UnsafeMutableBufferPointer(
                    rebasing: shared.buffer[starts[index] * width..<starts[index + 1] * width])
                TableAssembler.copy(chunk, translations[index], into: target)
                // From here on the rows are in the matrix: they are not kept twice.
                chunk.release()
                if isMapped { WrittenPages.release(target) }
            }
        }
        if let limit = options.memoryLimit, bytes.overflow || bytes.partialValue > limit / 2 {
            isMapped = true
            return try Matrix(
                rowCount: rowCount, columnCount: width, inFolder: TemporaryFolder.path, initializingWith: write)
        }
        try MachineMemory.require(
            elements: [rowCount, width], for: "the table of \(rowCount) rows and \(width) columns",
            instead: "Ignore columns that are not needed, or let rows be kept in a file: data: {memory-limit: 1000}.")
        return try Matrix(rowCount: rowCount, columnCount: width) { buffer in
            LargePages.advise(UnsafeRawBufferPointer(buffer))
            try write(to: buffer)
        }
    }

    private static func copy(
        _ chunk: Chunk, _ translations: [Translation], into target: UnsafeMutableBufferPointer<Double>
    ) {
        guard let base = target.baseAddress else { return }
        guard let source = chunk.values else { return target.initialize(repeating: .nan) }
        let width = translations.count
        let isPlain = translations.enumerated().allSatisfy { $1.isPresent && $1.values == nil && $1.column == $0 }
        if isPlain, chunk.stride == width {
            base.initialize(from: source, count: chunk.rowCount * width)
            return
        }
        for (index, translation) in translations.enumerated() {
            var from = source + translation.column
            var to = base + index
            if !translation.isPresent {
                for _ in 0..<chunk.rowCount {
                    to.initialize(to: .nan)
                    to += width
                }
            } else if let values = translation.values {
                for _ in 0..<chunk.rowCount {
                    let value = from.pointee
                    to.initialize(to: value.isNaN ? .nan : values[Int(value)])
                    from += chunk.stride
                    to += width
                }
            } else {
                for _ in 0..<chunk.rowCount {
                    to.initialize(to: from.pointee)
                    from += chunk.stride
                    to += width
                }
            }
        }
    }

    // MARK: Errors

    /// Where a value stands. Rows count from 1.
    private struct ValuePlace {
        var row: Int
        var location: OutlierError.Location
    }

    private func place(of word: text_word, chunk: Int) -> ValuePlace {
        let rows = chunks[..<chunk].reduce(0) { $0 + $1.rowCount }
        var location = OutlierError.Location(file: file)
        if let linesBefore {
            location.line = chunks[..<chunk].reduce(linesBefore) { $0 + $1.lineCount } + Int(word.line)
            location.column = Int(word.column)
        }
        return ValuePlace(row: rows + Int(word.row) + 1, location: location)
    }

    private func notUTF8(_ column: Int, _ place: ValuePlace) -> OutlierError {
        OutlierError(
            .malformedFile, "the text in the column “\(layout.names[column])”, row \(place.row), is not UTF-8",
            suggestion: "Convert the file to UTF-8: iconv -f WINDOWS-1252 -t UTF-8.", location: place.location)
    }

    /// Where a column first has the word.
    private func place(of text: String, _ column: Int) -> OutlierError.Location {
        for (index, chunk) in chunks.enumerated() {
            guard let position = position(column, in: index), chunk.holding(position) == .words else { continue }
            for word in chunk.words(position) where word.count > 0 && chunk.text(word, position) == text {
                return place(of: word, chunk: index).location
            }
        }
        return .init(file: file)
    }

    /// Numbers in which point or comma may mean either.
    private func doubtfulNumber(_ column: Int, _ example: String) -> OutlierError {
        OutlierError(
            .invalidValue,
            "the column “\(layout.names[column])” does not show whether “\(example)” has a fraction or thousands",
            suggestion: example.contains(",")
                ? "Say it: data: {decimal: \",\"} or data: {thousands: \",\"}. Where they are words, declare the column a "
                    + "category."
                : "Say it: data: {decimal: \".\"} or data: {thousands: \".\"}. Where they are words, declare the column a "
                    + "category.",
            location: place(of: example, column))
    }

    /// Dates in which day and month may be either.
    private func doubtfulDate(_ column: Int, _ example: String) -> OutlierError {
        OutlierError(
            .invalidValue,
            "the column “\(layout.names[column])” does not show which part of “\(example)” is the day",
            suggestion:
                "Say it: data: {date-order: day-first} or data: {date-order: month-first}. Where they are words, "
                + "declare the column a category.",
            location: place(of: example, column))
    }

    /// The first value of a column that is not of the kind that it should be.
    private func misfit(
        _ column: Int, _ kind: ReadOptions.ColumnKind, _ numbers: NumberNotation, _ order: ReadOptions.DateOrder,
        _ reason: String?
    ) -> OutlierError {
        for (index, chunk) in chunks.enumerated() {
            guard let position = position(column, in: index), chunk.holding(position) == .words else { continue }
            for word in chunk.words(position) where word.count > 0 && !word.isSoftlyMissing {
                if value(word, chunk, position, as: kind, numbers, order) != nil || kind == .category { continue }
                return misfit(column, kind, chunk.text(word, position), place(of: word, chunk: index), reason)
            }
        }
        return OutlierError(
            .invalidValue, "the column “\(layout.names[column])” does not hold \(kind.plural)",
            location: .init(file: file))
    }

    private func misfit(
        _ column: Int, _ kind: ReadOptions.ColumnKind, _ text: String, _ place: ValuePlace, _ reason: String?
    ) -> OutlierError {
        let name = layout.names[column]
        let shown = text.count > 60 ? "\(text.prefix(60))…" : text
        let what = "the column “\(name)” should hold \(kind.plural), but row \(place.row) has “\(shown)”"
        return OutlierError(
            .invalidValue, reason.map { "\(what) (\($0))" } ?? what,
            suggestion: reason == nil
                ? "Correct the value, or name it among the words that mean a missing value."
                : "Correct the value, name it among the words that mean a missing value, or declare “\(name)” a category.",
            location: place.location)
    }

    /// Numbers stand for booleans only where they are 0 and 1.
    private func checkBooleans(_ column: Int, _ position: Int, chunk index: Int) throws {
        let chunk = chunks[index]
        guard let values = chunk.values else { return }
        for row in 0..<chunk.rowCount {
            let value = values[row * chunk.stride + position]
            if value.isNaN || value == 0 || value == 1 { continue }
            let row = chunks[..<index].reduce(row) { $0 + $1.rowCount } + 1
            throw misfit(
                column, .boolean, String(value), ValuePlace(row: row, location: .init(file: file)), nil)
        }
    }
}
