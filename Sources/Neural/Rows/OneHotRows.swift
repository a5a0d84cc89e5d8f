package import OutlierCore

/// Rows whose words stand as a decoder gives them: the numbers first, and then for each category 1 in the slot of its word
/// and 0 in the others. So a network can judge a row and what another network makes of it alike: of the latter, the slots
/// are probabilities.
package struct OneHotRows: RowTable {
    private let rows: any RowTable
    private let layout: RowLayout

    /// - Parameter rows: with words as codes; their width is the layout's.
    package init(_ rows: any RowTable, layout: RowLayout) {
        self.rows = rows
        self.layout = layout
    }

    package var rowCount: Int { rows.rowCount }
    package var width: Int { layout.outputCount }

    package func gather(_ indices: UnsafeBufferPointer<Int>, into target: UnsafeMutablePointer<Float>) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, indices.count * rows.width)) { coded in
            guard let base = coded.baseAddress else { return }
            rows.gather(indices, into: base)
            layout.spread(base, rows: indices.count, into: target)
        }
    }

    /// That of the rows with words as codes.
    package var fingerprint: UInt64 { rows.fingerprint }
}

extension RowLayout {
    /// Writes rows as ``OneHotRows`` has them.
    ///
    /// - Parameters:
    ///   - input: rows × ``width``.
    ///   - target: gets rows × ``outputCount``.
    package func spread(_ input: UnsafePointer<Float>, rows: Int, into target: UnsafeMutablePointer<Float>) {
        for row in 0..<rows {
            let input = input + row * width
            var output = target + row * outputCount
            for column in numbers {
                output.pointee = input[column]
                output += 1
            }
            for group in groups {
                output.update(repeating: 0, count: group.slots)
                output[slot(input[group.column], of: group)] = 1
                output += group.slots
            }
        }
    }
}

extension NetworkColumns {
    /// How many numbers of a portion may be in memory at once.
    private static let portion = 1 << 22

    /// The rows of a table, scaled and one-hot, to train on.
    package func oneHotTable(of matrix: Matrix) -> any RowTable {
        let rows = scaling.table(of: matrix)
        return layout.isMixed ? OneHotRows(rows, layout: layout) : rows
    }

    /// Calls `body` for portions of a table, scaled and one-hot, one after the other.
    ///
    /// - Parameters:
    ///   - matrix: with the codes of the fit.
    ///   - body: gets which rows, and their numbers.
    /// - Throws: what `body` throws, `CancellationError`.
    package func forEachOneHotPortion(
        of matrix: Matrix, execution: Execution, _ body: (_ rows: Range<Int>, _ values: [Float]) throws -> Void
    ) throws {
        guard layout.isMixed else { return try scaling.forEachPortion(of: matrix, execution: execution, body) }
        let size = max(1, min(4_096, NetworkColumns.portion / layout.outputCount))
        for first in stride(from: 0, to: matrix.rowCount, by: size) {
            try execution.checkCancellation()
            let rows = first..<min(first + size, matrix.rowCount)
            let coded = scaling.values(of: matrix, rows: rows)
            let values = [Float](unsafeUninitializedCapacity: rows.count * layout.outputCount) { target, count in
                coded.withUnsafeBufferPointer { coded in
                    guard let source = coded.baseAddress, let target = target.baseAddress else { return }
                    layout.spread(source, rows: rows.count, into: target)
                }
                count = rows.count * layout.outputCount
            }
            try body(rows, values)
        }
    }
}
