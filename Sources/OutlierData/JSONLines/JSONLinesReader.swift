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
        let missing = MissingWords(options.missing)
        let chunks = TextChunks(
            bytes: bytes, pending: [], isWhole: false, chunkSize: options.chunkSize, file: file, linesBefore: 0,
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

        var indices: [String: Int] = [:]
        var names: [String] = []
        for chunk in parsed {
            let seen = (0..<chunk.columnCount).filter { chunk.appearance($0) > 0 }
            for column in seen.sorted(by: { chunk.appearance($0) < chunk.appearance($1) }) {
                let name = chunk.key(column)
                if indices.updateValue(indices[name] ?? names.count, forKey: name) == nil { names.append(name) }
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
            layout: layout, chunks: parsed, options: options, file: file, linesBefore: 0, positions: positions
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
            for (name, mode) in declared.sorted(by: { $0.key < $1.key }) { append(name, UInt8(mode)) }
        }

        private init() {}

        private mutating func append(_ name: String, _ mode: UInt8) {
            bytes += name.utf8.map { CChar(bitPattern: $0) }
            lengths.append(name.utf8.count)
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
        default:
            OutlierError(.malformedFile, "the line is no JSON object of numbers, strings, booleans and nulls")
        }
    }
}
