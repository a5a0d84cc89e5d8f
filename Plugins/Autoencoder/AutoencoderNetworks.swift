package import Neural
internal import OutlierCore

/// The trained networks of an autoencoder and the scale of their columns: what gives a row's errors and code.
package struct AutoencoderNetworks: Sendable {
    package let columns: NetworkColumns
    package let encoder: Network
    package let decoder: Network
    let loss: Loss

    package init(columns: NetworkColumns, encoder: Network, decoder: Network, loss: Loss) {
        self.columns = columns
        self.encoder = encoder
        self.decoder = decoder
        self.loss = loss
    }

    var width: Int { columns.width }

    /// The mean reconstruction error of each row over the columns.
    func errors(_ data: Dataset, _ execution: Execution) throws -> [Double] {
        var errors = noErrors(data)
        try errors.withUnsafeMutableBufferPointer { errors in
            let errors = SharedBuffer(errors)
            try forEachReconstruction(data, execution) { block, reconstruction in
                _ = columns.layout.evaluate(
                    loss, reconstruction, block.input, rows: block.rows.count, rowLosses: block.room)
                for (slot, row) in block.rows.enumerated() { errors.buffer[row] = Double(block.room[slot]) }
            }
        }
        return errors
    }

    /// Each row's error in each column, divided by the number of columns.
    func columnErrors(_ data: Dataset, _ execution: Execution) throws -> Matrix {
        try Matrix(rowCount: data.rowCount, columnCount: width) { target in
            let target = SharedBuffer(target)
            try forEachReconstruction(data, execution) { block, reconstruction in
                let count = block.rows.count * width
                // The errors overwrite the rows.
                columns.layout.elementLosses(
                    loss, reconstruction, block.input, rows: block.rows.count, into: block.input, rowSums: block.room)
                for index in 0..<count {
                    target.buffer.initializeElement(
                        at: block.rows.lowerBound * width + index, to: Double(block.input[index]) / Double(width))
                }
            }
        }
    }

    /// The codes of rows: rows × the code's width.
    func codes(_ data: Dataset, _ execution: Execution) throws -> Matrix {
        let count = encoder.outputCount
        return try Matrix(rowCount: data.rowCount, columnCount: count) { target in
            let target = SharedBuffer(target)
            try columns.scaling.forEachBlock(of: columns.matrix(of: data), networks: [encoder], execution: execution) {
                block in
                try encoder.infer(block.input, rows: block.rows.count, tape: block.tapes[0], execution: block.execution)
                for index in 0..<block.rows.count * count {
                    target.buffer.initializeElement(
                        at: block.rows.lowerBound * count + index, to: Double(block.tapes[0].output[index]))
                }
            }
        }
    }

    /// What stands for errors and codes that no score looks at.
    func noErrors(_ data: Dataset) -> [Double] { [Double](repeating: 0, count: data.rowCount) }
    func noCodes(_ data: Dataset) -> Matrix { Matrix(rowCount: data.rowCount, columnCount: encoder.outputCount) }

    private func forEachReconstruction(
        _ data: Dataset, _ execution: Execution,
        _ body: @Sendable (_ block: RowBlock, _ reconstruction: UnsafePointer<Float>) -> Void
    ) throws {
        try columns.scaling.forEachBlock(
            of: columns.matrix(of: data), networks: [encoder, decoder], execution: execution
        ) { block in
            let count = block.rows.count
            try encoder.infer(block.input, rows: count, tape: block.tapes[0], execution: block.execution)
            try decoder.infer(block.tapes[0].output, rows: count, tape: block.tapes[1], execution: block.execution)
            body(block, block.tapes[1].output)
        }
    }

    /// Differs where any weight differs.
    var fingerprint: UInt64 {
        FloatRows(encoder.parameters + decoder.parameters, width: 1).fingerprint
    }
}

extension AutoencoderNetworks {
    func encode(to archive: inout ModelArchive) throws {
        columns.encode(to: &archive)
        try archive.store(encoder, as: "encoder")
        try archive.store(decoder, as: "decoder")
        archive.store(loss.value, as: "loss")
    }

    init(from archive: ModelArchive, registry: Registry) throws {
        columns = try NetworkColumns(from: archive)
        encoder = try Network(from: archive.child("encoder"), registry: registry)
        decoder = try Network(from: archive.child("decoder"), registry: registry)
        loss = try Loss(archive.value("loss"))
        guard encoder.inputCount == columns.width, decoder.outputCount == columns.layout.outputCount,
            encoder.outputCount == decoder.inputCount
        else {
            throw OutlierError(.invalidModel, "the model's encoder and decoder do not fit its columns")
        }
    }
}
