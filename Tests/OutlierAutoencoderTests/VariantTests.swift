import Neural
import OutlierAutoencoder
import OutlierCore
import Testing

/// The gradients of every variant against finite differences of its loss.
@Suite struct VariantTests {
    static let variants: [(name: String, settings: Autoencoder)] = {
        func variant(_ name: String, _ change: (inout Autoencoder) -> Void) -> (name: String, settings: Autoencoder) {
            var settings = Autoencoder(hidden: [7, 3])
            settings.activation = .tanh
            // Smooth, so that a finite difference cannot straddle a kink.
            settings.loss = .meanSquaredError
            change(&settings)
            return (name, settings)
        }
        func contractive(_ activation: AutoencoderActivation) -> (name: String, settings: Autoencoder) {
            variant("contractive \(activation.rawValue)") {
                $0.hidden = [4]
                $0.contraction = 0.3
                $0.codeActivation = activation
            }
        }
        return [
            variant("plain") { _ in },
            variant("huber") { $0.loss = .huber },
            variant("denoising") {
                $0.noise = 0.5
                $0.masking = 0.2
            },
            variant("bounded code") { $0.codeActivation = .tanh },
            variant("sparse") { $0.sparsity = 0.4 },
            variant("tied") { $0.tied = true },
            variant("normalised") {
                $0.batchNormalization = true
                $0.dropout = 0.3
            },
            contractive(.tanh), contractive(.sigmoid), contractive(.elu), contractive(.softplus),
        ]
    }()

    @Test(arguments: variants.indices)
    func gradients(_ index: Int) throws {
        let settings = VariantTests.variants[index].settings
        let columns = 5
        let rows = 13
        var random = RandomSource(seed: 8)
        let input = (0..<rows * columns).map { _ in Float(random.normal()) }
        let indices = Array(0..<rows)
        func loss(_ training: inout AutoencoderTraining) throws -> Double {
            try input.withUnsafeBufferPointer { input in
                try indices.withUnsafeBufferPointer { indices in
                    try training.addGradients(
                        Batch(
                            input: try #require(input.baseAddress), rows: rows, indices: indices, step: 3,
                            totalSteps: 10, epoch: 0, random: CounterRandom(seed: 2, step: 3), rateFactor: 1,
                            execution: Execution(threads: 1)))
                }
            }
        }
        var training = AutoencoderTraining(settings, columns: NetworkColumns(numbers: columns), rowCount: rows, seed: 6)
        _ = try loss(&training)
        let exact = [training.encoderGradients, training.decoderGradients]
        let scale = exact.joined().reduce(0) { max($0, abs($1)) }
        let step: Float = 2e-3
        for part in 0..<2 {
            for place in exact[part].indices {
                func changed(by change: Float) throws -> Double {
                    var other = AutoencoderTraining(
                        settings, columns: NetworkColumns(numbers: columns), rowCount: rows, seed: 6)
                    var networks = other.networks
                    networks[part].parameters[place] += change
                    if settings.tied { VariantTests.tie(&networks, part: part, place: place, change: change) }
                    other.networks = networks
                    return try loss(&other)
                }
                let difference = try Float((changed(by: step) - changed(by: -step)) / Double(2 * step))
                // A tied decoder's weights have no gradient of their own.
                if settings.tied, part == 1, exact[1][place] == 0 { continue }
                #expect(
                    abs(difference - exact[part][place]) < 0.01 * scale,
                    "\(VariantTests.variants[index].name), network \(part), parameter \(place)")
            }
        }
    }

    /// Makes the change of an encoder's weight in the decoder's copy too. Encoder: 5 → 7 → 3; decoder: 3 → 7 → 5.
    private static func tie(_ networks: inout [Network], part: Int, place: Int, change: Float) {
        guard part == 0 else { return }
        let encoder = networks[0].parameterTensors
        let decoder = networks[1].parameterTensors
        for (name, mirror) in [("encoder-1.weight", "output.weight"), ("encoder-2.weight", "decoder-1.weight")] {
            guard let source = encoder.first(where: { $0.name == name }), source.range.contains(place),
                let target = decoder.first(where: { $0.name == mirror })
            else { continue }
            let offset = place - source.range.lowerBound
            let (input, output) = (offset / source.shape[1], offset % source.shape[1])
            networks[1].parameters[target.range.lowerBound + output * source.shape[0] + input] += change
        }
    }
}
