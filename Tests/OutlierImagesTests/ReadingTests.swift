import Foundation
import OutlierCore
import OutlierImages
import Testing

@Suite struct ReadingTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/pictures")

    @Test func agreesWithPillow() throws {
        let expected = try Value(
            json: String(contentsOf: Self.folder.appendingPathComponent("pixels.json"), encoding: .utf8))
        let entries = expected.entries ?? []
        #expect(entries.count == 17)
        for entry in entries {
            let image = try RasterImage(contentsOf: Self.folder.appendingPathComponent(entry.key).path)
            #expect(image.width == entry.value["width"]?.int, "\(entry.key)")
            #expect(image.height == entry.value["height"]?.int, "\(entry.key)")
            let pixels = (entry.value["pixels"]?.array ?? []).compactMap(\.int)
            #expect(pixels.count == image.pixels.count, "\(entry.key)")
            let difference = zip(pixels, image.pixels).reduce(0) { max($0, abs($1.0 - Int($1.1))) }
            // Two decoders of JPEG may round differently.
            #expect(difference <= (entry.key.hasSuffix(".png") ? 0 : 2), "\(entry.key): \(difference)")
        }
    }

    /// Every cut, and many flipped bits, give a picture or an error.
    @Test(arguments: [
        "color.png", "deep.png", "palette.png", "color.jpg", "progressive.jpg", "cmyk.jpg", "orientation-6.jpg",
    ])
    func damagedPictures(_ name: String) throws {
        let whole = [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent(name)))
        for length in 0..<whole.count - 12 {
            #expect(throws: OutlierError.self, "\(name) cut to \(length)") {
                try RasterImage(bytes: Array(whole[..<length]))
            }
        }
        for place in whole.indices {
            var bytes = whole
            bytes[place] ^= 0x5A
            do {
                let image = try RasterImage(bytes: bytes, pixelLimit: 1_000_000)
                #expect(image.pixels.count == image.width * image.height * 3)
            } catch is OutlierError {}
        }
    }

    @Test func hostilePictures() throws {
        // A PNG that claims 30,000 × 30,000 pixels.
        var bytes = [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent("color.png")))
        bytes.replaceSubrange(16..<24, with: [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30])
        #expect(throws: OutlierError.self) { try RasterImage(bytes: bytes) }
        // A picture beyond the limit that is given.
        let path = Self.folder.appendingPathComponent("color.jpg").path
        do {
            _ = try RasterImage(contentsOf: path, pixelLimit: 100)
            Issue.record("too many pixels were read")
        } catch let error as OutlierError {
            #expect(error.code == .malformedFile)
            #expect(error.message.contains("14 × 9"), "\(error.message)")
        }
        #expect(throws: OutlierError.self) { try RasterImage(bytes: []) }
        #expect(throws: OutlierError.self) { try RasterImage(bytes: Array("RIFF....WEBP".utf8)) }
        #expect(throws: OutlierError.self) { try RasterImage(contentsOf: Self.folder.path) }
        #expect(throws: OutlierError.self) { try RasterImage(width: 2, height: 2, pixels: [1]) }
        #expect(throws: OutlierError.self) { try RasterImage(width: .max, height: 2, pixels: []) }
    }

    @Test func writtenPicturesAreReadAgain() throws {
        let folder = NSTemporaryDirectory() + "/pictures-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let image = try RasterImage(contentsOf: Self.folder.appendingPathComponent("color.png").path)
        try ImageWriter.writePNG(image, to: folder + "/a.png")
        #expect(try RasterImage(contentsOf: folder + "/a.png").pixels == image.pixels)
        try ImageWriter.writePNG([0, 257, 65_535, 32_896], width: 2, height: 2, to: folder + "/b.png")
        let deep = try RasterImage(contentsOf: folder + "/b.png")
        #expect(deep.pixels == [0, 0, 0, 1, 1, 1, 255, 255, 255, 128, 128, 128])
        try ImageWriter.writeNPY([1, 2, 3, 4, 5, 6], shape: [2, 3], to: folder + "/c.npy")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/c.npy"))
        #expect(bytes.count == 128 + 24 || bytes.count == 64 + 24)
        #expect((bytes.count - 24) % 64 == 0)
    }
}
