import CTextParsing
import OutlierCore

/// Reads delimited text (CSV, TSV).
struct DelimitedReader {
    let bytes: any ByteSource
    let options: ReadOptions
    let file: String
    let execution: Execution
    /// `nil` to guess it.
    var delimiter: UInt8?

    private static let previewSize = 1 << 16
    /// About as many rows a chunk of a wide table has at least.
    private static let leastRows = 32

    init(bytes: any ByteSource, options: ReadOptions, file: String, execution: Execution) {
        self.bytes = bytes
        self.options = options
        self.file = file
        self.execution = execution
    }

    func table(asWords: Set<String>) throws -> Table {
        var start: [UInt8] = []
        try bytes.append(DelimitedReader.previewSize, to: &start)
        var isWhole = start.count < DelimitedReader.previewSize
        try checkEncoding(start)
        let begin = start.starts(with: ByteOrderMark.utf8) ? 3 : 0

        let delimiter =
            try declaredDelimiter() ?? self.delimiter
            ?? DelimiterGuess.delimiter(of: start, from: begin, isWhole: isWhole, options: options)
        let limit = HeaderGuess.recordLimit
        var preview = DelimitedPreview(start, from: begin, delimiter: delimiter, limit: limit, isWhole: isWhole)
        while preview.records.isEmpty, !isWhole {
            // The first record alone is longer than what was read ahead.
            let before = start.count
            try bytes.append(before, to: &start)
            isWhole = start.count < 2 * before
            preview = DelimitedPreview(start, from: begin, delimiter: delimiter, limit: limit, isWhole: isWhole)
            if start.count > TextChunks.longestRecord { throw TextChunks.recordTooLong(file: file, line: 1) }
        }
        guard let first = preview.records.first else {
            if start.count > begin, let quote = start.firstIndex(of: UInt8(ascii: "\"")) {
                let line = 1 + start[..<quote].lazy.filter { $0 == UInt8(ascii: "\n") }.count
                throw OutlierError(
                    .malformedFile, "a quoted field that begins here is not closed",
                    location: .init(file: file, line: line))
            }
            throw OutlierError(
                .emptyData, "there is nothing in it", suggestion: "Look at what wrote the file.",
                location: .init(file: file))
        }

        let header = HeaderGuess(preview.records, options: options)
        let hasHeader = header.isPresent
        let names = try names(first, hasHeader: hasHeader)
        let layout = try ColumnLayout(
            names: names, options: options, file: file, line: hasHeader ? first.line : nil)
        let skipped = hasHeader ? first.range.upperBound : first.range.lowerBound
        let linesBefore = first.line - 1 + (hasHeader ? first.lineCount : 0)

        // What has a decimal comma is a word to the parser, and read from its text.
        let modes = layout.modes(asWords: options.statesComma ? Set(names) : asWords)
        let words = options.missingWords(saysMissing: false)
        let missing = try MissingWords(firm: words.firm, soft: words.soft)
        // Each chunk takes some memory a column, whatever its rows: wide rows come in larger chunks.
        let least = min(TextChunks.longestRecord / 4, DelimitedReader.leastRows * (first.range.count + 2 * names.count))
        let chunks = TextChunks(
            bytes: bytes, pending: Array(start[skipped...]), isWhole: isWhole,
            chunkSize: names.count > 1_000 ? max(options.chunkSize, least) : options.chunkSize,
            file: file, linesBefore: linesBefore, execution: execution, memoryLimit: options.memoryLimit,
            split: { text in text_delimited_split(text.baseAddress, text.count, CChar(bitPattern: delimiter)) },
            parse: { text, first, failure in
                let modes = layout.modes(modes, after: first)
                return text_delimited_parse(
                    text.baseAddress, text.count, CChar(bitPattern: delimiter), missing.pointer, modes, modes.count,
                    &failure
                ).map(Chunk.init)
            },
            explain: { DelimitedReader.explain($0, delimiter: delimiter) })
        let parsed = try chunks.read()
        guard parsed.contains(where: { $0.rowCount > 0 }) else {
            throw OutlierError(
                .emptyData, hasHeader ? "there is a header, but no row" : "there are no rows",
                suggestion: "Look at what wrote the file.", location: .init(file: file))
        }
        return try TableAssembler(
            layout: layout, chunks: parsed, options: options, file: file, linesBefore: linesBefore, positions: nil,
            notes: header.notes
        ).table(execution: execution)
    }

    private func declaredDelimiter() throws -> UInt8? {
        guard case .character(let character) = options.delimiter else { return nil }
        guard let byte = character.asciiValue, !character.isLetter, !character.isNumber,
            !["\"", "\n", "\r", "\r\n", ".", "+", "-", "\0"].contains(character)
        else {
            throw OutlierError(
                .invalidConfiguration, "“\(character)” cannot be the delimiter",
                suggestion: "Use one ASCII character that is no letter, digit, quote, sign or point.")
        }
        guard options.decimal == .point || character != "," else {
            throw OutlierError(
                .invalidConfiguration, "the comma cannot be the delimiter and stand within numbers (“decimal”) at once")
        }
        return byte
    }

    private func checkEncoding(_ start: [UInt8]) throws {
        if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
            throw OutlierError(
                .malformedFile, "the text is UTF-16, but UTF-8 is read",
                suggestion: "Convert the file: iconv -f UTF-16 -t UTF-8.", location: .init(file: file, line: 1))
        }
    }

    private func names(_ first: DelimitedPreview.Record, hasHeader: Bool) throws -> [String] {
        try first.fields.enumerated().map { index, field in
            if !hasHeader || field.bytes.isEmpty { return "x\(index + 1)" }
            guard let name = String(validating: field.bytes, as: UTF8.self) else {
                throw OutlierError(
                    .malformedFile, "the name of column \(index + 1) is not UTF-8",
                    suggestion: "Convert the file to UTF-8: iconv -f WINDOWS-1252 -t UTF-8.",
                    location: .init(file: file, line: first.line))
            }
            return name
        }
    }

    private static func explain(_ failure: text_failure, delimiter: UInt8) -> OutlierError {
        switch Int(failure.code) {
        case Int(TEXT_RAGGED):
            let fields = failure.found == 1 ? "1 field" : "\(failure.found) fields"
            return OutlierError(
                .malformedFile, "the line has \(fields), but \(failure.expected) were expected",
                suggestion: failure.found > failure.expected
                    ? "A field with the delimiter “\(name(delimiter))” in it must stand in quotes." : nil)
        case Int(TEXT_UNCLOSED_QUOTE):
            return OutlierError(.malformedFile, "a quoted field that begins here is not closed")
        case Int(TEXT_AFTER_QUOTE):
            return OutlierError(
                .malformedFile, "something follows a closing quote",
                suggestion: "A quote within a quoted field is written twice.")
        case Int(TEXT_NO_MEMORY), Int(TEXT_TOO_LONG): return TextChunks.explainMemory(failure)
        default:
            return OutlierError(.malformedFile, "the text is not well formed")
        }
    }

    private static func name(_ delimiter: UInt8) -> String {
        delimiter == UInt8(ascii: "\t") ? "tab" : String(UnicodeScalar(delimiter))
    }
}
