package import OutlierCore

/// Carries what networks have learnt about columns over to another table with other columns, for ``FineTunable``.
package struct ColumnTransfer: Sendable {
    /// What a network's inputs or outputs are.
    package enum Side: Sendable {
        /// Nothing that belongs to columns: as many as before.
        case code
        /// Columns, once categories are vectors.
        case columns
        /// Columns, words one-hot, and then as many further numbers as there were before.
        case oneHot(and: Int = 0)
        /// The same columns twice, one row beside the other.
        case twoOneHotRows
        /// Numbers, and then logits of the categories.
        case reconstruction
        /// Two parameters for each number, and then logits of the categories.
        case distribution
    }

    /// The columns of the new fit.
    package let columns: NetworkColumns
    private let former: NetworkColumns
    private let places: [Int?]
    private let settings: FineTuning

    /// - Parameters:
    ///   - columns: of the new table.
    ///   - former: of the model to begin with.
    ///   - networks: the networks of that model, with what they are called where layers are to be frozen.
    /// - Throws: ``OutlierError/Code/columnMismatch`` where the tables have no column in common, or one that holds words
    ///   in one of them and numbers in the other, ``OutlierError/Code/invalidParameter`` where a name freezes nothing.
    package init(
        _ columns: NetworkColumns, from former: NetworkColumns, settings: FineTuning,
        networks: [(role: String?, network: Network)]
    ) throws {
        try settings.checkFrozenNames(
            among: networks.flatMap { role, network in
                network.entries.map { ColumnTransfer.partName(role, $0.name) }
            })
        places = settings.places(of: columns.names, in: former.names)
        guard places.contains(where: { $0 != nil }) else {
            throw OutlierError(
                .columnMismatch, "no column is one of the model to begin with",
                suggestion: "Say which are the same: fine-tune: {columns: {new: old}}.")
        }
        self.columns = try columns.keeping(former, places: places)
        self.former = former
        self.settings = settings
    }

    /// Lets a network begin with the weights of another: those of columns that both tables have, and all behind them.
    ///
    /// - Parameter role: what the network is called where layers are to be frozen; “encoder” freezes all of it. Where it
    ///   is `nil`, the layers' own names are looked at.
    package func begin(
        _ network: inout Network, with other: Network, inputs: Side = .code, outputs: Side = .code, role: String? = nil
    ) {
        network.take(from: other, inputs: map(inputs), outputs: map(outputs))
        if case .columns = inputs { copyVectors(to: &network, from: other) }
        network.freeze { settings.freezes(ColumnTransfer.partName(role, $0)) }
    }

    private static func partName(_ role: String?, _ layer: String) -> String { role.map { "\($0)-\(layer)" } ?? layer }

    private func map(_ side: Side) -> [Int?]? {
        switch side {
        case .code: return nil
        case .columns: return map(columns.embeddedRanges, former.embeddedRanges)
        case .oneHot(let more): return outputs + (0..<more).map { former.layout.outputCount + $0 }
        case .twoOneHotRows: return outputs + outputs.map { $0.map { $0 + former.layout.outputCount } }
        case .reconstruction: return outputs
        case .distribution:
            let numbers = columns.layout.numbers.count
            let formerNumbers = former.layout.numbers.count
            let all = outputs
            return all[..<numbers] + all[..<numbers].map { $0.map { $0 + formerNumbers } }
                + all[numbers...].map { $0.map { $0 + formerNumbers } }
        }
    }

    /// For each output of a decoder the same one of the other: logits go by their words.
    private var outputs: [Int?] {
        map(columns.outputRanges, former.outputRanges, words: true)
    }

    private func map(_ ranges: [Range<Int>], _ formerRanges: [Range<Int>], words: Bool = false) -> [Int?] {
        var result = [Int?](repeating: nil, count: ranges.reduce(0) { $0 + $1.count })
        for (column, range) in ranges.enumerated() {
            guard let place = places[column] else { continue }
            let start = formerRanges[place].lowerBound
            let own = words ? wordMap(column, place) : nil
            for index in range.indices {
                let offset = index - range.lowerBound
                if let own {
                    result[index] = own[offset].map { start + $0 }
                } else if offset < formerRanges[place].count {
                    result[index] = start + offset
                }
            }
        }
        return result
    }

    /// For each word of a category its place among those of the other table; words that neither fit saw come last.
    private func wordMap(_ column: Int, _ place: Int) -> [Int?]? {
        guard let words = columns.columns[column].levels, let others = former.columns[place].levels else { return nil }
        let codes = Dictionary(zip(others, others.indices), uniquingKeysWith: { first, _ in first })
        return words.map { codes[$0] } + [others.count]
    }

    /// The vectors of words go by the words; a word that is new begins like those that the other fit never saw.
    private func copyVectors(to network: inout Network, from other: Network) {
        func vectors(_ network: Network, _ column: Int) -> (shape: [Int], range: Range<Int>)? {
            network.parameterTensors
                .first { $0.name == "\(NetworkColumns.embeddingName).column-\(column)" }
                .map { ($0.shape, $0.range) }
        }
        for (column, place) in places.enumerated() {
            guard let place, let words = wordMap(column, place), let own = vectors(network, column),
                let source = vectors(other, place), own.shape[1] == source.shape[1]
            else { continue }
            let length = own.shape[1]
            for (word, code) in words.enumerated() {
                let code = code ?? source.shape[0] - 1
                for index in 0..<length {
                    network.parameters[own.range.lowerBound + word * length + index] =
                        other.parameters[source.range.lowerBound + code * length + index]
                }
            }
        }
    }
}
