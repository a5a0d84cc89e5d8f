import OutlierCore
import OutlierNeighbors
import OutlierTesting
import Testing

/// The detectors against their definitions, written down plainly, and against tables whose answer is known.
@Suite struct RuleTests {
    let data = SyntheticData.clusters(rows: 120, columns: 3, anomalies: 6).data

    private func distance(_ left: [Double], _ right: [Double]) -> Double {
        zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }

    /// The nearest rows of each row, the nearest first.
    private func neighborhoods(_ rows: [[Double]], _ count: Int) -> [[Int]] {
        rows.indices.map { row in
            Array(
                rows.indices.filter { $0 != row }
                    .sorted { (distance(rows[row], rows[$0]), $0) < (distance(rows[row], rows[$1]), $1) }
                    .prefix(count))
        }
    }

    private var rows: [[Double]] { (0..<data.rowCount).map { data.matrix.row($0) } }

    @Test func localOutlierFactorOfItsDefinition() throws {
        let rows = rows
        let near = neighborhoods(rows, 10)
        let reach = rows.indices.map { distance(rows[$0], rows[near[$0][9]]) }
        let density = rows.indices.map { row in
            1 / (near[row].reduce(0) { $0 + max(reach[$1], distance(rows[row], rows[$1])) } / 10)
        }
        let expected = rows.indices.map { row in near[row].reduce(0) { $0 + density[$1] } / 10 / density[row] }
        let scores = try LocalOutlierFactor(neighbors: 10).fitAndScore(data).scores.values
        #expect(Agreement.largestDifference(scores, expected) < 1e-8)
    }

    @Test func setBasedChainsOfTheirDefinition() throws {
        let rows = rows
        let count = 8
        let near = neighborhoods(rows, count)
        let chaining = rows.indices.map { row in
            var set = [row]
            var left = near[row]
            var sum = 0.0
            for step in 1...count {
                func gap(_ other: Int) -> Double { set.map { distance(rows[$0], rows[other]) }.min() ?? 0 }
                let next = left.min { gap($0) < gap($1) } ?? row
                sum += 2 * Double(count + 1 - step) / Double(count * (count + 1)) * gap(next)
                set.append(next)
                left.removeAll { $0 == next }
            }
            return sum
        }
        let expected = rows.indices.map { row in
            chaining[row] * Double(count) / near[row].reduce(0) { $0 + chaining[$1] }
        }
        let scores = try ConnectivityBasedOutlierFactor(neighbors: count).fitAndScore(data).scores.values
        #expect(Agreement.largestDifference(scores, expected) < 1e-8)
    }

    @Test func weightedAnglesOfTheirDefinition() throws {
        let rows = rows
        let near = neighborhoods(rows, 7)
        let expected = rows.indices.map { row in
            var weights = 0.0
            var sum = 0.0
            var squares = 0.0
            for first in 0..<7 {
                for second in first + 1..<7 {
                    let a = zip(rows[near[row][first]], rows[row]).map { $0 - $1 }
                    let b = zip(rows[near[row][second]], rows[row]).map { $0 - $1 }
                    let dot = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
                    let lengths = distance(a, [0, 0, 0]) * distance(b, [0, 0, 0])
                    let value = dot / (lengths * lengths)
                    weights += 1 / lengths
                    sum += value / lengths
                    squares += value * value / lengths
                }
            }
            return -(squares / weights - (sum / weights) * (sum / weights))
        }
        let detector = AngleBasedOutlierDetection(neighbors: 7, weighting: .distance, countsItself: false)
        #expect(Agreement.largestDifference(try detector.fitAndScore(data).scores.values, expected) < 1e-6)
    }

