import CKernels
public import OutlierCore

/// Sets of spheres that were drawn around samples of rows.
public struct FittedIsolatingNeighborEnsemble: FittedDetector {
    public let featureCount: Int
    /// The number of sets of spheres.
    public let setCount: Int
    /// How many spheres each set has.
    public let sampleSize: Int

    private let scale: Double
    /// The spheres of all sets in panels, as the kernel reads them.
    private let centers: [Double]
    private let squaredRadii: [Double]
    private let scores: [Double]

    /// - Throws: ``OutlierError/Code/invalidModel`` where the sets are none, or not of `size` spheres each.
    init(sets: [SphereSet], size: Int, featureCount: Int, scale: Double) throws {
        let lanes = Int(OUTLIER_SPHERE_LANES)
        let panels = (size + lanes - 1) / lanes
        guard !sets.isEmpty, featureCount > 0, size > 0, scale.isFinite, scale > 0 else {
            throw FittedIsolatingNeighborEnsemble.damaged
        }
        var centers: [Double] = []
        var squaredRadii: [Double] = []
        var scores: [Double] = []
        for set in sets {
            guard set.squaredRadii.count == size, set.scores.count == size, set.centers.count == size * featureCount,
                set.squaredRadii.allSatisfy({ $0 >= 0 }), set.scores.allSatisfy(\.isFinite)
            else { throw FittedIsolatingNeighborEnsemble.damaged }
            for panel in 0..<panels {
                let members = panel * lanes..<(panel + 1) * lanes
                for column in 0..<featureCount {
                    centers += members.map { $0 < size ? set.centers[$0 * featureCount + column] : 0 }
                }
                squaredRadii += members.map { $0 < size ? set.squaredRadii[$0] : -1 }
                scores += members.map { $0 < size ? set.scores[$0] : 0 }
            }
        }
        self.featureCount = featureCount
        setCount = sets.count
        sampleSize = size
        self.scale = scale
        self.centers = centers
        self.squaredRadii = squaredRadii
        self.scores = scores
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        try data.matrix.withUnsafeBufferPointer { values in
            try centers.withUnsafeBufferPointer { centers in
                try squaredRadii.withUnsafeBufferPointer { radii in
                    try scores.withUnsafeBufferPointer { scores in
                        try computeScores(
                            SharedReadBuffer(values), count: data.rowCount, SharedReadBuffer(centers),
                            SharedReadBuffer(radii), SharedReadBuffer(scores), execution: execution)
                    }
                }
            }
        }
    }

    private func computeScores(
        _ values: SharedReadBuffer<Double>, count: Int, _ centers: SharedReadBuffer<Double>,
        _ radii: SharedReadBuffer<Double>, _ scores: SharedReadBuffer<Double>, execution: Execution
    ) throws -> [Double] {
        let width = featureCount
        let perSet = radii.buffer.count / setCount
        let panels = perSet / Int(OUTLIER_SPHERE_LANES)
        let block = max(16, min(512, 16_384 / width))
        return try execution.map(count, blockSize: block) { rows, sums in
            guard let values = values.buffer.baseAddress, let centers = centers.buffer.baseAddress,
                let radii = radii.buffer.baseAddress, let scores = scores.buffer.baseAddress,
                let target = sums.baseAddress
            else { return }
            for set in 0..<setCount {
                let spheres = outlier_sphere_set(
                    centers: centers + set * perSet * width, squared_radii: radii + set * perSet,
                    scores: scores + set * perSet, panels: panels)
                outlier_spheres_add_scores(
                    spheres, values + rows.lowerBound * width, rows.count, width, scale, target)
            }
            for row in sums.indices { sums[row] /= Double(setCount) }
        }
    }

    /// Where in the panels each sphere lies, without those that fill a panel up.
    private var places: [(sphere: Int, center: Int, stride: Int)] {
        let lanes = Int(OUTLIER_SPHERE_LANES)
        let perSet = squaredRadii.count / setCount
        return (0..<setCount).flatMap { set in
            (0..<sampleSize).map { member in
                let sphere = set * perSet + member
                return (sphere, (sphere / lanes) * lanes * featureCount + sphere % lanes, lanes)
            }
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(featureCount, as: "feature-count")
        archive.store(sampleSize, as: "sample-size")
        archive.store([scale], as: "scale")
        let places = places
        archive.store(
            places.flatMap { place in (0..<featureCount).map { centers[place.center + $0 * place.stride] } },
            as: "centers")
        archive.store(places.map { squaredRadii[$0.sphere] }, as: "squared-radii")
        archive.store(places.map { scores[$0.sphere] }, as: "scores")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let featureCount = try archive.columnCount("feature-count")
        let size = try archive.integer("sample-size", in: 1...Int(Int32.max))
        let scale = try archive.doubles("scale", count: 1)[0]
        let radii = try archive.doubles("squared-radii")
        let scores = try archive.doubles("scores", count: radii.count)
        let (values, overflow) = radii.count.multipliedReportingOverflow(by: featureCount)
        guard !overflow, radii.count % size == 0 else { throw FittedIsolatingNeighborEnsemble.damaged }
        let centers = try archive.doubles("centers", count: values)
        let sets = stride(from: 0, to: radii.count, by: size).map { first in
            var set = SphereSet()
            set.centers = Array(centers[first * featureCount..<(first + size) * featureCount])
            set.squaredRadii = Array(radii[first..<first + size])
            set.scores = Array(scores[first..<first + size])
            return set
        }
        try self.init(sets: sets, size: size, featureCount: featureCount, scale: scale)
    }

    private static var damaged: OutlierError { OutlierError(.invalidModel, "the spheres do not make whole sets") }
}
