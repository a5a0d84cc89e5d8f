internal import Foundation
internal import Neural
internal import OutlierCore

/// The networks of a fitted variational autoencoder, and what they say of rows on the model's scale.
struct VariationalModel: Sendable {
    /// The decoder's log variances are kept within ± this: a column that it reconstructs exactly must not decide all.
    static let decoderBound: Float = 6

    let columns: NetworkColumns
    let encoder: Network
    let decoder: Network
    let likelihood: VariationalAutoencoder.Decoder
    let reconstruction: VariationalAutoencoder.Reconstruction
    let samples: Int

    var latent: Int { decoder.inputCount }
    var width: Int { encoder.inputCount }

    /// For each row R, the mean code, and where asked what each column adds to R.
    struct Parts {
        var errors: [Double]
        var latents: Matrix
        var contributions: [Double] = []
    }

    func parts(
        of data: Dataset, needsErrors: Bool, needsContributions: Bool = false, execution: Execution
    ) throws -> Parts {
        let matrix = try columns.matrix(of: data)
        var errors = [Double](repeating: 0, count: matrix.rowCount)
        var latents = Matrix(rowCount: matrix.rowCount, columnCount: latent)
        var contributions = [Double](repeating: 0, count: needsContributions ? matrix.rowCount * width : 0)
        try columns.scaling.forEachPortion(of: matrix, execution: execution) { rows, input in
            let first = rows.lowerBound
            let encoded = try encoder.outputs(input, execution: execution)
            latents.withUnsafeMutableBufferPointer { target in
                for row in rows {
                    for place in 0..<latent {
                        target[row * latent + place] = Double(encoded[(row - first) * 2 * latent + place])
                    }
                }
            }
            guard needsErrors || needsContributions else { return }
            let elements = try losses(input, encoded, rows: rows.count, execution: execution)
            for row in 0..<rows.count {
                var sum = 0.0
                for column in 0..<width { sum += elements[row * width + column] }
                errors[first + row] = reconstruction == .error ? sum / Double(width) : sum
                if reconstruction == .negativeELBO {
                    errors[first + row] += divergence(encoded, row)
                }
            }
            if needsContributions {
                let scale = reconstruction == .error ? 1 / Double(width) : 1
                for (index, value) in elements.enumerated() { contributions[first * width + index] = value * scale }
            }
        }
        return Parts(errors: errors, latents: latents, contributions: contributions)
    }

    /// What each number of the rows costs: its squared error, or the mean of −ln p over the codes.
    private func losses(_ input: [Float], _ encoded: [Float], rows: Int, execution: Execution) throws -> [Double] {
        var result = [Double](repeating: 0, count: rows * width)
        var codes = [Float](repeating: 0, count: rows * latent)
        let draws = reconstruction == .error ? 1 : samples
        for draw in 0..<draws {
            try execution.checkCancellation()
            var noise = [Float](repeating: 0, count: latent)
            if reconstruction != .error {
                // The same for every row.
                noise.withUnsafeMutableBufferPointer { CounterRandom(seed: 0x5EED, step: draw).fillNormal($0) }
            }
            let bound = VariationalTraining.logVarianceBound
            for row in 0..<rows {
                for place in 0..<latent {
                    let mean = encoded[row * 2 * latent + place]
                    let logVariance = min(max(encoded[row * 2 * latent + latent + place], -bound), bound)
                    codes[row * latent + place] = mean + exp(0.5 * logVariance) * noise[place]
                }
            }
            let decoded = try decoder.outputs(codes, execution: execution)
            let outputs = decoder.outputCount
            let numbers = columns.layout.numbers
            for row in 0..<rows {
                for (place, column) in numbers.enumerated() {
                    let logVariance =
                        likelihood == .gaussianWithVariance ? decoded[row * outputs + numbers.count + place] : 0
                    result[row * width + column] += elementLoss(
                        Double(input[row * width + column]), Double(decoded[row * outputs + place]),
                        Double(min(max(logVariance, -VariationalModel.decoderBound), VariationalModel.decoderBound)))
                }
            }
            addCategories(decoded, input, rows: rows, to: &result)
        }
        return draws == 1 ? result : result.map { $0 / Double(draws) }
    }

    /// −ln of the probabilities of the rows' words.
    private func addCategories(_ decoded: [Float], _ input: [Float], rows: Int, to result: inout [Double]) {
        guard columns.layout.isMixed else { return }
        let stride = decoder.outputCount
        decoded.withUnsafeBufferPointer { decoded in
            input.withUnsafeBufferPointer { input in
                guard let logits = decoded.baseAddress, let input = input.baseAddress else { return }
                columns.layout.forEachCategoryLoss(
                    logits + stride - columns.layout.logitCount, stride: stride, input, rows: rows
                ) { row, column, loss in result[row * width + column] += Double(loss) }
            }
        }
    }

    private func elementLoss(_ value: Double, _ output: Double, _ logVariance: Double) -> Double {
        switch (likelihood, reconstruction) {
        case (.bernoulli, .error):
            let difference = value - 1 / (1 + exp(-output))
            return difference * difference
        case (.bernoulli, _):
            // Values outside the range of the training rows count as its ends.
            let target = min(max(value, 0), 1)
            return max(output, 0) - output * target + log1p(exp(-abs(output)))
        case (_, .error):
            return (value - output) * (value - output)
        case (_, _):
            let difference = value - output
            return 0.5 * (log(2 * Double.pi) + logVariance + difference * difference * exp(-logVariance))
        }
    }

    private func divergence(_ encoded: [Float], _ row: Int) -> Double {
        let bound = VariationalTraining.logVarianceBound
        return (0..<latent).reduce(0) { sum, place in
            let mean = Double(encoded[row * 2 * latent + place])
            let logVariance = Double(min(max(encoded[row * 2 * latent + latent + place], -bound), bound))
            return sum + 0.5 * (mean * mean + exp(logVariance) - 1 - logVariance)
        }
    }
}

extension VariationalModel {
    func encode(to archive: inout ModelArchive) throws {
        archive.store(likelihood.rawValue, as: "likelihood")
        archive.store(reconstruction.rawValue, as: "reconstruction")
        archive.store(samples, as: "samples")
        try archive.store(encoder, as: "encoder")
        try archive.store(decoder, as: "decoder")
    }

    init(from archive: ModelArchive, columns: NetworkColumns, registry: Registry) throws {
        guard let likelihood = VariationalAutoencoder.Decoder(rawValue: try archive.string("likelihood")),
            let reconstruction = VariationalAutoencoder.Reconstruction(rawValue: try archive.string("reconstruction"))
        else { throw OutlierError(.invalidModel, "the model has a decoder or a score that this version does not know") }
        let encoder = try Network(from: archive.child("encoder"), registry: registry)
        let decoder = try Network(from: archive.child("decoder"), registry: registry)
        let numbers = columns.layout.numbers.count
        let outputs = numbers * (likelihood == .gaussianWithVariance ? 2 : 1) + columns.layout.logitCount
        guard encoder.inputCount == columns.width, encoder.outputCount == 2 * decoder.inputCount,
            decoder.outputCount == outputs
        else {
            throw OutlierError(.invalidModel, "the encoder and the decoder of the model do not fit together")
        }
        self.init(
            columns: columns, encoder: encoder, decoder: decoder, likelihood: likelihood,
            reconstruction: reconstruction,
            samples: try archive.integer("samples", in: 1...10_000))
    }
}
