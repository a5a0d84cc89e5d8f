import LinearAlgebra
import OutlierCore
import Testing

@Suite struct PackedColumnsTests {
    @Test(arguments: [(1, 1), (3, 8), (10, 9), (33, 70)])
    func projectsAsTheDefinitionSays(_ depth: Int, _ width: Int) throws {
        let data = randomMatrix(23, depth)
        let matrix = randomMatrix(depth, width, seed: 2)
        let centers = (0..<depth).map { Double($0) / 10 }
        let scales = (0..<depth).map { 1 + Double($0 % 4) }
        var shifted = data
        for row in 0..<data.rowCount {
            for column in 0..<depth {
                shifted[row, column] = (data[row, column] - centers[column]) / scales[column]
            }
        }
        let packed = PackedColumns(matrix)
        let projected = try packed.project(data, centers: centers, scales: scales)
        #expect(largestDifference(projected, naiveProduct(shifted, matrix)) < 1e-11)
        let weights = (0..<width).map { Double($0 + 1) }
        let squares = try packed.weightedSquares(data, centers: centers, scales: scales, weights: weights)
        for row in 0..<data.rowCount {
            let expected = (0..<width).reduce(0) { $0 + projected[row, $1] * projected[row, $1] * weights[$1] }
            #expect(abs(squares[row] - expected) <= 1e-12 * expected)
        }
    }

    @Test func aRowHasTheSameBitsInEveryBatch() throws {
        let data = randomMatrix(3_000, 13)
        let packed = PackedColumns(randomMatrix(13, 21, seed: 2))
        let whole = try packed.project(data, centers: nil, execution: Execution(threads: 3))
        let squares = try packed.weightedSquares(data, centers: nil)
        for range in [0..<1, 5..<6, 1..<8, 17..<2_900, 2_999..<3_000] {
            #expect(try packed.project(data.rows(range), centers: nil) == whole.rows(range))
            #expect(try packed.weightedSquares(data.rows(range), centers: nil) == Array(squares[range]))
        }
    }

    @Test func distancesEqualTheDefinition() {
        let depth = 5
        let width = 19
        let rows = randomMatrix(8, depth)
        let points = randomMatrix(width, depth, seed: 4)
        let packed = PackedColumns(points.transposed())
        var scratch = [Double](repeating: 0, count: packed.scratchCount)
        var out = [Double](repeating: 0, count: 8 * width)
        packed.squaredDistances(rows.values, count: 8, scratch: &scratch, into: &out)
        for row in 0..<8 {
            for point in 0..<width {
                let expected = zip(rows.row(row), points.row(point)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                #expect(abs(out[row * width + point] - expected) < 1e-12)
            }
        }
    }
}
