internal import Neural
internal import OutlierCore

/// What the adversarial detectors share: sizes by the columns, and checks.
struct GANSizes {
    let columns: Int
    let latent: Int
    let hidden: [Int]

    /// - Throws: ``OutlierError/Code/invalidParameter`` where a code would have more numbers than a row.
    init(columns: Int, latent: Int?, hidden: [Int]) throws {
        self.columns = columns
        self.latent = latent ?? LayerWidths.latent(columns: columns)
        self.hidden = hidden.isEmpty ? LayerWidths.hidden(columns: columns) : hidden
        guard self.latent <= columns else {
            throw OutlierError(
                .invalidParameter, "the parameter “latent” is \(self.latent), but there are only \(columns) columns",
                suggestion: "Choose at most \(columns).", path: ["latent"])
        }
    }

    func encoder(dropout: Double, random: inout RandomSource) -> Network {
        Network.perceptron(
            inputs: columns, hidden: hidden, outputs: latent, activation: .leakyReLU(slope: 0.2), dropout: dropout,
            random: &random)
    }

    func generator(dropout: Double, random: inout RandomSource) -> Network {
        Network.perceptron(
            inputs: latent, hidden: hidden.reversed(), outputs: columns, activation: .leakyReLU(slope: 0.2),
            dropout: dropout, random: &random)
    }

    /// The spread of rows that a generator makes from random codes.
    static func made(_ generator: Network, rows: Int, seed: UInt64, execution: Execution) throws -> Spread {
        let count = min(1_024, max(64, rows))
        var codes = [Float](repeating: 0, count: count * generator.inputCount)
        codes.withUnsafeMutableBufferPointer { CounterRandom(seed: seed, step: -2).fillNormal($0) }
        var made = Spread(width: generator.outputCount)
        made.add(try generator.outputs(codes, execution: execution))
        return made
    }
}
