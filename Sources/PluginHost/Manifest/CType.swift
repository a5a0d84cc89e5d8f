internal import OutlierCore

/// A type as a manifest writes it, in the words of C: `const double *`, `size_t`, `unsigned int`, `void **`.
struct CType: Sendable, Hashable {
    /// The type as it was written, with single spaces.
    let text: String
    /// The type itself or, where it is a pointer, the type of what it points to.
    let element: ForeignType
    /// How often one has to follow it: 0 for a value, 1 for `double *`, 2 for `void **`.
    let pointers: Int
    /// Whether the function promises not to write to what it points to.
    let isConstant: Bool
    /// Whether it is `char`, which text is made of.
    let isCharacter: Bool

    static let void = CType(text: "void", element: .void, pointers: 0, isConstant: false, isCharacter: false)

    /// What libffi is told.
    var foreign: ForeignType { pointers > 0 ? .pointer : element }

    /// - Throws: ``OutlierError/Code/invalidPlugin`` where C has no such type or it cannot be passed.
    init(_ text: String) throws {
        let spaced = text.replacing("*", with: " * ")
        let words = spaced.split(whereSeparator: \.isWhitespace).map(String.init)
        let stars = words.firstIndex(of: "*") ?? words.count
        // After the first star only stars and `const` (of the pointer itself, which does not matter to a call).
        guard words[stars...].allSatisfy({ $0 == "*" || $0 == "const" || $0 == "restrict" }) else {
            throw OutlierError(.invalidPlugin, "“\(text)” is no type of C: nothing can stand after “*”")
        }
        var base = words[..<stars].filter { $0 != "const" }
        if base == ["string"] { base = ["char", "*"] }
        let pointers = words.count { $0 == "*" } + base.count { $0 == "*" }
        base.removeAll { $0 == "*" }
        guard let element = CType.elements[base.sorted().joined(separator: " ")] else {
            throw CType.unknown(text, base: base.joined(separator: " "))
        }
        guard pointers <= 2 else {
            throw OutlierError(.invalidPlugin, "“\(text)” is a pointer to a pointer to a pointer; two are the most")
        }
        self.text = words.joined(separator: " ").replacing("* *", with: "**")
        self.element = element
        self.pointers = pointers
        isCharacter = base == ["char"]
        isConstant = words[..<stars].contains("const") || words == ["string"]
    }

    private init(text: String, element: ForeignType, pointers: Int, isConstant: Bool, isCharacter: Bool) {
        self.text = text
        self.element = element
        self.pointers = pointers
        self.isConstant = isConstant
        self.isCharacter = isCharacter
    }

    private static func unknown(_ text: String, base: String) -> OutlierError {
        if base == "long double" || base.contains("complex") || base == "__int128" {
            return OutlierError(.invalidPlugin, "the type “\(text)” cannot be passed to a plug-in")
        }
        if base.hasPrefix("struct") || base.hasPrefix("union") {
            return OutlierError(
                .invalidPlugin, "“\(text)” is not known here",
                suggestion:
                    "Write the fields: struct: [{type: double, …}, …]; or void * for one that only the library knows.")
        }
        return OutlierError(
            .invalidPlugin, "there is no type “\(text)”",
            suggestion: Suggestion.didYouMean(base, among: names)
                ?? "Write it as C does, for instance “const double *”; “void *” for a pointer to what only the library knows."
        )
    }

    private static let names = [
        "void", "bool", "char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned int",
        "long", "unsigned long", "long long", "unsigned long long", "size_t", "ssize_t", "ptrdiff_t", "intptr_t",
        "uintptr_t", "int8_t", "uint8_t", "int16_t", "uint16_t", "int32_t", "uint32_t", "int64_t", "uint64_t", "float",
        "double", "string",
    ]

    /// By the words of the type, sorted.
    private static let elements: [String: ForeignType] = {
        let long: ForeignType = MemoryLayout<Int>.size == 8 ? .int64 : .int32
        let unsignedLong: ForeignType = MemoryLayout<Int>.size == 8 ? .uint64 : .uint32
        // Whether plain `char` has a sign depends on the machine.
        let character: ForeignType = (CChar.self as Any.Type) == Int8.self ? .int8 : .uint8
        let written: [String: ForeignType] = [
            "void": .void, "bool": .uint8, "_Bool": .uint8,
            "char": character, "signed char": .int8, "unsigned char": .uint8,
            "short": .int16, "short int": .int16, "unsigned short": .uint16, "unsigned short int": .uint16,
            "int": .int32, "signed int": .int32, "signed": .int32, "unsigned": .uint32, "unsigned int": .uint32,
            "long": long, "long int": long, "unsigned long": unsignedLong, "unsigned long int": unsignedLong,
            "long long": .int64, "long long int": .int64,
            "unsigned long long": .uint64, "unsigned long long int": .uint64,
            "size_t": .size, "uintptr_t": .size, "ssize_t": long, "ptrdiff_t": long, "intptr_t": long,
            "int8_t": .int8, "uint8_t": .uint8, "int16_t": .int16, "uint16_t": .uint16, "int32_t": .int32,
            "uint32_t": .uint32, "int64_t": .int64, "uint64_t": .uint64, "float": .float, "double": .double,
        ]
        return Dictionary(
            written.map { ($0.key.split(separator: " ").sorted().joined(separator: " "), $0.value) },
            uniquingKeysWith: { first, _ in first })
    }()
}

extension ForeignType {
    var isInteger: Bool {
        switch self {
        case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64: true
        default: false
        }
    }

    var isFloatingPoint: Bool { self == .float || self == .double }

    /// Writes a whole number as C has it.
    ///
    /// - Returns: `false` where it does not fit.
    func write(_ integer: Int, to slot: UnsafeMutableRawPointer) -> Bool {
        func store<Element: FixedWidthInteger & BitwiseCopyable>(_ type: Element.Type) -> Bool {
            guard let value = Element(exactly: integer) else { return false }
            slot.storeBytes(of: value, as: Element.self)
            return true
        }
        switch self {
        case .int8: return store(Int8.self)
        case .uint8: return store(UInt8.self)
        case .int16: return store(Int16.self)
        case .uint16: return store(UInt16.self)
        case .int32: return store(Int32.self)
        case .uint32: return store(UInt32.self)
        case .int64: return store(Int64.self)
        case .uint64: return store(UInt64.self)
        case .float:
            slot.storeBytes(of: Float(integer), as: Float.self)
            return true
        case .double:
            slot.storeBytes(of: Double(integer), as: Double.self)
            return true
        default: return false
        }
    }

    /// Reads a number as C has it in memory.
    func number(at slot: UnsafeRawPointer) -> Double {
        switch self {
        case .double: slot.load(as: Double.self)
        case .float: Double(slot.load(as: Float.self))
        default: Double(ForeignValue(stored: slot, type: self).integer ?? 0)
        }
    }
}

extension ForeignValue {
    /// The whole number this is, where it is one; larger than any `Int` becomes the largest.
    var integer: Int? {
        switch self {
        case .int8(let value): Int(value)
        case .uint8(let value): Int(value)
        case .int16(let value): Int(value)
        case .uint16(let value): Int(value)
        case .int32(let value): Int(value)
        case .uint32(let value): Int(value)
        case .int64(let value): Int(value)
        case .uint64(let value): Int(clamping: value)
        default: nil
        }
    }
}
