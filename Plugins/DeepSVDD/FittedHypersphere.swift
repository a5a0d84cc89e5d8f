internal import Neural
public import OutlierCore

/// A network and the centre that it draws normal rows to.
public struct FittedHypersphere: FittedDetector {
    private let scale: ColumnScale
    private let network: Network
    private let center: [Double]
    /// The squared radius that the soft boundary found; 0 without one. It is subtracted from the scores.
    public let squaredRadius: Double

    private static let blockRows = 8_192

    public var featureCount: Int { scale.width }
    /// How many numbers the network gives for a row.
    public var outputCount: Int { center.count }

    init(scale: ColumnScale, network: Network, center: [Double], squaredRadius: Double) {
        self.scale = scale
        self.network = network
        self.center = center
        self.squaredRadius = squaredRadius
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let table = scale.rows(data.matrix)
        let width = center.count
        var scores = [Double](repeating: 0, count: data.rowCount)
        for first in stride(from: 0, to: data.rowCount, by: FittedHypersphere.blockRows) {
            try execution.checkCancellation()
            let rows = first..<min(first + FittedHypersphere.blockRows, data.rowCount)
            let input = Array(table.values[rows.lowerBound * table.width..<rows.upperBound * table.width])
            let outputs = try network.outputs(input, execution: execution)
            for row in rows {
                var square = 0.0
                for place in 0..<width {
                    let difference = Double(outputs[(row - first) * width + place]) - center[place]
                    square += difference * difference
                }
                scores[row] = square - squaredRadius
            }
        }
        return scores
    }

    public func encode(to archive: inout ModelArchive) throws {
        try archive.store(scale, as: "scale")
        try archive.store(network, as: "network")
        archive.store(center, as: "center")
        archive.store([squaredRadius], as: "squared-radius")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let scale = try ColumnScale(from: archive.child("scale"), registry: registry)
        let network = try Network(from: archive.child("network"), registry: registry)
        let center = try archive.doubles("center", count: network.outputCount)
        let radius = try archive.doubles("squared-radius", count: 1)[0]
        guard network.inputCount == scale.width, center.allSatisfy({ $0.isFinite }), radius.isFinite else {
            throw OutlierError(.invalidModel, "the parts of the model are not for the same columns")
        }
        self.init(scale: scale, network: network, center: center, squaredRadius: radius)
    }
}
