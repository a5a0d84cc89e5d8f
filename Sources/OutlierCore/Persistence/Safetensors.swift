/// The safetensors format of Hugging Face: eight bytes that give the length of a JSON header, the header, then raw
/// tensors, little-endian. A checksum over all of it stands in the header's metadata.
enum Safetensors {
    static let formatName = "outlier-model"
    static let formatVersion = 1
    static let maximumHeaderLength = 100_000_000
    private static let checksumKey = "checksum"
    private static let checksumDigits = 16
    private static var checksumMarker: [UInt8] { Array("\"\(checksumKey)\": \"".utf8) }

    // MARK: Writing

    static func write(_ archive: ModelArchive, to path: String) throws {
        let file = try AtomicFile(path: path)
        try forEachPart(of: archive) { try file.write($0) }
        try file.commit()
    }

    /// How many archives a name leads through.
    private static func depth(_ name: String) -> Int { name.utf8.count { $0 == UInt8(ascii: "/") } }

    static func bytes(of archive: ModelArchive) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try forEachPart(of: archive) { bytes.append(contentsOf: $0) }
        return bytes
    }

    private static func forEachPart(of archive: ModelArchive, _ write: (UnsafeRawBufferPointer) throws -> Void) throws {
        // Wide elements first, so that every tensor is aligned for its type.
        func width(_ tensor: Tensor) -> Int { Tensor.Elements.byteCount(ofType: tensor.elements.typeName) ?? 1 }
        let deepest = archive.tensors.keys.lazy.map(depth).max() ?? 0
        guard max(deepest, archive.values.keys.lazy.map(depth).max() ?? 0) <= ModelArchive.maximumDepth else {
            throw OutlierError(
                .invalidConfiguration,
                "the model is nested too deeply to be saved: components within components, more than "
                    + "\(ModelArchive.maximumDepth) levels",
                suggestion: "Take out pipelines or ensembles that hold only one other.")
        }
        let tensors = archive.tensors.sorted { (width($1.value), $0.key) < (width($0.value), $1.key) }
        var metadata: [Value.Entry] = [
            Value.Entry("format", .string(formatName)),
            Value.Entry("format_version", .string(String(formatVersion))),
            Value.Entry(checksumKey, .string(String(repeating: "0", count: checksumDigits))),
        ]
        for (key, value) in archive.values.sorted(by: { $0.key < $1.key }) {
            metadata.append(Value.Entry("value:" + key, .string(value.json())))
        }
        var entries = [Value.Entry("__metadata__", .object(metadata))]
        var offset = 0
        for (name, tensor) in tensors {
            let end = offset + tensor.elements.count * width(tensor)
            entries.append(
                Value.Entry(
                    name,
                    .object([
                        Value.Entry("dtype", .string(tensor.elements.typeName)),
                        Value.Entry("shape", .array(tensor.shape.map(Value.integer))),
                        Value.Entry("data_offsets", .array([.integer(offset), .integer(end)])),
                    ])))
            offset = end
        }
        var header = Array(Value.object(entries).json().utf8)
        while header.count % 8 != 0 { header.append(0x20) }

        var crc = CRC64()
        header.withUnsafeBytes { crc.update($0) }
        for (_, tensor) in tensors { tensor.elements.withBytes { crc.update($0) } }
        guard let position = checksumPosition(in: header) else {
            throw OutlierError(.invalidModel, "the header has no place for the checksum")
        }
        header.replaceSubrange(position..<position + checksumDigits, with: hexadecimal(crc.value))

        try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try write($0) }
        try header.withUnsafeBytes { try write($0) }
        for (_, tensor) in tensors { try tensor.elements.withBytes { try write($0) } }
    }

    // MARK: Reading

    static func read(_ bytes: UnsafeRawBufferPointer) throws -> ModelArchive {
        guard bytes.count >= 8 else { throw damaged("it is shorter than the smallest model") }
        // The header, which is an object, begins here in every model, damaged or not.
        if bytes.count > 8, bytes[8] != UInt8(ascii: "{") { throw noModel }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(min(bytes.count - 8, maximumHeaderLength)) else {
            throw damaged("its header does not end within the file")
        }
        let header = UnsafeRawBufferPointer(rebasing: bytes[8..<8 + Int(length)])
        let data = UnsafeRawBufferPointer(rebasing: bytes[(8 + Int(length))...])
        let root: Value
        do {
            root = try Value(json: header)
        } catch let error as OutlierError {
            throw damaged("its header is \(error.message)")
        }
        guard let entries = root.entries, let metadata = root["__metadata__"]?.entries,
            root["__metadata__"]?["format"]?.string == formatName
        else {
            throw noModel
        }
        guard root["__metadata__"]?["format_version"]?.string == String(formatVersion) else {
            let version = root["__metadata__"]?["format_version"]?.string ?? "unknown"
            throw OutlierError(
                .invalidModel, "the model has the format version \(version), but this program reads \(formatVersion)",
                suggestion: "Read it with the version of Outlier that wrote it, or fit it again.")
        }
        try verifyChecksum(header: header, data: data)
        var values: [String: Value] = [:]
        for entry in metadata where entry.key.hasPrefix("value:") {
            guard let text = entry.value.string else { throw damaged("the value “\(entry.key)” is not text") }
            values[String(entry.key.dropFirst(6))] = try Value(json: text)
        }
        try checkLayout(entries, byteCount: data.count)
        var tensors: [String: Tensor] = [:]
        for entry in entries where entry.key != "__metadata__" {
            tensors[entry.key] = try tensor(entry.value, named: entry.key, in: data)
        }
        return ModelArchive(tensors: tensors, values: values, byteCount: bytes.count)
    }

    /// Tensors lie one behind the other, as the format has it: where they share bytes, a short file would fill the memory.
    private static func checkLayout(_ entries: [Value.Entry], byteCount: Int) throws {
        let places = entries.lazy.filter { $0.key != "__metadata__" }
            .compactMap { $0.value["data_offsets"]?.array?.compactMap(\.int) }.filter { $0.count == 2 }
            .sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
        var end = 0
        for place in places {
            guard place[0] == end, place[1] >= end, place[1] <= byteCount else {
                throw damaged("its tensors do not lie one behind the other")
            }
            end = place[1]
        }
    }

    private static func tensor(_ entry: Value, named name: String, in data: UnsafeRawBufferPointer) throws -> Tensor {
        guard let typeName = entry["dtype"]?.string, let width = Tensor.Elements.byteCount(ofType: typeName) else {
            throw damaged("the tensor “\(name)” has an unknown type")
        }
        guard let offsets = entry["data_offsets"]?.array?.compactMap(\.int), offsets.count == 2,
            0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= data.count
        else {
            throw damaged("the tensor “\(name)” does not lie within the file")
        }
        guard let shape = entry["shape"]?.array?.compactMap(\.int), shape.count == entry["shape"]?.array?.count else {
            throw damaged("the tensor “\(name)” has no shape")
        }
        var byteCount = width
        for length in shape {
            let (product, overflow) = byteCount.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow else { throw damaged("the tensor “\(name)” has an impossible shape") }
            byteCount = product
        }
        guard byteCount == offsets[1] - offsets[0],
            let elements = Tensor.Elements(
                typeName: typeName, bytes: UnsafeRawBufferPointer(rebasing: data[offsets[0]..<offsets[1]]))
        else {
            throw damaged("the shape of the tensor “\(name)” does not fit its length")
        }
        return Tensor(shape: shape, elements: elements)
    }

    private static func verifyChecksum(header: UnsafeRawBufferPointer, data: UnsafeRawBufferPointer) throws {
        var blank = Array(header)
        guard let position = checksumPosition(in: blank), position + checksumDigits <= blank.count else {
            throw damaged("its checksum is missing")
        }
        let written = Array(blank[position..<position + checksumDigits])
        let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: checksumDigits)
        blank.replaceSubrange(position..<position + checksumDigits, with: zeros)
        var crc = CRC64()
        blank.withUnsafeBytes { crc.update($0) }
        crc.update(data)
        guard written == hexadecimal(crc.value) else { throw damaged("its checksum does not fit its content") }
    }

    /// Where the digits of the checksum begin. The metadata come first in the header, before any text from outside.
    private static func checksumPosition(in header: [UInt8]) -> Int? {
        let marker = checksumMarker
        guard header.count >= marker.count else { return nil }
        for start in 0...min(header.count - marker.count, 512) where header[start...].starts(with: marker) {
            return start + marker.count
        }
        return nil
    }

    private static func hexadecimal(_ value: UInt64) -> [UInt8] {
        let text = String(value, radix: 16)
        return Array((String(repeating: "0", count: checksumDigits - text.count) + text).utf8)
    }

    private static var noModel: OutlierError {
        OutlierError(
            .invalidModel, "this is no model of Outlier",
            suggestion: "“outlier fit” makes one. The order of the arguments is MODEL DATA.")
    }

    private static func damaged(_ reason: String) -> OutlierError {
        OutlierError(
            .invalidModel, "the model file is damaged: \(reason)",
            suggestion: "Fit the model again, or restore the file.")
    }
}
