import OutlierCore

/// What stands before the elements of a `.npy` file.
struct NumPyHeader {
    enum Element {
        case boolean
        case signed(Int)
        case unsigned(Int)
        case float(Int)

        var size: Int {
            switch self {
            case .boolean: 1
            case .signed(let size), .unsigned(let size), .float(let size): size
            }
        }
    }

    var element: Element
    var isBigEndian: Bool
    var isColumnMajor: Bool
    var shape: [Int]
    /// The number of bytes before the first element.
    var byteCount: Int

    private static let longestHeader = 1 << 20

    /// Reads a header, and leaves the source at the first element.
    init(_ source: any ByteSource) throws {
        var start: [UInt8] = []
        try source.append(8, to: &start)
        guard start.count == 8, start.starts(with: [0x93] + Array("NUMPY".utf8)) else {
            throw NumPyHeader.malformed("it does not begin as a NumPy array does")
        }
        let version = start[6]
        guard (1...3).contains(version) else { throw NumPyHeader.malformed("its version \(version) is not known") }
        let lengthSize = version == 1 ? 2 : 4
        var lengthBytes: [UInt8] = []
        try source.append(lengthSize, to: &lengthBytes)
        let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
        guard lengthBytes.count == lengthSize, length <= NumPyHeader.longestHeader else {
            throw NumPyHeader.malformed("its header is too short or too long")
        }
        var text: [UInt8] = []
        try source.append(length, to: &text)
        guard text.count == length else { throw NumPyHeader.malformed("its header ends too early") }
        byteCount = 8 + lengthSize + length

        var literal = PythonLiteral(text)
        let entries = try literal.dictionary()
        guard case .tuple(let sizes)? = entries["shape"], case .boolean(let isColumnMajor)? = entries["fortran_order"]
        else { throw NumPyHeader.malformed("its header lacks the shape or the order") }
        guard case .string(let description)? = entries["descr"] else {
            throw NumPyHeader.malformed("its elements are records, not numbers")
        }
        self.isColumnMajor = isColumnMajor
        shape = sizes
        (element, isBigEndian) = try NumPyHeader.element(description)
    }

    /// The number of rows and columns: an array of one dimension is one column.
    func rowsAndColumns() throws -> (rows: Int, columns: Int) {
        guard shape.count == 1 || shape.count == 2 else {
            throw OutlierError(
                .shapeMismatch, "the array has \(shape.count) dimensions, but a table has 2",
                suggestion: shape.count > 2 ? "Reshape it: array.reshape(len(array), -1)." : nil)
        }
        let columns = shape.count == 1 ? 1 : shape[1]
        let (count, overflow) = shape[0].multipliedReportingOverflow(by: columns)
        guard !overflow, !count.multipliedReportingOverflow(by: 16).overflow else {
            throw NumPyHeader.malformed("its shape is larger than any memory")
        }
        return (shape[0], columns)
    }

    private static func element(_ description: String) throws -> (Element, Bool) {
        var text = Substring(description)
        let order = text.popFirst()
        guard let order, "<>|=".contains(order), let kind = text.popFirst(), let size = Int(text) else {
            throw malformed("its element type “\(description)” is not known")
        }
        let element: Element? =
            switch (kind, size) {
            case ("b", 1): .boolean
            case ("i", 1), ("i", 2), ("i", 4), ("i", 8): .signed(size)
            case ("u", 1), ("u", 2), ("u", 4), ("u", 8): .unsigned(size)
            case ("f", 2), ("f", 4), ("f", 8): .float(size)
            default: nil
            }
        guard let element else {
            throw OutlierError(
                .invalidValue,
                "the array's elements (“\(description)”) are no integers, floats or booleans that are read",
                suggestion: "Convert it: array.astype(\"float64\").")
        }
        return (element, order == ">")
    }

    static func malformed(_ what: String) -> OutlierError {
        OutlierError(.malformedFile, "this is no NumPy array that can be read: \(what)")
    }
}

/// The part of Python's syntax that the header of a NumPy array is written in.
struct PythonLiteral {
    enum Entry {
        case string(String)
        case boolean(Bool)
        case tuple([Int])
        case other
    }

    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) { self.text = text }

    mutating func dictionary() throws -> [String: Entry] {
        var entries: [String: Entry] = [:]
        try expect("{")
        while true {
            if take("}") { return entries }
            guard case .string(let key) = try entry() else { throw failure }
            try expect(":")
            guard entries.updateValue(try entry(), forKey: key) == nil else { throw failure }
            if !take(",") {
                try expect("}")
                return entries
            }
        }
    }

    private mutating func entry() throws -> Entry {
        skipSpaces()
        guard position < text.count else { throw failure }
        switch text[position] {
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            let quote = text[position]
            guard let end = text[(position + 1)...].firstIndex(of: quote) else { throw failure }
            defer { position = end + 1 }
            return .string(String(decoding: text[(position + 1)..<end], as: UTF8.self))
        case UInt8(ascii: "("):
            position += 1
            return .tuple(try sizes())
        case UInt8(ascii: "T"): return try word("True", .boolean(true))
        case UInt8(ascii: "F"): return try word("False", .boolean(false))
        case UInt8(ascii: "["):
            try skipList()
            return .other
        default: throw failure
        }
    }

    private mutating func sizes() throws -> [Int] {
        var sizes: [Int] = []
        while !take(")") {
            skipSpaces()
            var size = 0
            let start = position
            while position < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[position]) {
                let (product, isTooLarge) = size.multipliedReportingOverflow(by: 10)
                let (sum, isTooLargeNow) = product.addingReportingOverflow(Int(text[position] - UInt8(ascii: "0")))
                guard !isTooLarge, !isTooLargeNow else { throw failure }
                size = sum
                position += 1
            }
            guard position > start, sizes.count < 64 else { throw failure }
            // Python 2 wrote long integers with an L.
            if position < text.count, text[position] == UInt8(ascii: "L") { position += 1 }
            sizes.append(size)
            if !take(",") {
                try expect(")")
                return sizes
            }
        }
        return sizes
    }

    /// Passes over the description of records.
    private mutating func skipList() throws {
        var depth = 0
        while position < text.count {
            if text[position] == UInt8(ascii: "[") { depth += 1 }
            if text[position] == UInt8(ascii: "]") { depth -= 1 }
            position += 1
            if depth == 0 { return }
        }
        throw failure
    }

    private mutating func word(_ word: String, _ entry: Entry) throws -> Entry {
        guard text[position...].starts(with: word.utf8) else { throw failure }
        position += word.utf8.count
        return entry
    }

    private mutating func skipSpaces() {
        while position < text.count, text[position] == 0x20 || text[position] == 0x0A { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpaces()
        guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws {
        if !take(character) { throw failure }
    }

    private var failure: OutlierError { NumPyHeader.malformed("its header cannot be read") }
}
