import CTextParsing
import OutlierCore

/// Reads JSON lines. The columns are the keys in the order in which they first appear; a key that a line lacks is a
/// missing value. Strings are recognised as the fields of delimited text are.
struct JSONLinesReader {
    let bytes: any ByteSource
    let options: ReadOptions
    let file: String
    let execution: Execution

    func table(asWords: Set<String>) throws -> Table {
        let declared = Keys(options: options, asWords: asWords)
        let words = options.missingWords(saysMissing: true)
        let missing = try MissingWords(firm: words.firm, soft: words.soft)
        var start: [UInt8] = []
        try bytes.append(3, to: &start)
        let isWhole = start.count < 3
        if start.starts(with: ByteOrderMark.utf8) { start = [] }
        let chunks = TextChunks(
            bytes: bytes, pending: start, isWhole: isWhole, chunkSize: options.chunkSize, file: file, linesBefore: 0,
            execution: execution, memoryLimit: options.memoryLimit,
            split: { text in text_lines_split(text.baseAddress, text.count) },
            parse: { text, first, failure in
                let keys = first.map(declared.learning) ?? declared
                return text_json_parse(
                    text.baseAddress, text.count, missing.pointer, keys.bytes, keys.lengths, keys.modes,
                    keys.modes.count, UInt8(TEXT_COLUMN_AUTOMATIC), &failure
                ).map(Chunk.init)
            },
            explain: JSONLinesReader.explain)
        let parsed = try chunks.read()
        guard parsed.contains(where: { $0.rowCount > 0 }) else {
            throw OutlierError(
                .emptyData, "there are no rows", suggestion: "Look at what wrote the file.", location: .init(file: file)
            )
        }

        // By their bytes: two keys that Unicode calls equal are two columns of the file.
        var indices: [[UInt8]: Int] = [:]
        var names: [String] = []
        for chunk in parsed {
            let seen = (0..<chunk.columnCount).filter { chunk.appearance($0) > 0 }
            for column in seen.sorted(by: { chunk.appearance($0) < chunk.appearance($1) }) {
                let key = chunk.key(column)
                guard indices[key] == nil else { continue }
                indices[key] = names.count
                guard let name = String(validating: key, as: UTF8.self) else {
                    throw OutlierError(
                        .malformedFile, "the key “\(String(decoding: key, as: UTF8.self))” is not UTF-8",
                        suggestion: "Convert the file to UTF-8: iconv -f WINDOWS-1252 -t UTF-8.",
                        location: .init(file: file))
                }
                names.append(name)
            }
        }
        let positions = parsed.map { chunk in
            var positions = [Int?](repeating: nil, count: names.count)
            for column in 0..<chunk.columnCount {
                if let index = indices[chunk.key(column)] { positions[index] = column }
            }
            return positions
        }
        let layout = try ColumnLayout(names: names, options: options, file: file)
        return try TableAssembler(
            layout: layout, chunks: parsed, options: options, file: file, linesBefore: 0, positions: positions,
            isTyped: true
        ).table(execution: execution)
    }

    /// The keys that are known, and how their columns are to be read.
    private struct Keys: Sendable {
        private(set) var bytes: [CChar] = []
        private(set) var lengths: [Int] = []
        private(set) var modes: [UInt8] = []

        init(options: ReadOptions, asWords: Set<String>) {
            var declared: [String: Int] = [:]
            for column in options.expecting where column.levels != nil {
                declared[column.name] = Int(TEXT_COLUMN_WORDS)
            }
            for (name, kind) in options.columnKinds where kind == .category { declared[name] = Int(TEXT_COLUMN_WORDS) }
            for name in asWords { declared[name] = Int(TEXT_COLUMN_WORDS) }
            if let name = options.knownLabels { declared[name] = Int(TEXT_COLUMN_WORDS) }
            if let name = options.label { declared[name] = Int(TEXT_COLUMN_WORDS) }
            if let name = options.identifier { declared[name] = Int(TEXT_COLUMN_IDENTIFIER) }
            for name in options.ignore { declared[name] = Int(TEXT_COLUMN_SKIPPED) }
            for (name, mode) in declared.sorted(by: { $0.key < $1.key }) {
                append(Array(name.utf8), UInt8(mode))
            }
        }

        private init() {}

        private mutating func append(_ name: some Collection<UInt8>, _ mode: UInt8) {
            bytes += name.lazy.map { CChar(bitPattern: $0) }
            lengths.append(name.count)
            modes.append(mode)
        }

        /// These keys and those of the first chunk, whose columns begin with these.
        func learning(from first: Chunk) -> Keys {
            var keys = Keys()
            for column in 0..<first.columnCount {
                let mode = modes.indices.contains(column) ? modes[column] : UInt8(TEXT_COLUMN_AUTOMATIC)
                keys.append(first.key(column), ColumnLayout.mode(mode, of: column, after: first))
            }
            return keys
        }
    }

    private static func explain(_ failure: text_failure) -> OutlierError {
        switch Int(failure.code) {
        case Int(TEXT_NESTED_JSON):
            OutlierError(
                .malformedFile, "an array or an object cannot be a value of a table",
                suggestion: "Ignore the column, or give each of its numbers a key of its own.")
        case Int(TEXT_DUPLICATE_KEY):
            OutlierError(.malformedFile, "a key occurs twice in one object")
        case Int(TEXT_TOO_SPARSE):
            OutlierError(
                .malformedFile,
                "the lines have \(failure.found) different keys or more, of which each line lacks nearly all",
                suggestion:
                    "A table's lines have the same keys. Where a key is a value, as a name or a date, make it the "
                    + "value of a key of its own.")
        case Int(TEXT_NO_MEMORY), Int(TEXT_TOO_LONG): TextChunks.explainMemory(failure)
        default:
            OutlierError(.malformedFile, "the line is no JSON object of numbers, strings, booleans and nulls")
        }
    }
}
