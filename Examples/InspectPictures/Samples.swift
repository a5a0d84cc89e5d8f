import Foundation
import OutlierCore
import OutlierImages

/// Brushed plates, some with a scratch, and a small network of random weights: enough to see the whole way through.
enum Samples {
    static func write(to folder: String) throws {
        var random = RandomSource(seed: 5)
        for (part, count) in [("train/good", 12), ("test/good", 6), ("test/scratch", 6)] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
            for index in 0..<count {
                let plate = try plate(scratched: part.hasSuffix("scratch"), &random)
                try ImageWriter.writePNG(plate.image, to: "\(folder)/\(part)/\(index).png")
                if let mask = plate.mask {
                    try FileManager.default.createDirectory(
                        atPath: "\(folder)/ground_truth/scratch", withIntermediateDirectories: true)
                    try ImageWriter.writePNG(mask, to: "\(folder)/ground_truth/scratch/\(index)_mask.png")
                }
            }
        }
        try network(&random).write(to: URL(fileURLWithPath: folder + "/network.safetensors"))
    }

    private static func plate(
        scratched: Bool, _ random: inout RandomSource
    ) throws -> (image: RasterImage, mask: RasterImage?) {
        let size = 96
        var grey = (0..<size * size).map { place in
            130 + 12 * sin(Double(place / size) * 0.7) + 6 * random.normal()
        }
        var mask = [UInt8](repeating: 0, count: 3 * size * size)
        if scratched {
            let start = 20 + random.index(below: 40)
            for step in 0..<28 {
                for thickness in 0..<4 {
                    let place = (start + step / 2 + thickness) * size + 20 + step
                    grey[place] -= 70
                    for channel in 0..<3 { mask[3 * place + channel] = 255 }
                }
            }
        }
        let pixels = grey.flatMap { value in [UInt8](repeating: UInt8(max(0, min(255, value))), count: 3) }
        return (
            try RasterImage(width: size, height: size, pixels: pixels),
            scratched ? try RasterImage(width: size, height: size, pixels: mask) : nil
        )
    }

    /// A VGG of three convolutions as a safetensors file.
    private static func network(_ random: inout RandomSource) -> Data {
        var header: [String] = []
        var data = Data()
        func add(_ name: String, _ shape: [Int], _ values: [Float]) {
            let start = data.count
            for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
            header.append(
                #""\#(name)":{"dtype":"F32","shape":\#(shape),"data_offsets":[\#(start),\#(data.count)]}"#)
        }
        var inputs = 3
        for (index, outputs) in [(0, 16), (3, 24), (6, 32)] {
            let scale = (2.0 / Double(9 * inputs)).squareRoot()
            add(
                "features.\(index).weight", [outputs, inputs, 3, 3],
                (0..<outputs * inputs * 9).map { _ in Float(random.normal() * scale) })
            add("features.\(index).bias", [outputs], [Float](repeating: 0, count: outputs))
            inputs = outputs
        }
        let text = "{" + header.joined(separator: ",") + "}"
        var file = withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { Data($0) }
        file.append(contentsOf: Array(text.utf8))
        file.append(data)
        return file
    }
}
