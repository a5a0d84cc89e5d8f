import Foundation
import OutlierCore
import OutlierImages
import Testing

@Suite struct ResizingTests {
    /// The picture of `Fixtures/make_networks.py`.
    private func picture() throws -> RasterImage {
        var pixels: [UInt8] = []
        for y in 0..<37 {
            for x in 0..<53 {
                pixels += [(x * 7 + y * 3) % 256, (x * x + y) % 256, (x * y * 5) % 256].map(UInt8.init)
            }
        }
        return try RasterImage(width: 53, height: 37, pixels: pixels)
    }

    /// Tensors of a safetensors file, the small way.
    private func tensors() throws -> [String: (shape: [Int], bytes: Data)] {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/networks/resizing.safetensors")
        let data = try Data(contentsOf: path)
        let length = Int(data.prefix(8).enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * $1.offset) })
        let header = try Value(json: data[8..<8 + length])
        var result: [String: (shape: [Int], bytes: Data)] = [:]
        for entry in header.entries ?? [] where entry.key != "__metadata__" {
            let offsets = (entry.value["data_offsets"]?.array ?? []).compactMap(\.int)
            let shape = (entry.value["shape"]?.array ?? []).compactMap(\.int)
            result[entry.key] = (shape, data[8 + length + offsets[0]..<8 + length + offsets[1]])
        }
        return result
    }

    @Test func agreesWithPillowAndTorchvision() throws {
        let picture = try picture()
        let all = try tensors()
        #expect(all.count == 10)
        for (name, tensor) in all {
            let result = picture.resized(height: tensor.shape[0], width: tensor.shape[1])
            if name.hasPrefix("pillow") {
                let expected = tensor.bytes.map { Float($0) / 255 }
                let difference = zip(expected, result).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
                // Pillow rounds after each direction.
                #expect(difference <= 1.01 / 255, "\(name): \(difference * 255) / 255")
            } else {
                let expected = [UInt8](tensor.bytes).withUnsafeBytes { bytes in
                    (0..<bytes.count / 4).map {
                        Float(
                            bitPattern: UInt32(
                                littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
                    }
                }
                let difference = zip(expected, result).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
                #expect(difference <= 2e-6, "\(name): \(difference)")
            }
        }
    }
}
