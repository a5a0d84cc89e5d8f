import CKernels
import OutlierCore

/// Adds up over columns what tail probabilities say of rows: some columns at a time, each by one thread, then all rows.
///
/// The terms of a row are added in the order of the columns, whatever the number of threads.
enum TailSums {
    /// The columns that are in memory at once: as many as one line of the cache holds.
    private static let columnsAtOnce = 8
    private static let rowsAtOnce = 4096

    /// Where a column's terms go.
    struct Terms {
        /// The column's values first; then its terms, or its left tails where both are kept.
        let values: UnsafeMutableBufferPointer<Double>
        /// The right tails where both are kept.
        let rightTails: UnsafeMutablePointer<Double>?
    }

    /// - Parameters:
    ///   - tables: the rows, those of the first table first.
    ///   - body: replaces the values of a column by terms, and says the sign of the column's skewness.
    static func scores(
        of tables: [Matrix], rule: TailRule, execution: Execution,
        progress: (Double) -> Void = { _ in },
        _ body: @Sendable (Int, Terms) throws -> Int
    ) throws -> [Double] {
        let columnCount = tables.first?.columnCount ?? 0
        let rowCount = tables.reduce(0) { $0 + $1.rowCount }
        let width = min(columnsAtOnce, columnCount)
        let terms = UnsafeMutableBufferPointer<Double>.allocate(capacity: width * rowCount)
        defer { terms.deallocate() }
        let rightTails = UnsafeMutableBufferPointer<Double>.allocate(
            capacity: rule.keepsBothTails ? width * rowCount : 0)
        defer { rightTails.deallocate() }
        let sharedTerms = SharedBuffer(terms)
        let sharedRight = SharedBuffer(rightTails)
        var sums = Sums(rowCount: rowCount, rule: rule)
        for first in stride(from: 0, to: columnCount, by: columnsAtOnce) {
            let columns = first..<min(first + columnsAtOnce, columnCount)
            var offset = 0
            for table in tables {
                try copy(
                    columns, of: table, to: sharedTerms, rowCount: rowCount, offset: offset, execution: execution)
                offset += table.rowCount
            }
            var signs = [Int](repeating: 0, count: columns.count)
            try signs.withUnsafeMutableBufferPointer { signs in
                let signs = SharedBuffer(signs)
                try execution.forEach(columns.count) { index in
                    let values = UnsafeMutableBufferPointer(
                        rebasing: sharedTerms.buffer[index * rowCount..<(index + 1) * rowCount])
                    let right =
                        rule.keepsBothTails
                        ? sharedRight.buffer.baseAddress.map { $0 + index * rowCount } : nil
                    signs.buffer[index] = try body(columns.lowerBound + index, Terms(values: values, rightTails: right))
                }
            }
            try sums.add(terms: sharedTerms, rightTails: sharedRight, signs: signs, execution: execution)
            progress(Double(columns.upperBound) / Double(columnCount))
        }
        return sums.scores()
    }

    private static func copy(
        _ columns: Range<Int>, of table: Matrix, to target: SharedBuffer<Double>, rowCount: Int, offset: Int,
        execution: Execution
    ) throws {
        let width = table.columnCount
        try table.withUnsafeBufferPointer { source in
            let source = SharedReadBuffer(source)
            // The rows of one block stay in the cache while its columns are copied.
            let block = max(64, 16_384 / max(1, width))
            try execution.forEachBlock(of: table.rowCount, size: block) { rows in
                guard let from = source.buffer.baseAddress, let to = target.buffer.baseAddress else { return }
                for (index, column) in columns.enumerated() {
                    outlier_copy_column(
                        from + rows.lowerBound * width, rows.count, width, column,
                        to + index * rowCount + offset + rows.lowerBound)
                }
            }
        }
    }

    /// The sums so far.
    private struct Sums {
        let rule: TailRule
        var left: [Double]
        var right: [Double]
        var skewed: [Double]

        init(rowCount: Int, rule: TailRule) {
            self.rule = rule
            left = [Double](repeating: 0, count: rowCount)
            right = rule.keepsBothTails ? left : []
            skewed = right
        }

        mutating func add(
            terms: SharedBuffer<Double>, rightTails: SharedBuffer<Double>, signs: [Int], execution: Execution
        ) throws {
            let rowCount = left.count
            let both = rule.keepsBothTails
            let weights = signs.map(rule.weights)
            try left.withUnsafeMutableBufferPointer { left in
                try right.withUnsafeMutableBufferPointer { right in
                    try skewed.withUnsafeMutableBufferPointer { skewed in
                        let left = SharedBuffer(left)
                        let right = SharedBuffer(right)
                        let skewed = SharedBuffer(skewed)
                        try execution.forEachBlock(of: rowCount, size: TailSums.rowsAtOnce) { rows in
                            for (index, weights) in weights.enumerated() {
                                let start = index * rowCount
                                for row in rows {
                                    let term = terms.buffer[start + row]
                                    left.buffer[row] += term
                                    if both {
                                        let other = rightTails.buffer[start + row]
                                        right.buffer[row] += other
                                        skewed.buffer[row] += term * weights.left + other * weights.right
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }

        func scores() -> [Double] {
            rule.keepsBothTails ? left.indices.map { max(left[$0], right[$0], skewed[$0]) } : left
        }
    }
}