    @Test func subspacesOfTheirDefinition() throws {
        let rows = rows
        let near = neighborhoods(rows, 12)
        let expected = rows.indices.map { row -> Double in
            let alike = rows.indices.filter { $0 != row }.map { other in
                (-Set(near[row]).intersection(near[other]).count, distance(rows[row], rows[other]), other)
            }.sorted(by: <).prefix(6).map { rows[$0.2] }
            let columns: [[Double]] = (0..<3).map { column in alike.map { $0[column] } }
            let means: [Double] = columns.map { $0.reduce(0, +) / 6 }
            let variances: [Double] = zip(columns, means).map { values, mean in
                values.reduce(0.0) { sum, value in sum + (value - mean) * (value - mean) } / 6
            }
            let limit = 0.8 * variances.reduce(0, +) / 3
            let chosen = (0..<3).filter { variances[$0] < limit }
            let deviations: [Double] = chosen.map { rows[row][$0] - means[$0] }
            let sum = deviations.reduce(0.0) { sum, deviation in sum + deviation * deviation }
            return chosen.isEmpty ? 0 : sum.squareRoot() / Double(chosen.count)
        }
        let detector = SubspaceOutlierDegree(neighbors: 12, referenceRows: 6)
        #expect(Agreement.largestDifference(try detector.fitAndScore(data).scores.values, expected) < 1e-9)
    }

    @Test func copiesAreNotAnomalies() throws {
        // Half the rows are one point, the others are spread, the last is far away.
        let generated = SyntheticData.clusters(rows: 60, columns: 2, anomalies: 1).data
        let rows = (0..<60).map { $0 % 2 == 0 ? [0.0, 0.0] : generated.matrix.row($0) } + [[40, -35]]
        let table = try Dataset(rows: rows)
        let detectors: [any Detector] = [
            KNearestNeighbors(), LocalOutlierFactor(), ConnectivityBasedOutlierFactor(), AngleBasedOutlierDetection(),
        ]
        for detector in detectors {
            let scores = try detector.fitAndScore(table).scores.values
            #expect(scores.allSatisfy { $0.isFinite })
            #expect(scores[0] == scores[2], "\(detector.recipe.name)")
            #expect(scores[60] > scores[0], "\(detector.recipe.name)")
        }
    }

    @Test func tooFewRowsSaySo() throws {
        let two = try Dataset(rows: [[1, 2], [2, 1]])
        for detector: any Detector in [KNearestNeighbors(), ClusterBasedLocalOutlierFactor(), SubspaceOutlierDegree()] {
            let error = #expect(throws: OutlierError.self) { try detector.fitAndScore(two) }
            #expect(error?.code == .notEnoughRows)
        }
        #expect(try LocalOutlierFactor().fitAndScore(two).scores.values == [1, 1])
        let most = #expect(throws: OutlierError.self) { try KNearestNeighbors(neighbors: Int.max).fit(two) }
        #expect(most?.message.contains("more than \(Int.max) rows") == true)
    }

    @Test func whereNoClusterIsSmallAllAreLarge() throws {
        let equal = try Dataset(rows: Array(repeating: [1, 2], count: 30))
        #expect(try ClusterBasedLocalOutlierFactor().fitAndScore(equal).scores.allSatisfy { $0 == 0 })
    }

    @Test func boundaryOfLargeClusters() throws {
        // 100 rows at 0, 12 at 10, 2 at 20: after the first cluster the ratio is 8.3, but less than 0.9 of the rows.
        let rows = [(0.0, 100), (10, 12), (20, 2)].flatMap { place, count in (0..<count).map { _ in [place] } }
        let data = try Dataset(rows: rows)
        func scores(_ boundary: ClusterBasedLocalOutlierFactor.Boundary) throws -> [Double] {
            let detector = ClusterBasedLocalOutlierFactor(clusters: 3, boundary: boundary, starts: 5)
            return try detector.fitAndScore(data).scores.values
        }
        let either = try scores(.either)
        #expect(either[0] == 0 && either[100] == 10 && either[113] == 20)
        let both = try scores(.both)
        #expect(both[0] == 0 && both[100] == 0 && both[113] == 10)
    }
}
