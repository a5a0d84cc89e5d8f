import OutlierCore

/// How well maps find the places of defects.
public struct PixelMeasures: Sendable {
    /// The area under the ROC curve over all pixels of all pictures.
    public let rocAUC: Double
    /// The area under the per-region overlap curve, up to a false-positive rate of 0.3, divided by 0.3.
    ///
    /// P. Bergmann, M. Fauser, D. Sattlegger, C. Steger: MVTec AD (2019). Each connected region of a mask, pixels that touch at a
    /// corner included, counts alike, however large it is.
    public let regionOverlap: Double

    /// - Parameters:
    ///   - maps: how anomalous each pixel is.
    ///   - masks: which pixels are anomalous, for each map, row after row.
    ///   - limit: the false-positive rate up to which the overlap counts.
    /// - Throws: ``OutlierError/Code/shapeMismatch`` where a mask has another size, ``OutlierError/Code/undefinedMetric`` where no
    ///   pixel or every pixel is anomalous.
    public init(maps: [HeatMap], masks: [[Bool]], limit: Double = 0.3) throws {
        guard maps.count == masks.count, zip(maps, masks).allSatisfy({ $0.values.count == $1.count }) else {
            throw OutlierError(.shapeMismatch, "there must be a mask of its size for each map")
        }
        let total = maps.reduce(0) { $0 + $1.values.count }
        // Each pixel: its score and what it adds to the overlap, 0 for one that is normal.
        var pixels: [(score: Float, share: Float)] = []
        pixels.reserveCapacity(total)
        var regions = 0
        for (map, mask) in zip(maps, masks) {
            let (numbers, sizes) = Self.regions(mask, width: map.width)
            regions += sizes.count
            for index in map.values.indices {
                pixels.append((map.values[index], mask[index] ? 1 / Float(sizes[numbers[index]]) : 0))
            }
        }
        let anomalous = pixels.count { $0.share > 0 }
        let normal = total - anomalous
        guard anomalous > 0, normal > 0 else {
            throw OutlierError(
                .undefinedMetric,
                "\(anomalous == 0 ? "no" : "every") pixel is anomalous, so there is nothing to tell apart")
        }
        pixels.sort { $0.score > $1.score }
        var found = 0.0
        var wrong = 0.0
        var overlap = 0.0
        var area = 0.0
        var overlapArea = 0.0
        var index = 0
        while index < pixels.count {
            let score = pixels[index].score
            var newFound = 0.0
            var newFalse = 0.0
            var newOverlap = 0.0
            while index < pixels.count, pixels[index].score == score {
                if pixels[index].share > 0 {
                    newFound += 1
                    newOverlap += Double(pixels[index].share)
                } else {
                    newFalse += 1
                }
                index += 1
            }
            let before = wrong / Double(normal)
            let after = (wrong + newFalse) / Double(normal)
            area += (after - before) * (found + newFound / 2) / Double(anomalous)
            if before < limit, after > before {
                let end = min(after, limit)
                let atEnd = overlap + newOverlap * (end - before) / (after - before)
                overlapArea += (end - before) * (overlap + atEnd) / 2 / Double(regions)
            }
            found += newFound
            wrong += newFalse
            overlap += newOverlap
        }
        rocAUC = area
        regionOverlap = overlapArea / limit
    }

    /// The number of the region of each pixel, and how many pixels each region has.
    static func regions(_ mask: [Bool], width: Int) -> (numbers: [Int], sizes: [Int]) {
        var numbers = [Int](repeating: -1, count: mask.count)
        var sizes: [Int] = []
        let height = width == 0 ? 0 : mask.count / width
        var open: [Int] = []
        for start in mask.indices where mask[start] && numbers[start] < 0 {
            numbers[start] = sizes.count
            open.append(start)
            var size = 0
            while let pixel = open.popLast() {
                size += 1
                let (y, x) = (pixel / width, pixel % width)
                for near in max(0, y - 1)...min(height - 1, y + 1) {
                    for across in max(0, x - 1)...min(width - 1, x + 1) {
                        let other = near * width + across
                        if mask[other] && numbers[other] < 0 {
                            numbers[other] = sizes.count
                            open.append(other)
                        }
                    }
                }
            }
            sizes.append(size)
        }
        return (numbers, sizes)
    }
}
