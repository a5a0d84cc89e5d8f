internal import CKernels
internal import Foundation
public import OutlierCore
public import OutlierImages
import OutlierNetworks

/// How far a picture's patches are from those of normal pictures.
///
/// The patches of the training pictures are thinned out to a coreset by greedy k-centre choice over a random projection. A patch
/// scores its distance to the nearest patch of the coreset; a picture scores that of its most distant patch, times one minus the
/// share that this neighbour has among its own `neighbors` nearest, by exponentials of distances: a patch near to one that is rare
/// itself is more anomalous.
///
/// K. Roth, L. Pemula, J. Zepeda, B. Schölkopf, T. Brox, P. Gehler: Towards total recall in industrial anomaly detection (2022).
///
/// For n training pictures of p patches and a coreset of c rows of d numbers a fit takes O(n p c) steps over the projection, and
/// 4 n p (d + 64) bytes; scoring a picture takes O(p c d).
public struct PatchCore: Sendable {
    /// The share of the training patches that is kept.
    public var coreset: Double
    /// The most patches that are kept, whatever the share.
    public var coresetLimit: Int
    /// How many neighbours of the nearest patch weight a picture's score; 1 for no weighting.
    public var neighbors: Int
    /// Dimensions in which the coreset is chosen.
    public var projection: Int

    public init(coreset: Double = 0.01, coresetLimit: Int = 20_000, neighbors: Int = 9, projection: Int = 64) {
        self.coreset = coreset
        self.coresetLimit = coresetLimit
        self.neighbors = neighbors
        self.projection = projection
    }

    /// Learns what patches of normal pictures are like.
    ///
    /// - Throws: ``OutlierError/Code/notEnoughRows`` where there is no picture, ``OutlierError/Code/invalidParameter``,
    ///   ``OutlierError/Code/shapeMismatch`` where the patches need more memory than there is.
    public func fit(
        _ images: [RasterImage], encoder: PatchEncoder, context: FitContext = FitContext()
    ) throws -> FittedPatchCore {
        try fit(count: images.count, encoder: encoder, context: context) { images[$0] }
    }

    /// Learns from pictures that are made one at a time, for instance read from files.
    public func fit(
        count: Int, encoder: PatchEncoder, context: FitContext = FitContext(),
        image: @Sendable (Int) throws -> RasterImage
    ) throws -> FittedPatchCore {
        try validate()
        guard count > 0 else { throw OutlierError(.notEnoughRows, "there is no picture to learn from") }
        let width = encoder.width
        let first = try encoder.rows(of: image(0), execution: context.execution)
        let total = Double(first.count) * Double(count) * 4 * Double(width + projection)
        guard total < 0.8 * MachineMemory.limit else {
            throw OutlierError(
                .shapeMismatch,
                "the patches of \(count) pictures need \(Int(total / 1_073_741_824) + 1) GiB",
                suggestion: "Choose a smaller size, fewer stages or fewer pictures.")
        }
        let perImage = first.count * width
        var patches = [Float](repeating: 0, count: count * perImage)
        try patches.withUnsafeMutableBufferPointer { buffer in
            let shared = SharedBuffer(buffer)
            let single = Execution(threads: 1, cancellation: context.execution.cancellation)
            try context.execution.forEach(count) { index in
                let rows = index == 0 ? first : try encoder.rows(of: image(index), execution: single)
                for place in 0..<perImage { shared.buffer[index * perImage + place] = rows.values[place] }
            }
        }
        context.report(0.5, stage: "patches")
        return try fit(patches: patches, count: count * first.count, width: width, context: context)
    }

    /// Learns from patches, count × width.
    func fit(patches: [Float], count: Int, width: Int, context: FitContext) throws -> FittedPatchCore {
        let kept = try choose(from: patches, count: count, width: width, context: context)
        var bank = [Float](repeating: 0, count: kept.count * width)
        for (place, row) in kept.enumerated() {
            for column in 0..<width { bank[place * width + column] = patches[row * width + column] }
        }
        return FittedPatchCore(bank: bank, width: width, neighbors: neighbors)
    }

