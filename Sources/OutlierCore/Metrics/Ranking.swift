/// The order of rows by their scores.
package enum Ranking {
    /// The rows with the highest scores, highest first; equal scores in the order of the rows. Rows without a score (`NaN`)
    /// come nowhere. Takes about n comparisons for a small `count`.
    package static func highest(_ count: Int, of scores: [Double]) -> [Int] {
        guard count > 0 else { return [] }
        if count > 256 {
            let scored = scores.indices.filter { !scores[$0].isNaN }
            return Array(scored.sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix(count))
        }
        // The rows found so far, the highest first: most rows are turned away by one comparison.
        var found: [Int] = []
        for row in scores.indices where !scores[row].isNaN {
            if found.count == count, let last = found.last, scores[row] <= scores[last] { continue }
            let place = found.firstIndex { scores[$0] < scores[row] } ?? found.count
            found.insert(row, at: place)
            if found.count > count { found.removeLast() }
        }
        return found
    }
}
