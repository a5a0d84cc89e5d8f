import OutlierCore

/// Rows of numbers and words as points whose distances are those of SMOTE-NC: a word or a truth value that differs counts as
/// much as a difference of the median standard deviation of the numbers, whatever its code is.
///
/// N. V. Chawla, K. W. Bowyer, L. O. Hall and W. P. Kegelmeyer, “SMOTE: Synthetic Minority Over-sampling Technique”, 2002,
/// section 6.1.
enum MixedDistance {
    /// Numbers that the points may take together.
    private static let mostNumbers = 1 << 28

    static func isNumeric(_ column: Column) -> Bool { column.kind == .number || column.kind == .date }

    /// - Parameters:
    ///   - rows: the rows to bring into the space.
    ///   - members: the rows whose standard deviations are taken: the known anomalies.
    /// - Throws: ``OutlierError/Code/shapeMismatch`` where there are too many words.
    static func points(of data: Dataset, rows: [Int], members: [Int]) throws -> Matrix {
        let nominal = data.columns.indices.filter { !isNumeric(data.columns[$0]) }
        let chosen = data.matrix.selectingRows(rows)
        if nominal.isEmpty { return chosen }
        let numeric = data.columns.indices.filter { isNumeric(data.columns[$0]) }
        let deviations = numeric.map { column in
            Moments(members.map { data.matrix[$0, column] }).variance.squareRoot()
        }
        let median = deviations.isEmpty ? 1 : Quantiles.median(of: deviations)
        // Two words that differ do so in two columns of the points.
        let step = (median > 0 && median.isFinite ? median : 1) / 2.0.squareRoot()
        var places: [[Double: Int]] = []
        var width = numeric.count
        for column in nominal {
            var levels: [Double: Int] = [:]
            for row in 0..<chosen.rowCount where levels[chosen[row, column]] == nil {
                levels[chosen[row, column]] = width
                width += 1
            }
            places.append(levels)
            guard width <= mostNumbers / max(1, rows.count) else {
                throw OutlierError(
                    .shapeMismatch,
                    "the column “\(data.columns[column].name)” has too many words for the distances of \(rows.count) rows",
                    suggestion: "Leave it out, or put “frequency” before.")
            }
        }
        var result = Matrix(rowCount: rows.count, columnCount: width)
        for row in 0..<rows.count {
            for (place, column) in numeric.enumerated() { result[row, place] = chosen[row, column] }
            for (levels, column) in zip(places, nominal) {
                if let place = levels[chosen[row, column]] { result[row, place] = step }
            }
        }
        return result
    }
}
