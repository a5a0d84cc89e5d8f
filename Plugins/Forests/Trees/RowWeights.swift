import OutlierCore

/// Draws rows with chances in proportion to their weights.
struct RowWeights: Sendable {
    /// The sums of the weights up to each row.
    private let sums: [Double]
    private let weights: [Double]
    /// How many rows can be drawn.
    let positiveCount: Int

    /// - Parameter weights: one a row, at least one above 0.
    init(_ weights: [Double]) {
        let largest = weights.max() ?? 1
        var total = 0.0
        // Shares of the largest cannot overflow when they are added up.
        self.weights = weights.map { $0 / largest }
        sums = self.weights.map { weight in
            total += weight
            return total
        }
        positiveCount = weights.count { $0 > 0 }
    }

    /// Numbers of rows, each at most once unless `bootstrap`: one after the other is drawn from those that are left.
    func draw(_ size: Int, bootstrap: Bool, random: inout RandomSource) -> [Int] {
        if !bootstrap && size >= positiveCount { return weights.indices.filter { weights[$0] > 0 } }
        if !bootstrap && 2 * size > positiveCount { return sampleOfMost(size, random: &random) }
        var chosen: Set<Int> = []
        var result: [Int] = []
        while result.count < size {
            let row = one(&random)
            if bootstrap || chosen.insert(row).inserted { result.append(row) }
        }
        return result
    }

    private func one(_ random: inout RandomSource) -> Int {
        let point = random.uniform() * (sums.last ?? 1)
        var row = SortedSearch.partition(0..<sums.count - 1) { sums[$0] <= point }
        // Rounding must not lead to a row without weight.
        while weights[row] == 0 && row > 0 { row -= 1 }
        return row
    }

    /// The rows of the least waiting times, which come to the same (P. S. Efraimidis and P. G. Spirakis, 2006).
    private func sampleOfMost(_ size: Int, random: inout RandomSource) -> [Int] {
        let waits = weights.map { weight in weight > 0 ? random.exponential() / weight : .infinity }
        return Array(weights.indices.sorted { (waits[$0], $0) < (waits[$1], $1) }.prefix(size))
    }
}
