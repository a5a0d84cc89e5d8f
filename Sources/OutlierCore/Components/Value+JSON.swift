extension Value {
    /// The value as JSON. Numbers are written so that reading them gives the same bits; a number that JSON cannot say
    /// (`nan`, `inf`) becomes `null`.
    ///
    /// - Parameter indentation: the number of spaces for each level, or `nil` for one line.
    public func json(indentation: Int? = nil) -> String {
        var text = ""
        write(to: &text, indentation: indentation, level: 0)
        return text
    }

    private func write(to text: inout String, indentation: Int?, level: Int) {
        func newLine(_ level: Int) {
            guard let indentation else { return }
            text += "\n" + String(repeating: " ", count: indentation * level)
        }
        switch self {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .number(let value): text += value.isFinite ? "\(value)" : "null"
        case .string(let value): Value.write(value, to: &text)
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += indentation == nil ? ", " : "," }
                newLine(level + 1)
                value.write(to: &text, indentation: indentation, level: level + 1)
            }
            if !values.isEmpty { newLine(level) }
            text += "]"
        case .object(let entries):
            text += "{"
            for (index, entry) in entries.enumerated() {
                if index > 0 { text += indentation == nil ? ", " : "," }
                newLine(level + 1)
                Value.write(entry.key, to: &text)
                text += ": "
                entry.value.write(to: &text, indentation: indentation, level: level + 1)
            }
            if !entries.isEmpty { newLine(level) }
            text += "}"
        }
    }

    private static func write(_ string: String, to text: inout String) {
        let digits = Array("0123456789abcdef")
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                text += "\\u00"
                text.append(digits[Int(scalar.value >> 4)])
                text.append(digits[Int(scalar.value & 15)])
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    /// Reads JSON (RFC 8259). Keys keep their order; a key that occurs twice is an error.
    ///
    /// - Throws: ``OutlierError/Code/malformedFile`` with the offset of the byte that does not fit.
    public init(json text: String) throws {
        var parser = JSONParser(bytes: Array(text.utf8))
        self = try parser.document()
    }

    /// Reads JSON from UTF-8.
    public init(json bytes: some Sequence<UInt8>) throws {
        var parser = JSONParser(bytes: Array(bytes))
        self = try parser.document()
    }
}

/// A recursive-descent parser of JSON with a bound on the nesting, so that hostile input cannot exhaust the stack.
private struct JSONParser {
    static let maximumDepth = 128
    let bytes: [UInt8]
    var position = 0

    mutating func document() throws -> Value {
        let value = try parse(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw failure("nothing more was expected") }
        return value
    }

    private func failure(_ message: String) -> OutlierError {
        OutlierError(.malformedFile, "not valid JSON at byte \(position): \(message)")
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func expect(_ literal: StaticString, _ value: Value) throws -> Value {
        let fits = literal.withUTF8Buffer { bytes[position...].starts(with: $0) }
        guard fits else { throw failure("unknown word") }
        position += literal.utf8CodeUnitCount
        return value
    }

    private mutating func parse(depth: Int) throws -> Value {
        guard depth < JSONParser.maximumDepth else { throw failure("nested too deeply") }
        skipSpace()
        guard let byte = current else { throw failure("a value was expected") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try expect("true", .boolean(true))
        case UInt8(ascii: "f"): return try expect("false", .boolean(false))
        case UInt8(ascii: "n"): return try expect("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws -> Value {
        position += 1
        var entries: [Value.Entry] = []
        var keys: Set<String> = []
        skipSpace()
        if current == UInt8(ascii: "}") {
            position += 1
            return .object([])
        }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw failure("a key in quotes was expected") }
            let key = try string()
            guard keys.insert(key).inserted else { throw failure("the key “\(key)” stands twice") }
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw failure("“:” was expected") }
            position += 1
            entries.append(Value.Entry(key, try parse(depth: depth + 1)))
            skipSpace()
            guard let byte = current, byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") else {
                throw failure("“,” or “}” was expected")
            }
            position += 1
            if byte == UInt8(ascii: "}") { return .object(entries) }
        }
    }

    private mutating func array(depth: Int) throws -> Value {
        position += 1
        var values: [Value] = []
        skipSpace()
        if current == UInt8(ascii: "]") {
            position += 1
            return .array([])
        }
        while true {
            values.append(try parse(depth: depth + 1))
            skipSpace()
            guard let byte = current, byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") else {
                throw failure("“,” or “]” was expected")
            }
            position += 1
            if byte == UInt8(ascii: "]") { return .array(values) }
        }
    }

    private mutating func string() throws -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let result = String(validating: text, as: UTF8.self) else { throw failure("text is not UTF-8") }
                return result
            case UInt8(ascii: "\\"):
                guard let escape = current else { throw failure("text does not end") }
                position += 1
                switch escape {
                case UInt8(ascii: "n"): text.append(0x0A)
                case UInt8(ascii: "r"): text.append(0x0D)
                case UInt8(ascii: "t"): text.append(0x09)
                case UInt8(ascii: "b"): text.append(0x08)
                case UInt8(ascii: "f"): text.append(0x0C)
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
                case UInt8(ascii: "u"): text.append(contentsOf: Array(String(try unicodeEscape()).utf8))
                default: throw failure("unknown escape")
                }
            case 0..<0x20: throw failure("a control character must be escaped")
            default: text.append(byte)
            }
        }
        throw failure("text does not end")
    }

    private mutating func fourDigits() throws -> UInt32 {
        guard position + 4 <= bytes.count else { throw failure("\\u needs four digits") }
        var code: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
                throw failure("\\u needs four digits")
            }
            code = code << 4 | UInt32(digit)
        }
        position += 4
        return code
    }

    private mutating func unicodeEscape() throws -> Character {
        var code = try fourDigits()
        if (0xD800..<0xDC00).contains(code) {
            guard position + 2 <= bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            else { throw failure("half of a surrogate pair") }
            position += 2
            let low = try fourDigits()
            guard (0xDC00..<0xE000).contains(low) else { throw failure("half of a surrogate pair") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = UnicodeScalar(code) else { throw failure("half of a surrogate pair") }
        return Character(scalar)
    }

    private mutating func number() throws -> Value {
        let start = position
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 >= 0x30 && $0 <= 0x39 } ?? false }
        var isInteger = true
        if current == UInt8(ascii: "-") { position += 1 }
        guard isDigit(current) else { throw failure("a value was expected") }
        if current == 0x30, position + 1 < bytes.count, isDigit(bytes[position + 1]) {
            throw failure("a number cannot begin with 0")
        }
        while isDigit(current) { position += 1 }
        if current == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            guard isDigit(current) else { throw failure("a digit was expected") }
            while isDigit(current) { position += 1 }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            guard isDigit(current) else { throw failure("a digit was expected") }
            while isDigit(current) { position += 1 }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let value = Int(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw failure("the number \(text) is too large") }
        return .number(value)
    }
}
