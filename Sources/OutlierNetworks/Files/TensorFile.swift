import Foundation
internal import OutlierCore

/// The tensors of a safetensors file of another program: Hugging Face's, timm's or torchvision's weights.
///
/// Opening a file runs no code out of it. Every length is checked before it is used, and tensors are read when they are asked for.
public struct TensorFile: Sendable {
    /// One tensor of the file.
    struct Entry: Sendable {
        let type: String
        let shape: [Int]
        let bytes: Range<Int>
    }

    let entries: [String: Entry]
    /// What the file says of itself, text by text: its format, and the licence where it names one.
    public let metadata: [String: String]
    private let data: Data
    private let path: String
    /// A header of more bytes is no header.
    private static let longestHeader = 100_000_000

    /// Opens a file, or `model.safetensors` of a folder.
    ///
    /// - Throws: ``OutlierError/Code/inputOutput`` where it cannot be read, ``OutlierError/Code/invalidModel`` where it is no
    ///   safetensors file or is damaged.
    public init(contentsOf path: String) throws {
        var place = path
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            place = (path as NSString).appendingPathComponent("model.safetensors")
        }
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: place), options: .mappedIfSafe)
        } catch {
            throw OutlierError(
                .inputOutput, "the network “\(place)” cannot be read",
                suggestion: "Name a safetensors file, or a folder with model.safetensors.")
        }
        self.path = place
        func damaged(_ reason: String) -> OutlierError {
            OutlierError(
                .invalidModel, "“\(place)” is no usable safetensors file: \(reason)",
                suggestion: "Download it again. Weights in a .pth or .bin file must be converted first.")
        }
        guard data.count > 8 else { throw damaged("it is shorter than the smallest one") }
        let length = data.prefix(8).enumerated().reduce(UInt64(0)) {
            $0 | UInt64($1.element) << (8 * UInt64($1.offset))
        }
        guard length <= UInt64(min(data.count - 8, Self.longestHeader)), data[8] == UInt8(ascii: "{") else {
            throw damaged("it has no header")
        }
        let start = 8 + Int(length)
        let root: Value
        do {
            root = try Value(json: data[8..<start])
        } catch let error as OutlierError {
            throw damaged("its header is \(error.message)")
        }
        var entries: [String: Entry] = [:]
        var metadata: [String: String] = [:]
        for item in root.entries ?? [] {
            if item.key == "__metadata__" {
                for text in item.value.entries ?? [] { metadata[text.key] = text.value.string }
                continue
            }
            guard let type = item.value["dtype"]?.string,
                let shape = item.value["shape"]?.array?.compactMap(\.int),
                shape.count == item.value["shape"]?.array?.count,
                let offsets = item.value["data_offsets"]?.array?.compactMap(\.int), offsets.count == 2,
                0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= data.count - start
            else { throw damaged("the tensor “\(item.key)” does not lie within the file") }
            if let width = Self.width(of: type) {
                var count = width
                for extent in shape {
                    let (product, overflow) = count.multipliedReportingOverflow(by: extent)
                    guard extent >= 0, !overflow else { throw damaged("the shape of “\(item.key)” is impossible") }
                    count = product
                }
                guard count == offsets[1] - offsets[0] else {
                    throw damaged("the shape of the tensor “\(item.key)” does not fit its length")
                }
            }
            entries[item.key] = Entry(type: type, shape: shape, bytes: start + offsets[0]..<start + offsets[1])
        }
        guard !entries.isEmpty else { throw damaged("it has no tensors") }
        self.entries = entries
        self.metadata = metadata
    }

    /// The names of the tensors, sorted.
    public var names: [String] { entries.keys.sorted() }

    public func contains(_ name: String) -> Bool { entries[name] != nil }

    /// The extents of a tensor, or `nil` where there is none of that name.
    public func shape(_ name: String) -> [Int]? { entries[name]?.shape }

    /// The elements of a tensor, row-major; half-precision numbers are widened.
    ///
    /// - Parameter shape: what its shape must be.
    /// - Throws: ``OutlierError/Code/invalidModel`` where it is missing, has another shape or type, or holds a number that is not
    ///   finite.
    public func floats(_ name: String, shape expected: [Int]? = nil) throws -> [Float] {
        guard let entry = entries[name] else {
            throw OutlierError(.invalidModel, "the network “\(path)” has no tensor “\(name)”")
        }
        if let expected, expected != entry.shape {
            throw OutlierError(
                .invalidModel,
                "the tensor “\(name)” of “\(path)” is \(Self.text(entry.shape)), but \(Self.text(expected)) was expected"
            )
        }
        let count = entry.shape.reduce(1, *)
        let values: [Float]
        switch entry.type {
        case "F32": values = copy(entry, count, UInt32.self) { Float(bitPattern: $0) }
        case "F64": values = copy(entry, count, UInt64.self) { Float(Double(bitPattern: $0)) }
        case "BF16": values = copy(entry, count, UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
        case "F16": values = copy(entry, count, UInt16.self, Self.widened)
        default:
            throw OutlierError(
                .invalidModel,
                "the tensor “\(name)” of “\(path)” has the type \(entry.type), but F32, F16 or BF16 was expected"
            )
        }
        guard values.allSatisfy(\.isFinite) else {
            throw OutlierError(.invalidModel, "the tensor “\(name)” of “\(path)” holds numbers that are not finite")
        }
        return values
    }

    private func copy<Bits: FixedWidthInteger>(
        _ entry: Entry, _ count: Int, _ type: Bits.Type, _ make: (Bits) -> Float
    ) -> [Float] {
        data.withUnsafeBytes { bytes in
            (0..<count).map { index in
                let offset = entry.bytes.lowerBound + index * MemoryLayout<Bits>.size
                return make(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Bits.self)))
            }
        }
    }

    /// A half-precision number from its bits.
    static func widened(_ bits: UInt16) -> Float {
        let sign: Float = bits & 0x8000 == 0 ? 1 : -1
        let exponent = Int(bits >> 10 & 31)
        let fraction = Float(bits & 1023)
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
        }
    }

    private static func width(of type: String) -> Int? {
        switch type {
        case "F64", "I64", "U64": 8
        case "F32", "I32", "U32": 4
        case "F16", "BF16", "I16", "U16": 2
        case "U8", "I8", "BOOL": 1
        default: nil
        }
    }

    static func text(_ shape: [Int]) -> String {
        shape.isEmpty ? "a single number" : shape.map(String.init).joined(separator: " × ")
    }
}
