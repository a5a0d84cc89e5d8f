internal import Neural
internal import OutlierCore

/// The layers of an autoencoder.
struct AutoencoderArchitecture {
    let columns: NetworkColumns
    /// The widths of the encoder's layers; the last is the code.
    let widths: [Int]
    private let settings: Autoencoder

    init(_ settings: Autoencoder, columns: NetworkColumns) {
        self.settings = settings
        self.columns = columns
        widths =
            settings.hidden.isEmpty ? AutoencoderArchitecture.widths(columns: columns.embeddedCount) : settings.hidden
    }

    /// A layer of twice as many numbers as there are columns, at most 128, and a code of a third of them, at most 64.
    static func widths(columns: Int) -> [Int] {
        [min(128, max(2, 2 * columns)), min(64, max(1, (columns + 1) / 3))]
    }

    /// What stands behind a layer of the encoder.
    private func activation(_ index: Int) -> Activation {
        index == widths.count - 1 ? settings.codeActivation.function : settings.activation.function
    }

    func encoder(_ random: inout RandomSource) -> Network {
        var layers: [(name: String, layer: any Layer)] = []
        var inputs = columns.embeddedCount
        if let embedding = columns.embedding { layers.append((NetworkColumns.embeddingName, embedding)) }
        for (index, width) in widths.enumerated() {
            layers += block(
                "encoder-\(index + 1)", inputs: inputs, outputs: width,
                activation(index))
            inputs = width
        }
        return Network(layers, random: &random)
    }

    func decoder(_ random: inout RandomSource) -> Network {
        var layers: [(name: String, layer: any Layer)] = []
        var inputs = widths[widths.count - 1]
        for (index, width) in widths.dropLast().reversed().enumerated() {
            layers += block("decoder-\(index + 1)", inputs: inputs, outputs: width, settings.activation.function)
            inputs = width
        }
        layers.append(
            (outputName, dense(inputs: inputs, outputs: columns.layout.outputCount, .identity, isOutput: true)))
        return Network(layers, random: &random)
    }

    private let outputName = "output"

    /// For each layer of the decoder, the encoder's layer that mirrors it.
    var mirrors: [(decoder: String, encoder: String)] {
        (0..<widths.count).map { index in
            let name = index == widths.count - 1 ? outputName : "decoder-\(index + 1)"
            return (name, "encoder-\(widths.count - index)")
        }
    }

    /// A dense layer, normalisation, activation and dropout, as far as they are asked for.
    private func block(
        _ name: String, inputs: Int, outputs: Int, _ activation: Activation
    ) -> [(name: String, layer: any Layer)] {
        var layers: [(name: String, layer: any Layer)] = []
        if settings.batchNormalization {
            layers.append((name, dense(inputs: inputs, outputs: outputs, .identity)))
            layers.append(("\(name)-normalization", BatchNormalization(Shape(outputs))))
            layers.append(("\(name)-activation", ActivationLayer(Shape(outputs), activation)))
        } else {
            layers.append((name, dense(inputs: inputs, outputs: outputs, activation)))
        }
        if settings.dropout > 0 {
            layers.append(("\(name)-dropout", Dropout(Shape(outputs), rate: Float(settings.dropout))))
        }
        return layers
    }

    private func dense(inputs: Int, outputs: Int, _ activation: Activation, isOutput: Bool = false) -> Dense {
        switch settings.initialization {
        case .automatic:
            Dense(
                inputs: inputs, outputs: outputs, activation: activation,
                weightInitializer: isOutput ? .glorotUniform : settings.activation.function.weightInitializer)
        case .heUniform:
            Dense(
                inputs: inputs, outputs: outputs, activation: activation,
                weightInitializer: isOutput ? .fanInUniform : .heUniform(gain: Float(2).squareRoot()),
                biasInitializer: .fanInUniform)
        case .pytorch:
            Dense(
                inputs: inputs, outputs: outputs, activation: activation, weightInitializer: .fanInUniform,
                biasInitializer: .fanInUniform)
        }
    }
}
