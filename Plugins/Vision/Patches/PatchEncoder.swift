public import OutlierCore
public import OutlierImages
public import OutlierNetworks

/// The features of a picture's places: rows × columns of places, a row of numbers for each.
public struct PatchRows: Sendable {
    public let rows: Int
    public let columns: Int
    /// Numbers for each place.
    public let width: Int
    /// Place after place, a row of the picture after the other.
    public let values: [Float]

    public var count: Int { rows * columns }

    /// - Parameter values: as many as the places have numbers.
    package init(rows: Int, columns: Int, width: Int, values: [Float]) {
        self.rows = rows
        self.columns = columns
        self.width = width
        self.values = values
    }
}

/// Makes rows out of pictures: a row for each place, of what the stages of a pretrained network say there.
///
/// A stage with fewer places is brought to those of the first one, bilinearly. With a neighbourhood, each number is the mean
/// over so many places around it, so that a place knows what surrounds it (Roth et al. 2022).
public struct PatchEncoder: Sendable {
    public let run: NetworkRun
    /// Places across of which a mean is taken: 1 for none, or an odd number.
    public let neighborhood: Int

    /// - Parameters:
    ///   - size: pixels across and down to which pictures are resized.
    ///   - stages: of the network, the finest first.
    /// - Throws: ``OutlierError`` where there is no such stage, or the size does not suit the network.
    public init(_ network: ImageNetwork, size: Int, stages: [String], neighborhood: Int) throws {
        guard neighborhood >= 1, neighborhood % 2 == 1, neighborhood <= 31 else {
            throw OutlierError(
                .invalidParameter, "the neighbourhood must be an odd number from 1 to 31, but \(neighborhood) was given"
            )
        }
        self.neighborhood = neighborhood
        run = try network.run(height: size, width: size, stages: stages)
    }

    /// Numbers of a row.
    public var width: Int { run.stages.reduce(0) { $0 + $1.channels } }

    /// The rows of one picture.
    public func rows(of image: RasterImage, execution: Execution = Execution()) throws -> PatchRows {
        let pixels = image.resized(height: run.height, width: run.width)
        var maps = try run.features(of: pixels, execution: execution)
        if neighborhood > 1 { maps = maps.map { PatchMeans.mean($0, over: neighborhood) } }
        guard let first = maps.first else { throw OutlierError(.invalidParameter, "no stage of the network was named") }
        let width = width
        var values = [Float](repeating: 0, count: first.height * first.width * width)
        var offset = 0
        for map in maps {
            let fitting = PatchMeans.resized(map, height: first.height, width: first.width)
            for place in 0..<first.height * first.width {
                let source = place * map.channels
                let target = place * width + offset
                for channel in 0..<map.channels { values[target + channel] = fitting.values[source + channel] }
            }
            offset += map.channels
        }
        return PatchRows(rows: first.height, columns: first.width, width: width, values: values)
    }
}

/// Means and sizes of maps of features.
enum PatchMeans {
    /// The mean over `size` × `size` places; what lies outside counts as zero, as in the reference implementation.
    static func mean(_ map: FeatureMap, over size: Int) -> FeatureMap {
        let reach = size / 2
        let channels = map.channels
        var across = [Float](repeating: 0, count: map.values.count)
        var result = across
        let factor = 1 / Float(size * size)
        for y in 0..<map.height {
            for x in 0..<map.width {
                let target = (y * map.width + x) * channels
                for near in max(0, x - reach)...min(map.width - 1, x + reach) {
                    let source = (y * map.width + near) * channels
                    for channel in 0..<channels { across[target + channel] += map.values[source + channel] }
                }
            }
        }
        for y in 0..<map.height {
            for near in max(0, y - reach)...min(map.height - 1, y + reach) {
                let target = y * map.width * channels
                let source = near * map.width * channels
                for index in 0..<map.width * channels { result[target + index] += across[source + index] * factor }
            }
        }
        return FeatureMap(height: map.height, width: map.width, channels: channels, values: result)
    }

    /// Bilinear, with the corners of pixels aligned as PyTorch's `align_corners=False` does it; no smoothing.
    static func resized(_ map: FeatureMap, height: Int, width: Int) -> FeatureMap {
        guard map.height != height || map.width != width else { return map }
        let channels = map.channels
        let down = taps(from: map.height, to: height)
        let across = taps(from: map.width, to: width)
        var values = [Float](repeating: 0, count: height * width * channels)
        for y in 0..<height {
            for x in 0..<width {
                let target = (y * width + x) * channels
                let top = down[y].first * map.width
                let bottom = down[y].second * map.width
                let corners = (
                    (top + across[x].first) * channels, (top + across[x].second) * channels,
                    (bottom + across[x].first) * channels, (bottom + across[x].second) * channels
                )
                let right = across[x].share
                let low = down[y].share
                for channel in 0..<channels {
                    let upper = map.values[corners.0 + channel] * (1 - right) + map.values[corners.1 + channel] * right
                    let lower = map.values[corners.2 + channel] * (1 - right) + map.values[corners.3 + channel] * right
                    values[target + channel] = upper * (1 - low) + lower * low
                }
            }
        }
        return FeatureMap(height: height, width: width, channels: channels, values: values)
    }

    private static func taps(from size: Int, to result: Int) -> [(first: Int, second: Int, share: Float)] {
        (0..<result).map { index in
            let place = max(0, (Double(index) + 0.5) * Double(size) / Double(result) - 0.5)
            let first = min(size - 1, Int(place))
            return (first, min(size - 1, first + 1), Float(place - Double(first)))
        }
    }
}
