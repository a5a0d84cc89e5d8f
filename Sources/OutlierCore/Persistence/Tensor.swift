/// An array of numbers with a shape, as a model file holds it.
public struct Tensor: Sendable, Hashable {
    /// The elements, in one of the types that a model file may hold.
    public enum Elements: Sendable, Hashable {
        case float64([Double])
        case float32([Float])
        case int64([Int64])
        case int32([Int32])
        case uint8([UInt8])

        var count: Int {
            switch self {
            case .float64(let values): values.count
            case .float32(let values): values.count
            case .int64(let values): values.count
            case .int32(let values): values.count
            case .uint8(let values): values.count
            }
        }

        /// The name of the type in the safetensors format.
        var typeName: String {
            switch self {
            case .float64: "F64"
            case .float32: "F32"
            case .int64: "I64"
            case .int32: "I32"
            case .uint8: "U8"
            }
        }

        static func byteCount(ofType name: String) -> Int? {
            switch name {
            case "F64", "I64": 8
            case "F32", "I32": 4
            case "U8": 1
            default: nil
            }
        }

        /// Calls `body` with the elements as they lie in memory.
        func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
            switch self {
            case .float64(let values): try values.withUnsafeBytes(body)
            case .float32(let values): try values.withUnsafeBytes(body)
            case .int64(let values): try values.withUnsafeBytes(body)
            case .int32(let values): try values.withUnsafeBytes(body)
            case .uint8(let values): try values.withUnsafeBytes(body)
            }
        }

        /// Copies elements of the named type out of `bytes`, whose length is a multiple of the type's.
        init?(typeName: String, bytes: UnsafeRawBufferPointer) {
            func copy<Element>(_ zero: Element) -> [Element] {
                let count = bytes.count / MemoryLayout<Element>.stride
                return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
                    UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
                    initialized = count
                }
            }
            switch typeName {
            case "F64": self = .float64(copy(0))
            case "F32": self = .float32(copy(0))
            case "I64": self = .int64(copy(0))
            case "I32": self = .int32(copy(0))
            case "U8": self = .uint8(copy(0))
            default: return nil
            }
        }
    }

    public var shape: [Int]
    public var elements: Elements

    init(shape: [Int], elements: Elements) {
        self.shape = shape
        self.elements = elements
    }
}
