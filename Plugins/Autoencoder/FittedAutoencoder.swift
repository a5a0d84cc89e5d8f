internal import Neural
public import OutlierCore

/// An autoencoder that scores rows.
///
/// A row's ``contributions(of:execution:)`` are its columns' reconstruction errors and add up to its score.
public struct FittedAutoencoder: Explainable {
    private let scaling: ColumnScaling
    private let encoder: Network
    private let decoder: Network
    private let loss: Loss
    /// The mean loss of each epoch of the training.
    public let trainingLosses: [Double]

    public var featureCount: Int { scaling.width }
    /// How many numbers the code has.
    public var codeWidth: Int { encoder.outputCount }

    init(scaling: ColumnScaling, encoder: Network, decoder: Network, loss: Loss, trainingLosses: [Double]) {
        self.scaling = scaling
        self.encoder = encoder
        self.decoder = decoder
        self.loss = loss
        self.trainingLosses = trainingLosses
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        var scores = [Double](repeating: 0, count: data.rowCount)
        try scores.withUnsafeMutableBufferPointer { scores in
            let scores = SharedBuffer(scores)
            try forEachReconstruction(data, execution) { block, reconstruction in
                _ = loss.evaluate(
                    reconstruction, block.input, rows: block.rows.count, width: featureCount, rowLosses: block.room)
                for (slot, row) in block.rows.enumerated() { scores.buffer[row] = Double(block.room[slot]) }
            }
        }
        return scores
    }

    public func contributions(of data: Dataset, execution: Execution) throws -> Matrix {
        let width = featureCount
        return try Matrix(rowCount: data.rowCount, columnCount: width) { target in
            let target = SharedBuffer(target)
            try forEachReconstruction(data, execution) { block, reconstruction in
                let count = block.rows.count * width
                // The errors overwrite the rows.
                loss.elementLosses(
                    reconstruction, block.input, rows: block.rows.count, width: width, into: block.input,
                    rowSums: block.room)
                for index in 0..<count {
                    target.buffer.initializeElement(
                        at: block.rows.lowerBound * width + index, to: Double(block.input[index]) / Double(width))
                }
            }
        }
    }

    /// The codes of rows: rows × ``codeWidth``.
    ///
    /// - Throws: ``OutlierError/Code/shapeMismatch`` where the columns are not as many as those of the fit,
    ///   `CancellationError`.
    public func codes(of data: Dataset, execution: Execution = Execution()) throws -> Matrix {
        guard data.columnCount == featureCount else {
            throw OutlierError(
                .shapeMismatch, "the data have \(data.columnCount) columns, but the model was fitted on \(featureCount)"
            )
        }
        let width = codeWidth
        return try Matrix(rowCount: data.rowCount, columnCount: width) { target in
            let target = SharedBuffer(target)
            try scaling.forEachBlock(of: data.matrix, networks: [encoder], execution: execution) { block in
                try encoder.infer(block.input, rows: block.rows.count, tape: block.tapes[0], execution: block.execution)
                for index in 0..<block.rows.count * width {
                    target.buffer.initializeElement(
                        at: block.rows.lowerBound * width + index, to: Double(block.tapes[0].output[index]))
                }
            }
        }
    }

    private func forEachReconstruction(
        _ data: Dataset, _ execution: Execution,
        _ body: @Sendable (_ block: RowBlock, _ reconstruction: UnsafePointer<Float>) -> Void
    ) throws {
        try scaling.forEachBlock(of: data.matrix, networks: [encoder, decoder], execution: execution) { block in
            let count = block.rows.count
            try encoder.infer(block.input, rows: count, tape: block.tapes[0], execution: block.execution)
            try decoder.infer(block.tapes[0].output, rows: count, tape: block.tapes[1], execution: block.execution)
            body(block, block.tapes[1].output)
        }
    }
}

extension FittedAutoencoder {
    public func encode(to archive: inout ModelArchive) throws {
        scaling.encode(to: &archive)
        try archive.store(encoder, as: "encoder")
        try archive.store(decoder, as: "decoder")
        archive.store(loss.value, as: "loss")
        archive.store(trainingLosses, as: "training-losses")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        scaling = try ColumnScaling(from: archive)
        encoder = try Network(from: archive.child("encoder"), registry: registry)
        decoder = try Network(from: archive.child("decoder"), registry: registry)
        loss = try Loss(archive.value("loss"))
        trainingLosses = try archive.doubles("training-losses")
        guard encoder.inputCount == scaling.width, decoder.outputCount == scaling.width,
            encoder.outputCount == decoder.inputCount
        else {
            throw OutlierError(.invalidModel, "the model's encoder and decoder do not fit its columns")
        }
    }
}