    /// Rows of the coreset.
    private func choose(from patches: [Float], count: Int, width: Int, context: FitContext) throws -> [Int] {
        let wanted = min(count, coresetLimit, max(1, Int(Double(count) * coreset)))
        var random = context.random()
        if wanted == count { return Array(0..<count) }
        let dimensions = min(projection, width)
        let isProjected = dimensions < width
        var points = patches
        if isProjected {
            let scale = 1 / Double(dimensions).squareRoot()
            let directions = (0..<width * dimensions).map { _ in Float(random.normal() * scale) }
            points = [Float](repeating: 0, count: count * dimensions)
            try points.withUnsafeMutableBufferPointer { buffer in
                let shared = SharedBuffer(buffer)
                try context.execution.forEachBlock(of: count, size: 4096) { range in
                    FloatRows.product(
                        patches, rows: range, depth: width, directions, width: dimensions,
                        into: UnsafeMutableBufferPointer(
                            rebasing: shared.buffer[range.lowerBound * dimensions..<range.upperBound * dimensions]))
                }
            }
        }
        var nearest = [Float](repeating: .infinity, count: count)
        var chosen = [random.index(below: count)]
        let block = (count + 15) / 16
        while true {
            let center = chosen[chosen.count - 1]
            let farthest = Guarded<[Int]>([])
            try nearest.withUnsafeMutableBufferPointer { buffer in
                let shared = SharedBuffer(buffer)
                try points.withUnsafeBufferPointer { rows in
                    let rows = SharedReadBuffer(rows)
                    try context.execution.forEachBlock(of: count, size: block) { range in
                        guard let base = rows.buffer.baseAddress, let target = shared.buffer.baseAddress else { return }
                        let place = outlier_coreset_step(
                            base, range.lowerBound, range.upperBound, dimensions, base + center * dimensions, target)
                        farthest.withLock { $0.append(place) }
                    }
                }
            }
            if chosen.count == wanted { return chosen }
            // In order of place, so that ties are decided alike on any number of threads.
            let next = farthest.withLock { $0.sorted() }.max { nearest[$0] < nearest[$1] } ?? 0
            guard nearest[next] > 0 else { return chosen }
            chosen.append(next)
            if chosen.count % 64 == 0 {
                context.report(0.5 + 0.5 * Double(chosen.count) / Double(wanted), stage: "coreset")
            }
        }
    }
}

/// What ``PatchCore`` learns: the coreset.
public struct FittedPatchCore: Sendable {
    /// Rows × width.
    let bank: [Float]
    let width: Int
    let neighbors: Int
    /// The bank with rows and columns exchanged, and half the squared length of each row.
    private let columns: [Float]
    private let halves: [Float]

    /// Patches that are kept.
    public var count: Int { halves.count }

    init(bank: [Float], width: Int, neighbors: Int) {
        self.bank = bank
        self.width = width
        self.neighbors = neighbors
        let count = width == 0 ? 0 : bank.count / width
        var columns = [Float](repeating: 0, count: bank.count)
        outlier_transpose_floats(bank, count, width, &columns)
        self.columns = columns
        halves = (0..<count).map { row in
            var sum = 0.0
            for column in row * width..<(row + 1) * width { sum += Double(bank[column]) * Double(bank[column]) }
            return Float(-sum / 2)
        }
    }

    /// The score of a picture and of each of its places.
    public func score(_ rows: PatchRows) throws -> (score: Double, map: HeatMap) {
        guard rows.width == width, count > 0 else {
            throw OutlierError(
                .shapeMismatch, "the patches have \(rows.width) numbers, but the model was fitted on \(width)")
        }
        let nearest = FloatRows.nearest(rows.values, count: rows.count, width: width, columns, halves)
        var distances = [Float](repeating: 0, count: rows.count)
        for row in 0..<rows.count {
            distances[row] = Float(distance(rows.values, row, to: nearest[row]))
        }
        let map = HeatMap(height: rows.rows, width: rows.columns, values: distances)
        guard let farthest = distances.indices.max(by: { distances[$0] < distances[$1] }) else { return (0, map) }
        let largest = Double(distances[farthest])
        guard neighbors > 1, count > 1 else { return (largest, map) }
        let own = nearest[farthest]
        let around = (0..<count).map { (distance(bank, own, to: $0), $0) }.sorted { $0 < $1 }.prefix(neighbors)
        let far = around.map { distance(rows.values, farthest, to: $0.1) }
        // The share of the nearest, without overflow.
        let top = far.max() ?? 0
        let share = exp(largest - top) / far.reduce(0) { $0 + exp($1 - top) }
        return ((1 - share) * largest, map)
    }

    private func distance(_ values: [Float], _ row: Int, to other: Int) -> Double {
        var sum = 0.0
        for column in 0..<width {
            let difference = Double(values[row * width + column] - bank[other * width + column])
            sum += difference * difference
        }
        return sum.squareRoot()
    }
}
