import CTextParsing
import OutlierCore

/// Puts chunks together: settles what each column holds, and fills the matrix.
///
/// A column is numeric if every value in it is a number, else a date if every value is one, else a boolean, else a
/// category. Where half of the values or more are numbers (or dates) but not all, the others are taken for mistakes.
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
    /// How numbers are written among words.
    var decimal = ReadOptions.Decimal.point
    /// Whether words may be numbers with a decimal comma which nobody has declared.
    var mayHaveDecimalCommas = false

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
        for feature in layout.features {
            try execution.checkCancellation()
            do {
                columns.append(Column(layout.names[feature], kind: try settle(feature, &translations)))
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
            truth: labels.map(Truth.init), identifiers: identifiers, identifierName: options.identifier, source: file)
    }

    private func position(_ column: Int, in chunk: Int) -> Int? {
        guard let positions else { return column }
        return positions[chunk].indices.contains(column) ? positions[chunk][column] : nil
    }

    // MARK: What a column holds

    private struct Census {
        var present = 0
        var numbers = 0
        var dates = 0
        var truths = 0
        /// Those that would be numbers if decimal commas were declared, and are none without.
        var commaNumbers = 0
        /// Whether numbers or dates were kept without their text.
        var lostText = false
    }

    private func census(_ column: Int) -> Census {
        var census = Census()
        for (index, chunk) in chunks.enumerated() {
            guard let position = position(column, in: index) else { continue }
            let present = chunk.presentCount(position)
            census.present += present
            switch chunk.holding(position) {
            case .nothing, .identifiers: break
            case .numbers:
                census.numbers += present
                census.lostText = true
            case .dates:
                census.dates += present
                census.lostText = true
            case .words:
                for word in chunk.words(position) {
                    if number(word, chunk, position) != nil { census.numbers += Int(word.count) }
                    if hasUndeclaredComma(word, chunk, position) { census.commaNumbers += Int(word.count) }
                    if word.isDate { census.dates += Int(word.count) }
                    if word.isTrue || word.isFalse { census.truths += Int(word.count) }
                }
            }
        }
        return census
    }

    /// The number that a word is.
    private func number(_ word: text_word, _ chunk: Chunk, _ position: Int) -> Double? {
        switch decimal {
        case .point: word.isNumber ? word.value : nil
        case .comma: SingleValue.numberWithComma(chunk.text(word, position))
        }
    }

    private func hasUndeclaredComma(_ word: text_word, _ chunk: Chunk, _ position: Int) -> Bool {
        guard mayHaveDecimalCommas, !word.isNumber, word.length < 50 else { return false }
        return SingleValue.numberWithComma(chunk.text(word, position)) != nil
    }

    private func settle(_ column: Int, _ translations: inout [[Translation]]) throws -> Column.Kind {
        guard case .feature(let declared) = layout.roles[column] else { return .number }
        let census = census(column)
        let kind: ReadOptions.ColumnKind
        if let declared {
            kind = declared
        } else if census.numbers == census.present {
            kind = .number
        } else if census.dates == census.present {
            kind = .date
        } else if census.truths == census.present {
            kind = .boolean
        } else if census.commaNumbers > 0, 2 * (census.numbers + census.commaNumbers) > census.present {
            throw undeclaredComma(column)
        } else if 2 * census.numbers >= census.present {
            throw misfit(column, .number, "\(census.numbers) of its \(census.present) values are numbers")
        } else if 2 * census.dates >= census.present {
            throw misfit(column, .date, "\(census.dates) of its \(census.present) values are dates")
        } else {
            kind = .category
        }
        switch kind {
        case .number:
            try translate(column, .number, &translations, number)
            return .number
        case .date:
            try translate(column, .date, &translations) { word, _, _ in word.isDate ? word.value : nil }
            return .date
        case .boolean:
            try translate(column, .boolean, &translations) { word, _, _ in
                if word.isTrue || (word.isNumber && word.value == 1) { return 1 }
                return word.isFalse || (word.isNumber && word.value == 0) ? 0 : nil
            }
            return .boolean
        case .category:
            if census.lostText { throw WordsLost(columns: [layout.names[column]]) }
            return .category(
                levels: try categorise(column, census, isDeclared: declared != nil, &translations))
        }
    }

    /// Notes for each chunk what number each of a column's words stands for.
    private func translate(
        _ column: Int, _ kind: ReadOptions.ColumnKind, _ translations: inout [[Translation]],
        _ number: (text_word, Chunk, Int) -> Double?
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
                    guard word.count > 0 else { return .nan }
                    guard let value = number(word, chunk, position) else { throw misfit(column, kind, nil) }
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
            let meanings = chunk.words(position).map { word in
                let text = chunk.text(word, position)
                let number = word.isNumber ? word.value : nil
                let label = Labels.label(
                    text, number: number, anomalyWords: options.anomalyWords, isKnowledge: isKnowledge)
                if label == nil, word.count > 0 {
                    unknown.insert(text)
                    firstUnknown = firstUnknown ?? place(of: word, chunk: index).location
                }
                return label ?? .unlabeled
            }
            guard let values = chunk.values else { continue }
            for row in 0..<chunk.rowCount {
                let value = values[row * chunk.stride + position]
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
                result += chunk.identifiers(position)
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
        func write(to buffer: UnsafeMutableBufferPointer<Double>) throws {
            let shared = SharedBuffer(buffer)
            try execution.forEach(chunks.count) { index in
                let chunk = chunks[index]
                let target = UnsafeMutableBufferPointer(
                    rebasing: shared.buffer[starts[index] * width..<starts[index + 1] * width])
                TableAssembler.copy(chunk, translations[index], into: target)
                // From here on the rows are in the matrix: they are not kept twice.
                chunk.release()
            }
        }
        if let limit = options.memoryLimit, bytes.overflow || bytes.partialValue > limit / 2 {
            return try Matrix(
                rowCount: rowCount, columnCount: width, inFolder: TemporaryFolder.path, initializingWith: write)
        }
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

    /// Numbers with a decimal comma that nobody has declared.
    private func undeclaredComma(_ column: Int) -> OutlierError {
        var example = ""
        var location = OutlierError.Location(file: file)
        for (index, chunk) in chunks.enumerated() where example.isEmpty {
            guard let position = position(column, in: index), chunk.holding(position) == .words else { continue }
            for word in chunk.words(position) where word.count > 0 && hasUndeclaredComma(word, chunk, position) {
                example = chunk.text(word, position)
                location = place(of: word, chunk: index).location
                break
            }
        }
        return OutlierError(
            .invalidValue,
            "the column “\(layout.names[column])” holds numbers with a decimal comma, for instance “\(example)”",
            suggestion: "Declare it: data: {decimal: \",\"}. Where they are words, declare the column a category.",
            location: location)
    }

    /// The first value of a column that is not of the kind that it should be.
    private func misfit(_ column: Int, _ kind: ReadOptions.ColumnKind, _ reason: String?) -> OutlierError {
        for (index, chunk) in chunks.enumerated() {
            guard let position = position(column, in: index), chunk.holding(position) == .words else { continue }
            for word in chunk.words(position) where word.count > 0 {
                let fits =
                    switch kind {
                    case .number: number(word, chunk, position) != nil
                    case .date: word.isDate
                    case .boolean:
                        word.isTrue || word.isFalse || (word.isNumber && (word.value == 0 || word.value == 1))
                    case .category: true
                    }
                if fits { continue }
                if kind == .number, hasUndeclaredComma(word, chunk, position) { return undeclaredComma(column) }
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
