internal import Neural
internal import OutlierCore

/// The autoencoder whose encoder the hypersphere's network began as: what is not drawn to the centre still says how badly
/// a row is reconstructed.
struct PretrainedAutoencoder: Sendable {
    let encoder: Network
    let decoder: Network

    /// The mean over the columns of each row's squared errors, and of −ln of the probabilities of its words.
    func errors(_ matrix: Matrix, _ columns: NetworkColumns, _ execution: Execution) throws -> [Double] {
        var errors = [Double](repeating: 0, count: matrix.rowCount)
        try errors.withUnsafeMutableBufferPointer { errors in
            let errors = SharedBuffer(errors)
            try columns.scaling.forEachBlock(of: matrix, networks: [encoder, decoder], execution: execution) { block in
                let count = block.rows.count
                try encoder.infer(block.input, rows: count, tape: block.tapes[0], execution: block.execution)
                try decoder.infer(block.tapes[0].output, rows: count, tape: block.tapes[1], execution: block.execution)
                _ = columns.layout.evaluate(
                    .squared, block.tapes[1].output, block.input, rows: count, rowLosses: block.room)
                for (slot, row) in block.rows.enumerated() { errors.buffer[row] = Double(block.room[slot]) }
            }
        }
        return errors
    }

    func encode(to archive: inout ModelArchive) throws {
        try archive.store(encoder, as: "encoder")
        try archive.store(decoder, as: "decoder")
    }

    init(encoder: Network, decoder: Network) {
        self.encoder = encoder
        self.decoder = decoder
    }

    init(from archive: ModelArchive, columns: NetworkColumns, registry: Registry) throws {
        encoder = try Network(from: archive.child("encoder"), registry: registry)
        decoder = try Network(from: archive.child("decoder"), registry: registry)
        guard encoder.inputCount == columns.width, decoder.outputCount == columns.layout.outputCount,
            encoder.outputCount == decoder.inputCount
        else { throw OutlierError(.invalidModel, "the model's autoencoder does not fit its columns") }
    }
}
