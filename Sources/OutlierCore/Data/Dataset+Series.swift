extension Dataset {
    /// The rows of each series, in order; all rows where nothing is known.
    package var seriesRanges: [Range<Int>] { index?.series ?? (rowCount > 0 ? [0..<rowCount] : []) }
}

extension Matrix {
    /// Some rows of one column, copied.
    package func column(_ column: Int, in range: Range<Int>) -> [Double] { rows(range).column(column) }
}

/// The length of windows that nobody has set.
package enum WindowLength {
    /// - Parameter length: what was set; `nil` for the period, at least `least` and at most half of the longest series.
    package static func resolve(_ length: Int?, rank: Int = 1, data: Dataset, least: Int = 1) -> Int {
        if let length { return length }
        let longest = data.seriesRanges.map(\.count).max() ?? 0
        return max(least, min(Period.find(in: data, rank: rank), longest / 2))
    }
}
