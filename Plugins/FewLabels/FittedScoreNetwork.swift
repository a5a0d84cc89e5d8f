internal import Neural
public import OutlierCore

/// A network whose output is the score.
public struct FittedScoreNetwork: FittedDetector {
    private let scaling: ColumnScaling
    private let network: Network

    public var featureCount: Int { scaling.width }

    init(scaling: ColumnScaling, network: Network) {
        self.scaling = scaling
        self.network = network
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        var scores: [Double] = []
        scores.reserveCapacity(data.rowCount)
        try scaling.forEachPortion(of: data.matrix, execution: execution) { _, input in
            scores += try network.outputs(input, execution: execution).map(Double.init)
        }
        return scores
    }

    public func encode(to archive: inout ModelArchive) throws {
        var child = ModelArchive()
        scaling.encode(to: &child)
        archive.store(child, as: "scale")
        try archive.store(network, as: "network")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let scaling = try ColumnScaling(from: archive.child("scale"))
        let network = try Network(from: archive.child("network"), registry: registry)
        guard network.inputCount == scaling.width, network.outputCount == 1 else {
            throw OutlierError(.invalidModel, "the network does not give one score for the model's columns")
        }
        self.init(scaling: scaling, network: network)
    }
}
