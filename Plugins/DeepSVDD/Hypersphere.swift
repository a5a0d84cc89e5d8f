internal import Neural
internal import OutlierCore

/// A network with its columns, and the centre that it draws rows to.
struct Hypersphere: Sendable {
    let columns: NetworkColumns
    let network: Network
    let center: [Double]
    let squaredRadius: Double

    /// What the network gives for rows, and their squared distances to the centre, less the squared radius.
    func parts(of data: Dataset, execution: Execution) throws -> (outputs: Matrix, distances: [Double]) {
        let width = center.count
        var distances = [Double](repeating: 0, count: data.rowCount)
        var all = Matrix(rowCount: data.rowCount, columnCount: width)
        try all.withUnsafeMutableBufferPointer { all in
            try columns.scaling.forEachPortion(of: columns.matrix(of: data), execution: execution) { rows, input in
                let outputs = try network.outputs(input, execution: execution)
                for row in rows {
                    var square = 0.0
                    for place in 0..<width {
                        let output = Double(outputs[(row - rows.lowerBound) * width + place])
                        all[row * width + place] = output
                        square += (output - center[place]) * (output - center[place])
                    }
                    distances[row] = square - squaredRadius
                }
            }
        }
        return (all, distances)
    }

    func encode(to archive: inout ModelArchive) throws {
        var child = ModelArchive()
        columns.encode(to: &child)
        archive.store(child, as: "columns")
        try archive.store(network, as: "network")
        archive.store(center, as: "center")
        archive.store([squaredRadius], as: "squared-radius")
    }

    init(columns: NetworkColumns, network: Network, center: [Double], squaredRadius: Double) {
        self.columns = columns
        self.network = network
        self.center = center
        self.squaredRadius = squaredRadius
    }

    init(from archive: ModelArchive, registry: Registry) throws {
        columns = try NetworkColumns(from: archive.child("columns"))
        network = try Network(from: archive.child("network"), registry: registry)
        center = try archive.doubles("center", count: network.outputCount)
        squaredRadius = try archive.doubles("squared-radius", count: 1)[0]
        guard network.inputCount == columns.width, center.allSatisfy(\.isFinite), squaredRadius.isFinite else {
            throw OutlierError(.invalidModel, "the parts of the model are not for the same columns")
        }
    }
}
