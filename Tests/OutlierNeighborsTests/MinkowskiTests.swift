import Foundation
import OutlierCore
import OutlierNeighbors
import Testing

/// Minkowski distances of high powers, whose terms would leave the range of numbers.
@Suite struct MinkowskiTests {
    /// By logarithms: the largest difference times (Σ exp(p · log(difference / largest)))^(1/p).
    static func distance(_ first: [Double], _ second: [Double], _ power: Double) -> Double {
        let differences = zip(first, second).map { abs($0 - $1) }
        guard let largest = differences.max(), largest > 0 else { return 0 }
        let sum = differences.filter { $0 > 0 }.reduce(0) { $0 + exp(power * (log($1) - log(largest))) }
        return exp(log(largest) + log(sum) / power)
    }

    @Test(arguments: [1.5, 3, 70, 300, 1e6], [1e-9, 1, 50_000, 1e12])
    func agreeWithTheDefinition(power: Double, unit: Double) throws {
        var random = RandomSource(seed: 1)
        let rows = (0..<120).map { _ in (0..<3).map { _ in unit * (1 + random.normal()) } }
        let data = try Dataset(rows: rows)
        let detector = KNearestNeighbors(neighbors: 3, metric: .minkowski, power: power)
        let scores = try detector.fitAndScore(data).scores.values
        let model = try detector.fit(data)
        let new = rows.prefix(30).map { $0.map { $0 * 1.25 } }
        let newScores = try model.scores(of: Dataset(rows: Array(new))).values
        for row in rows.indices {
            let near = rows.indices.filter { $0 != row }.map { Self.distance(rows[row], rows[$0], power) }.sorted()
            #expect(abs(scores[row] - near[2]) < 1e-9 * near[2])
        }
        for (row, score) in zip(new, newScores) {
            let near = rows.map { Self.distance(row, $0, power) }.sorted()
            #expect(abs(score - near[2]) < 1e-9 * near[2])
        }
    }

    /// Rows that lack values are measured by the columns that both have, as if the others differed as much.
    @Test(arguments: [3, 70, 300]) func rowsThatLackValues(power: Double) throws {
        var random = RandomSource(seed: 2)
        let rows = (0..<60).map { row in
            (0..<4).map { column in row % 3 == 0 && column == row / 3 % 4 ? Double.nan : 40_000 * (1 + random.normal())
            }
        }
        let scores = try KNearestNeighbors(neighbors: 1, metric: .minkowski, power: power).fitAndScore(
            Dataset(rows: rows)
        ).scores.values
        for row in rows.indices {
            let near = rows.indices.filter { $0 != row }.map { other -> Double in
                let common = (0..<4).filter { !rows[row][$0].isNaN && !rows[other][$0].isNaN }
                let distance = Self.distance(common.map { rows[row][$0] }, common.map { rows[other][$0] }, power)
                return distance * pow(4 / Double(common.count), 1 / power)
            }
            #expect(abs(scores[row] - (near.min() ?? 0)) < 1e-9 * scores[row])
        }
    }
}
