import Distances
import OutlierCore
import OutlierTesting
import Testing

@Suite struct NeighborSearchTests {
    /// The neighbours by looking at every pair.
    static func bruteForce(
        _ points: Matrix, _ queries: Matrix, count: Int, isSame: Bool, raw: ([Double], [Double]) -> Double
    ) -> (indices: [Int32], raws: [Double]) {
        var indices: [Int32] = []
        var raws: [Double] = []
        let rows = (0..<points.rowCount).map { points.row($0) }
        for query in 0..<queries.rowCount {
            let row = queries.row(query)
            let all = rows.indices.filter { !isSame || $0 != query }.map { (raw(row, rows[$0]), $0) }
            for (distance, index) in all.sorted(by: <).prefix(count) {
                indices.append(Int32(index))
                raws.append(distance)
            }
        }
        return (indices, raws)
    }

    static func squared(_ left: [Double], _ right: [Double]) -> Double {
        zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    static func table(_ kind: String, rows: Int, columns: Int, seed: UInt64) -> Matrix {
        var random = RandomSource(seed: seed)
        return Matrix(rowCount: rows, columnCount: columns) { values in
            for index in values.indices {
                let row = index / columns
                let value =
                    switch kind {
                    case "normal": random.normal()
                    case "grid": Double(random.index(below: 4))
                    case "shifted": 1e9 + random.normal()
                    case "mixed": row % 7 == 0 ? 1e6 * random.normal() : 1e-6 * random.normal()
                    case "outlier": row == 0 ? 1e30 : random.normal()
                    case "copies": Double(row % 5 * (index % columns + 1))
                    case "enormous": 1e300 * random.normal()
                    default: 1e-300 * random.normal()
                    }
                values.initializeElement(at: index, to: value)
            }
        }
    }

    @Test(
        arguments: ["normal", "grid", "shifted", "mixed", "outlier", "copies", "enormous", "tiny"],
        [1, 2, 5, 17, 40])
    func agreesWithBruteForce(kind: String, columns: Int) throws {
        let points = NeighborSearchTests.table(kind, rows: 501, columns: columns, seed: 1)
        let queries = NeighborSearchTests.table(kind, rows: 60, columns: columns, seed: 2)
        let factor = kind == "enormous" ? 0x1p-1000 : kind == "tiny" ? 0x1p1000 : 1.0
        let raw: ([Double], [Double]) -> Double = { left, right in
            NeighborSearchTests.squared(left.map { $0 * factor }, right.map { $0 * factor })
        }
        let search = try NeighborSearch(points)
        for count in [1, 6, 30, 250] {
            let own = NeighborSearchTests.bruteForce(points, points, count: count, isSame: true, raw: raw)
            let found = try search.neighborsOfPoints(count, execution: Execution(threads: 2))
            #expect(found.indices == own.indices)
            let other = NeighborSearchTests.bruteForce(points, queries, count: count, isSame: false, raw: raw)
            let foundOther = try search.neighbors(of: queries, count: count, execution: Execution(threads: 2))
            #expect(foundOther.indices == other.indices)
            if factor == 1 {
                #expect(found.distances == own.raws.map { $0.squareRoot() })
                #expect(foundOther.distances == other.raws.map { $0.squareRoot() })
            }
        }
    }

    @Test(arguments: ["manhattan", "chebyshev", "minkowski", "cosine"], ["normal", "grid"])
    func otherMetrics(name: String, kind: String) throws {
        let points = NeighborSearchTests.table(kind, rows: 400, columns: 6, seed: 3)
        let metric: DistanceMetric
        let distance: ([Double], [Double]) -> Double
        switch name {
        case "manhattan":
            metric = .manhattan
            distance = { zip($0, $1).reduce(0) { $0 + abs($1.0 - $1.1) } }
        case "chebyshev":
            metric = .chebyshev
            distance = { zip($0, $1).reduce(0) { max($0, abs($1.0 - $1.1)) } }
        case "minkowski":
            metric = .minkowski(power: 3)
            distance = { left, right in
                var sum = 0.0
                for (a, b) in zip(left, right) { sum += abs(a - b) * abs(a - b) * abs(a - b) }
                return power(sum, 1.0 / 3)
            }
        default:
            metric = .cosine
            distance = { left, right in
                let dot = zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
                let norms = left.reduce(0) { $0 + $1 * $1 } * right.reduce(0) { $0 + $1 * $1 }
                return norms == 0 ? (left == right ? 0 : 1) : 1 - dot / norms.squareRoot()
            }
        }
        let brute = NeighborSearchTests.bruteForce(points, points, count: 7, isSame: true, raw: distance)
        let found = try NeighborSearch(points, metric: metric).neighborsOfPoints(7, execution: Execution())
        #expect(Agreement.largestDifference(found.distances, brute.raws) < 1e-9)
        // Rounding decides between neighbours that are equally far on a grid.
        if kind == "normal" || metric == .manhattan || metric == .chebyshev { #expect(found.indices == brute.indices) }
    }

    private func power(_ base: Double, _ exponent: Double) -> Double { cubeRoot(base) }

    private func cubeRoot(_ value: Double) -> Double {
        if value == 0 { return 0 }
        var root = value.squareRoot()
        for _ in 0..<200 { root -= (root * root * root - value) / (3 * root * root) }
        return root
    }

    @Test func equalRowsAreNeighboursInOrder() throws {
        let points = Matrix(rowCount: 200, columnCount: 3, repeating: 1)
        let table = try NeighborSearch(points).neighborsOfPoints(3, execution: Execution())
        #expect(table.indices.prefix(6) == [1, 2, 3, 0, 2, 3])
        #expect(table.indices.suffix(3) == [0, 1, 2])
        #expect(table.distances.allSatisfy { $0 == 0 })
    }

    @Test func refusesMoreNeighboursThanRows() throws {
        let search = try NeighborSearch(Matrix(rowCount: 3, columnCount: 1, values: [0, 1, 5]))
        #expect(throws: OutlierError.self) { try search.neighborsOfPoints(3, execution: Execution()) }
        #expect(try search.neighborsOfPoints(2, execution: Execution()).indices == [1, 2, 0, 2, 1, 0])
        #expect(throws: OutlierError.self) { try NeighborSearch(Matrix(rowCount: 0, columnCount: 1)) }
        let far = Matrix(rowCount: 1, columnCount: 1, repeating: 1e300)
        // From there the points cannot be told apart.
        let table = try search.neighbors(of: far, count: 1, execution: Execution())
        #expect(table.indices == [0])
        #expect(table.distances == [1e300])
    }
}
