import OutlierCore
import OutlierNeighbors
import Testing

/// Tables most of whose rows are equal.
@Suite struct EqualRowTests {
    /// The definition: the rows that share most neighbours, ties by distance and then by number.
    private static func degrees(_ rows: [[Double]], neighbors: Int, references: Int, alpha: Double = 0.8) -> [Double] {
        func distance(_ a: Int, _ b: Int) -> Double {
            zip(rows[a], rows[b]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        let near = rows.indices.map { row in
            Array(
                rows.indices.filter { $0 != row }.sorted { (distance(row, $0), $0) < (distance(row, $1), $1) }
                    .prefix(neighbors))
        }
        return rows.indices.map { row in
            let own = Set(near[row])
            let others = rows.indices.filter { $0 != row }.map {
                (shared: near[$0].count(where: own.contains), row: $0)
            }
            var set = others.filter { $0.shared > 0 }.sorted { first, second in
                first.shared != second.shared
                    ? first.shared > second.shared
                    : (distance(row, first.row), first.row) < (distance(row, second.row), second.row)
            }.prefix(references).map(\.row)
            for neighbor in near[row] where set.count < references && !set.contains(neighbor) { set.append(neighbor) }
            let width = rows[0].count
            var means = [Double](repeating: 0, count: width)
            var variances = means
            for column in 0..<width {
                let values: [Double] = set.map { rows[$0][column] }
                let mean: Double = values.reduce(0, +) / Double(values.count)
                let squares: [Double] = values.map { ($0 - mean) * ($0 - mean) }
                means[column] = mean
                variances[column] = squares.reduce(0, +) / Double(values.count)
            }
            let limit = alpha * variances.reduce(0, +) / Double(width)
            let chosen = (0..<width).filter { variances[$0] < limit }
            if chosen.isEmpty { return 0 }
            let squares: [Double] = chosen.map { (rows[row][$0] - means[$0]) * (rows[row][$0] - means[$0]) }
            let sum = squares.reduce(0, +)
            return sum.squareRoot() / Double(chosen.count)
        }
    }

    @Test(arguments: [0, 30, 110]) func sodFollowsItsDefinition(equal: Int) throws {
        var random = RandomSource(seed: 5)
        let rows = (0..<120).map { row in
            (0..<3).map { column in row % 120 < equal ? Double(column) : (random.normal() * 4).rounded() / 2 }
        }
        let scores = try SubspaceOutlierDegree(neighbors: 8, referenceRows: 5).fitAndScore(Dataset(rows: rows)).scores
            .values
        let wanted = Self.degrees(rows, neighbors: 8, references: 5)
        for (score, value) in zip(scores, wanted) { #expect(abs(score - value) < 1e-9) }
    }
}
