internal import Foundation
internal import OutlierCore
public import OutlierImages
internal import OutlierNetworks

/// How anomalous each place of a picture is.
public struct HeatMap: Sendable {
    public let height: Int
    public let width: Int
    /// Row after row; the higher, the more anomalous.
    public let values: [Float]

    public init(height: Int, width: Int, values: [Float]) {
        self.height = height
        self.width = width
        self.values = values
    }

    /// The map in another size, bilinearly.
    public func resized(height newHeight: Int, width newWidth: Int) -> HeatMap {
        let map = FeatureMap(height: height, width: width, channels: 1, values: values)
        return HeatMap(
            height: newHeight, width: newWidth,
            values: PatchMeans.resized(map, height: newHeight, width: newWidth).values)
    }

    /// The map, smoothed by a Gaussian of this standard deviation in pixels, cut off at four of them; edges are reflected, as
    /// SciPy does it.
    public func smoothed(by deviation: Double) -> HeatMap {
        guard deviation > 0 else { return self }
        let reach = Int(4 * deviation + 0.5)
        let raw = (-reach...reach).map { exp(-0.5 * Double($0 * $0) / (deviation * deviation)) }
        let sum = raw.reduce(0, +)
        let weights = raw.map { Float($0 / sum) }
        func reflected(_ place: Int, _ size: Int) -> Int {
            let period = 2 * size
            let inside = ((place % period) + period) % period
            return inside < size ? inside : period - 1 - inside
        }
        var down = [Float](repeating: 0, count: values.count)
        for y in 0..<height {
            for tap in weights.indices {
                let source = reflected(y + tap - reach, height) * width
                for x in 0..<width { down[y * width + x] += weights[tap] * values[source + x] }
            }
        }
        var result = [Float](repeating: 0, count: values.count)
        let sources = (-reach..<width + reach).map { reflected($0, width) }
        for y in 0..<height {
            for x in 0..<width {
                var value: Float = 0
                for tap in weights.indices { value += weights[tap] * down[y * width + sources[x + tap]] }
                result[y * width + x] = value
            }
        }
        return HeatMap(height: height, width: width, values: result)
    }

    /// The picture with the map over it, from blue to red between `low` and `high`.
    public func overlay(on image: RasterImage, low: Float, high: Float) throws -> RasterImage {
        let map = resized(height: image.height, width: image.width)
        let span = max(high - low, .leastNormalMagnitude)
        var pixels = image.pixels
        for place in map.values.indices {
            let level = max(0, min(1, (map.values[place] - low) / span))
            // Blue, cyan, yellow, red.
            let color = [
                max(0, min(1, 1.5 - abs(4 * level - 3))), max(0, min(1, 1.5 - abs(4 * level - 2))),
                max(0, min(1, 1.5 - abs(4 * level - 1))),
            ]
            for channel in 0..<3 {
                let mixed = 0.55 * Float(pixels[3 * place + channel]) + 0.45 * 255 * color[channel]
                pixels[3 * place + channel] = UInt8(max(0, min(255, mixed)))
            }
        }
        return try RasterImage(width: image.width, height: image.height, pixels: pixels)
    }
}
