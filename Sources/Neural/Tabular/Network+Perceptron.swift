package import OutlierCore

extension Network {
    /// Dense layers one after the other, with dropout after each hidden one.
    ///
    /// - Parameters:
    ///   - inputs: numbers of a row.
    ///   - embedding: makes vectors of the categories of a row first; `inputs` are then what it gives.
    ///   - hidden: the widths of the hidden layers.
    ///   - outputs: numbers of a row of the result.
    ///   - softmax: makes probabilities of the categories among them.
    ///   - dropout: 0..<1; 0 for none.
    package static func perceptron(
        inputs: Int, embedding: CategoryEmbedding? = nil, hidden: [Int], outputs: Int, activation: Activation,
        output: Activation = .identity,
        softmax: CategorySoftmax? = nil, dropout: Double = 0, bias: Bool = true, random: inout RandomSource
    ) -> Network {
        var layers: [(name: String, layer: any Layer)] = []
        if let embedding { layers.append((NetworkColumns.embeddingName, embedding)) }
        var width = inputs
        for (index, next) in hidden.enumerated() {
            layers.append(
                ("hidden-\(index + 1)", Dense(inputs: width, outputs: next, activation: activation, bias: bias)))
            if dropout > 0 { layers.append(("dropout-\(index + 1)", Dropout(Shape(next), rate: Float(dropout)))) }
            width = next
        }
        layers.append(("output", Dense(inputs: width, outputs: outputs, activation: output, bias: bias)))
        if let softmax { layers.append(("softmax", softmax)) }
        return Network(layers, random: &random)
    }
}

/// Widths of layers for tables of any number of columns.
package enum LayerWidths {
    /// Two layers, the second half as wide: four times the columns, between 32 and 128.
    package static func hidden(columns: Int) -> [Int] {
        let first = min(128, max(32, 4 * columns))
        return [first, first / 2]
    }

    /// Half the columns, between 1 and 32.
    package static func latent(columns: Int) -> Int { min(32, max(1, (columns + 1) / 2)) }

    /// - Throws: ``OutlierError/Code/invalidParameter`` where a code would have more numbers than a row.
    package static func checkLatent(_ latent: Int, inputs: Int) throws {
        guard latent <= inputs else {
            throw OutlierError(
                .invalidParameter, "the parameter “latent” is \(latent), but a row has only \(inputs) numbers",
                suggestion: "Choose at most \(inputs).", path: ["latent"])
        }
    }
}
