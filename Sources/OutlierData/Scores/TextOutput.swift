import CTextParsing

/// Collects text and hands it on in large pieces.
final class TextOutput {
    private let sink: any ByteSink
    private var buffer: [UInt8] = []
    private static let size = 1 << 16

    init(_ sink: any ByteSink) {
        self.sink = sink
        buffer.reserveCapacity(2 * TextOutput.size)
    }

    func append(_ byte: UInt8) { buffer.append(byte) }

    func append(_ text: String) { buffer.append(contentsOf: text.utf8) }

    func append(_ number: Int) {
        append(String(number))
    }

    /// The shortest decimal number that gives the same bits.
    func append(_ number: Double) {
        append(number.description)
    }

    /// A field of delimited text, in quotes where it needs them.
    func appendField(_ text: String, delimiter: UInt8) {
        func isBlank(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let needsQuotes =
            text.isEmpty || isBlank(text.utf8.first) || isBlank(text.utf8.last)
            || text.utf8.contains { byte in
                byte == delimiter || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
                    || byte == UInt8(ascii: "\r")
            }
        guard needsQuotes else { return append(text) }
        append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { append(byte) }
            append(byte)
        }
        append(UInt8(ascii: "\""))
    }

    func flushIfFull() throws {
        if buffer.count >= TextOutput.size { try flush() }
    }

    func finish() throws {
        try flush()
        try sink.finish()
    }

    private func flush() throws {
        try buffer.withUnsafeBytes { try sink.write($0) }
        buffer.removeAll(keepingCapacity: true)
    }
}
