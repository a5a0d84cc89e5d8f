import OutlierCore

/// The first records of delimited text: from them the delimiter and the header are known.
struct DelimitedPreview {
    struct Field {
        var bytes: [UInt8]
        var isQuoted: Bool
    }

    struct Record {
        var fields: [Field]
        /// Where the record begins, and where the next one does.
        var range: Range<Int>
        /// The line on which it begins, from 1, and the number of line ends in it.
        var line: Int
        var lineCount: Int
    }

    var records: [Record] = []

    /// - Parameter isWhole: whether the text ends where `bytes` do; otherwise the last record may be a part of one,
    ///   and is left out.
    init(_ bytes: [UInt8], from start: Int, delimiter: UInt8, limit: Int, isWhole: Bool) {
        var scanner = Scanner(bytes: bytes, position: start, delimiter: delimiter)
        while records.count < limit, let record = scanner.record(isWhole: isWhole) { records.append(record) }
    }

    /// Walks through text as the parser of whole chunks does.
    private struct Scanner {
        let bytes: [UInt8]
        var position: Int
        let delimiter: UInt8
        var line = 1

        init(bytes: [UInt8], position: Int, delimiter: UInt8) {
            self.bytes = bytes
            self.position = position
            self.delimiter = delimiter
        }

        private var isAtEnd: Bool { position >= bytes.count }

        private func isLineEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

        private func isBlank(_ byte: UInt8) -> Bool {
            (byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")) && byte != delimiter
        }

        private mutating func skipSpaces() {
            guard delimiter == UInt8(ascii: " ") else { return }
            while !isAtEnd, bytes[position] == delimiter { position += 1 }
        }

        private mutating func skipLineEnd() {
            let isPair =
                bytes[position] == UInt8(ascii: "\r") && position + 1 < bytes.count
                && bytes[position + 1] == UInt8(ascii: "\n")
            position += isPair ? 2 : 1
            line += 1
        }

        mutating func record(isWhole: Bool) -> Record? {
            skipSpaces()
            while !isAtEnd, isLineEnd(bytes[position]) {
                skipLineEnd()
                skipSpaces()
            }
            if isAtEnd { return nil }
            let start = position
            let firstLine = line
            var fields: [Field] = []
            while true {
                guard let field = field() else { return nil }
                fields.append(field)
                if isAtEnd || bytes[position] != delimiter { break }
                position += 1
                skipSpaces()
                if delimiter == UInt8(ascii: " "), isAtEnd || isLineEnd(bytes[position]) { break }
            }
            // A carriage return at the very end may be the first half of a line end.
            if !isWhole, position + 1 >= bytes.count { return nil }
            if !isAtEnd, isLineEnd(bytes[position]) { skipLineEnd() }
            return Record(fields: fields, range: start..<position, line: firstLine, lineCount: line - firstLine)
        }

        /// `nil` where a quote is not closed.
        private mutating func field() -> Field? {
            if !isAtEnd, bytes[position] == UInt8(ascii: "\"") { return quotedField() }
            var start = position
            while !isAtEnd, bytes[position] != delimiter, !isLineEnd(bytes[position]) { position += 1 }
            var end = position
            while start < end, isBlank(bytes[start]) { start += 1 }
            while start < end, isBlank(bytes[end - 1]) { end -= 1 }
            return Field(bytes: Array(bytes[start..<end]), isQuoted: false)
        }

        private mutating func quotedField() -> Field? {
            position += 1
            var text: [UInt8] = []
            while !isAtEnd {
                let byte = bytes[position]
                if byte == UInt8(ascii: "\"") {
                    position += 1
                    guard !isAtEnd, bytes[position] == byte else {
                        // What follows a closing quote is looked at by the parser; here it is passed over.
                        while !isAtEnd, bytes[position] != delimiter, !isLineEnd(bytes[position]) { position += 1 }
                        return Field(bytes: text, isQuoted: true)
                    }
                    text.append(byte)
                    position += 1
                } else if isLineEnd(byte) {
                    let start = position
                    skipLineEnd()
                    text += bytes[start..<position]
                } else {
                    text.append(byte)
                    position += 1
                }
            }
            return nil
        }
    }
}
