import OutlierCore

/// A table whose values are replaced by the numbers of their bins, column by column, so that a tree looks for its cuts
/// among some hundred places instead of all values.
struct BinnedColumns: Sendable {
    let rowCount: Int
    let columnCount: Int
    /// For each column, the ascending upper ends of its bins but the last, which has none: bin b holds the values
    /// above `cuts[b - 1]` and at most `cuts[b]`.
    let cuts: [[Double]]
    /// Column after column, the bin of each row; the last, ``missingBin(of:)``, where the value is missing.
    let bins: [UInt8]

    /// - Parameter limit: how many bins a column has at most, 2 to 255. A column of fewer different values has one for
    ///   each; others have bins of about as many rows each.
    init(_ matrix: Matrix, limit: Int, execution: Execution) throws {
        rowCount = matrix.rowCount
        columnCount = matrix.columnCount
        let rows = rowCount
        let columns = columnCount
        var bins = [UInt8](repeating: 0, count: rows * columns)
        var cuts = [[Double]](repeating: [], count: columns)
        try bins.withUnsafeMutableBufferPointer { bins in
            try cuts.withUnsafeMutableBufferPointer { cuts in
                let bins = SharedBuffer(bins)
                let cuts = SharedBuffer(cuts)
                try execution.forEach(columns) { column in
                    let values = matrix.column(column)
                    let ends = BinnedColumns.cuts(of: values, limit: limit)
                    let start = column * rows
                    for (row, value) in values.enumerated() {
                        bins.buffer[start + row] = BinnedColumns.bin(of: value, cuts: ends)
                    }
                    cuts.buffer[column] = ends
                }
            }
        }
        self.bins = bins
        self.cuts = cuts
    }

    /// The bin of missing values, behind all others.
    func missingBin(of column: Int) -> Int { cuts[column].count + 1 }

    /// Cuts halfway between neighbouring values, at the values' quantiles where there are more than `limit` of them.
    static func cuts(of values: [Double], limit: Int) -> [Double] {
        let sorted = values.filter { !$0.isNaN }.sorted()
        var distinct: [Double] = []
        var counts: [Int] = []
        for value in sorted {
            if value == distinct.last {
                counts[counts.count - 1] += 1
            } else {
                distinct.append(value)
                counts.append(1)
            }
        }
        var cuts: [Double] = []
        var seen = 0
        for index in distinct.indices.dropLast() {
            seen += counts[index]
            // The first value at which another limit-th of the rows is full ends a bin.
            let isFull = seen * limit >= (cuts.count + 1) * sorted.count
            guard distinct.count <= limit || (isFull && cuts.count < limit - 1) else { continue }
            cuts.append(Midpoint.below(distinct[index + 1], from: distinct[index]))
        }
        return cuts
    }

    static func bin(of value: Double, cuts: [Double]) -> UInt8 {
        if value.isNaN { return UInt8(cuts.count + 1) }
        return UInt8(SortedSearch.count(below: value, in: cuts))
    }
}
