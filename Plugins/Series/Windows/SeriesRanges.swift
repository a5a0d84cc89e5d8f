internal import OutlierCore

extension Dataset {
    /// The rows of each series, in order; all rows where nothing is known.
    var seriesRanges: [Range<Int>] { index?.series ?? (rowCount > 0 ? [0..<rowCount] : []) }
}

extension Matrix {
    /// Some rows of one column, copied.
    func column(_ column: Int, in range: Range<Int>) -> [Double] { rows(range).column(column) }
}
