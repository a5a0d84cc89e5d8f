extension Network {
    /// Takes over what another network has learnt: every parameter and state of a layer of the same name, kind and shape.
    ///
    /// The first layer's weights go by input and the last layer's by output, so that the two networks may have other
    /// columns: what belongs to a column that `source` lacks stays as it is, which is how the network begins.
    ///
    /// - Parameters:
    ///   - inputs: for each input of this network the same input of `source`, or `nil`; `nil` for all where inputs are
    ///     not to be mapped.
    ///   - outputs: likewise for outputs.
    /// - Returns: the names of the layers of which something was taken over.
    @discardableResult
    package mutating func take(
        from source: Network, inputs: [Int?]? = nil, outputs: [Int?]? = nil
    ) -> [String] {
        var taken: [String] = []
        // Vectors of categories go by words: ``ColumnTransfer``.
        func first(_ entries: [Entry]) -> Entry? { entries.first { !($0.layer is CategoryEmbedding) } }
        // What has no weights behind the last layer keeps the order of its outputs.
        func last(_ entries: [Entry]) -> Entry? { entries.last { !$0.layer.parameters.isEmpty } }
        for entry in entries where !(entry.layer is CategoryEmbedding) {
            guard let other = source.entries.first(where: { $0.name == entry.name }),
                type(of: other.layer) == type(of: entry.layer)
            else { continue }
            let isFirst = entry.name == first(entries)?.name && other.name == first(source.entries)?.name
            let isLast = entry.name == last(entries)?.name && other.name == last(source.entries)?.name
            func map(_ tensor: ParameterTensor, _ former: ParameterTensor) -> TensorMap? {
                TensorMap(
                    tensor.shape, former.shape, rows: isFirst ? inputs : nil,
                    columns: isLast ? outputs : nil)
            }
            let copied =
                Network.copy(
                    entry.layer.parameters, other.layer.parameters, from: source.parameters,
                    at: other.parameters.lowerBound, to: &parameters, at: entry.parameters.lowerBound, map)
                + Network.copy(
                    entry.layer.state, other.layer.state, from: source.state, at: other.state.lowerBound, to: &state,
                    at: entry.state.lowerBound, map)
            if copied > 0 { taken.append(entry.name) }
        }
        return taken
    }

    /// Copies the tensors that fit; returns how many did.
    private static func copy(
        _ tensors: [ParameterTensor], _ formers: [ParameterTensor], from source: [Float], at sourceStart: Int,
        to target: inout [Float], at targetStart: Int, _ map: (ParameterTensor, ParameterTensor) -> TensorMap?
    ) -> Int {
        var copied = 0
        var start = targetStart
        for tensor in tensors {
            defer { start += tensor.count }
            var formerStart = sourceStart
            for former in formers {
                if former.name == tensor.name, let map = map(tensor, former) {
                    map.copy(source, at: formerStart, to: &target, at: start)
                    copied += 1
                }
                formerStart += former.count
            }
        }
        return copied
    }
}

/// Which element of one tensor becomes which of another.
private struct TensorMap {
    private let rows: [Int?]
    private let columns: [Int?]
    private let width: Int
    private let formerWidth: Int

    /// - Parameters:
    ///   - rows: where the first axis is that of inputs, for each the former one.
    ///   - columns: where the last axis is that of outputs, likewise.
    /// - Returns: `nil` where the shapes do not fit.
    init?(_ shape: [Int], _ former: [Int], rows: [Int?]?, columns: [Int?]?) {
        guard shape.count == former.count, let last = shape.last, let formerLast = former.last else { return nil }
        width = last
        formerWidth = formerLast
        let count = shape.dropLast().reduce(1, *)
        let formerCount = former.dropLast().reduce(1, *)
        // A vector has outputs only; a matrix has inputs first.
        if let rows, shape.count == 2 {
            guard rows.count == count, rows.allSatisfy({ $0.map { $0 < formerCount } ?? true }) else { return nil }
            self.rows = rows
        } else {
            guard count == formerCount else { return nil }
            self.rows = Array(0..<count)
        }
        if let columns {
            guard columns.count == last, columns.allSatisfy({ $0.map { $0 < formerLast } ?? true }) else { return nil }
            self.columns = columns
        } else {
            guard last == formerLast else { return nil }
            self.columns = Array(0..<last)
        }
    }

    func copy(_ source: [Float], at sourceStart: Int, to target: inout [Float], at targetStart: Int) {
        for (row, formerRow) in rows.enumerated() {
            guard let formerRow else { continue }
            for (column, formerColumn) in columns.enumerated() {
                guard let formerColumn else { continue }
                target[targetStart + row * width + column] =
                    source[sourceStart + formerRow * formerWidth + formerColumn]
            }
        }
    }
}
