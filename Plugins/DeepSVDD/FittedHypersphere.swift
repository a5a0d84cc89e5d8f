internal import Neural
public import OutlierCore

/// A network and the centre that it draws normal rows to.
public struct FittedHypersphere: FittedDetector {
    private let scaling: ColumnScaling
    private let network: Network
    private let center: [Double]
    /// The squared radius that the soft boundary found; 0 without one. It is subtracted from the scores.
    public let squaredRadius: Double

    public var featureCount: Int { scaling.width }
    /// How many numbers the network gives for a row.
    public var outputCount: Int { center.count }

    init(scaling: ColumnScaling, network: Network, center: [Double], squaredRadius: Double) {
        self.scaling = scaling
        self.network = network
        self.center = center
        self.squaredRadius = squaredRadius
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let width = center.count
        var scores = [Double](repeating: 0, count: data.rowCount)
        try scaling.forEachPortion(of: data.matrix, execution: execution) { rows, input in
            let outputs = try network.outputs(input, execution: execution)
            for row in rows {
                var square = 0.0
                for place in 0..<width {
                    let difference = Double(outputs[(row - rows.lowerBound) * width + place]) - center[place]
                    square += difference * difference
                }
                scores[row] = square - squaredRadius
            }
        }
        return scores
    }

    public func encode(to archive: inout ModelArchive) throws {
        var child = ModelArchive()
        scaling.encode(to: &child)
        archive.store(child, as: "scale")
        try archive.store(network, as: "network")
        archive.store(center, as: "center")
        archive.store([squaredRadius], as: "squared-radius")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let scaling = try ColumnScaling(from: archive.child("scale"))
        let network = try Network(from: archive.child("network"), registry: registry)
        let center = try archive.doubles("center", count: network.outputCount)
        let radius = try archive.doubles("squared-radius", count: 1)[0]
        guard network.inputCount == scaling.width, center.allSatisfy({ $0.isFinite }), radius.isFinite else {
            throw OutlierError(.invalidModel, "the parts of the model are not for the same columns")
        }
        self.init(scaling: scaling, network: network, center: center, squaredRadius: radius)
    }
}
