package import OutlierCore

/// Tables and settings at the edge: a right answer, never a score that is not a number.
package enum EdgeCases {
    /// - Parameter detector: with batches of more rows than any table here has.
    /// - Returns: what went wrong; empty where all is well.
    package static func check(_ detector: some Detector) throws -> [String] {
        let tables: [(name: String, rows: [[Double]])] = [
            ("one row", [[1, 2, 3, 4]]),
            ("equal rows", (0..<9).map { _ in [1, 2, 3, 4] }),
            ("constant columns", (0..<30).map { [Double($0), 7, 7, Double($0 % 3)] }),
            ("huge numbers", (0..<30).map { [1e300 * Double($0 % 5), -1e200, Double($0), 1e-300] }),
        ]
        var failures: [String] = []
        for (name, rows) in tables {
            let data = try Dataset(rows: rows)
            let fit = try detector.fitAndScore(data, context: FitContext(seed: 1))
            let (model, scores) = (fit.model, fit.scores.values)
            let again = try model.scores(of: data).values
            if !(scores + again).allSatisfy({ $0.isFinite }) { failures.append(name) }
        }
        return failures
    }
}
