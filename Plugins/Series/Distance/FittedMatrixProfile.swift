public import OutlierCore

/// What ``MatrixProfile`` learns: the training series that new windows are compared with.
public struct FittedMatrixProfile: FittedDetector, OrderReading {
    /// Points in a window.
    public let length: Int
    let neighbors: MatrixProfileNeighbors
    let scales: [ProfileScale]
    /// Channel × series × point.
    let channels: [[[Double]]]
    /// The score of points without a neighbour.
    let neutral: Double
    private let train: [[ProfileWindows]]

    public var featureCount: Int { channels.count }

    init(
        length: Int, neighbors: MatrixProfileNeighbors, scales: [ProfileScale], channels: [[[Double]]], neutral: Double
    ) {
        self.length = length
        self.neighbors = neighbors
        self.scales = scales
        self.channels = channels
        self.neutral = neutral
        train = zip(channels, scales).map { series, scale in
            series.filter { $0.count >= length }.map { ProfileWindows(scale.apply($0), length: length) }
        }
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let ranges = data.seriesRanges
        let correlations = try channels.indices.map { channel in
            try ranges.map { range -> [Double] in
                guard range.count >= length else { return [] }
                let windows = ProfileWindows(
                    scales[channel].apply(data.matrix.column(channel, in: range)), length: length)
                var best = [Double](repeating: ProfileWindows.none, count: windows.count)
                if neighbors == .past { best = try windows.selfJoin(onlyPast: true, execution: execution) }
                for other in train[channel] { try windows.join(other, into: &best, execution: execution) }
                return best
            }
        }
        return zip(ranges, ProfileDistances(correlations, length: length).bySeries)
            .flatMap { points($1, count: $0.count) }
    }

    /// The scores of the points of a series from the distances of its windows.
    func points(_ distances: [Double], count: Int) -> [Double] {
        let placement: WindowPlacement = neighbors == .past ? .last : .centre
        return placement.points(
            distances.map { $0.isNaN ? neutral : $0 }, length: length, count: count, neutral: neutral)
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(length, as: "length")
        archive.store(neighbors.rawValue, as: "neighbors")
        archive.store([neutral], as: "neutral")
        archive.store(scales.map(\.center), as: "centers")
        archive.store(scales.map(\.factor), as: "factors")
        archive.store(channels.first?.map(\.count) ?? [], as: "counts")
        archive.store(channels.flatMap { $0.flatMap { $0 } }, as: "values")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        guard let neighbors = MatrixProfileNeighbors(rawValue: try archive.string("neighbors")) else {
            throw OutlierError(.invalidModel, "the model's neighbours are not known to this version")
        }
        let centers = try archive.doubles("centers")
        let factors = try archive.doubles("factors", count: centers.count)
        let counts = try archive.integers("counts", in: 1...Int(Int32.max))
        let perChannel = counts.reduce(0, +)
        let values = try archive.doubles("values", count: perChannel * centers.count)
        let neutral = try archive.doubles("neutral", count: 1)
        guard !centers.isEmpty, (centers + factors + values + neutral).allSatisfy(\.isFinite) else {
            throw OutlierError(.invalidModel, "the model has no series, or values that are not finite")
        }
        var next = 0
        let channels = centers.map { _ in
            counts.map { count -> [Double] in
                defer { next += count }
                return Array(values[next..<next + count])
            }
        }
        self.init(
            length: try archive.integer("length", in: 3...Int(Int32.max)), neighbors: neighbors,
            scales: zip(centers, factors).map { ProfileScale(center: $0, factor: $1) }, channels: channels,
            neutral: neutral[0])
    }
}
