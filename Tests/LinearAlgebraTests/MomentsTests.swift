import LinearAlgebra
import OutlierCore
import Testing

@Suite struct MomentsTests {
    @Test func meansAndVariances() throws {
        let matrix = try Matrix(rows: [[1, 10, 5], [2, 10, 7], [6, 10, 9]])
        let moments = try ColumnMoments(of: matrix)
        #expect(moments.means == [3, 10, 7])
        #expect(zip(moments.variances, [14.0 / 3, 0, 8.0 / 3]).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test func largeMeansCostNoDigits() throws {
        let rows = (0..<5_000).map { [1e9 + Double($0 % 2), 0.1] }
        let moments = try ColumnMoments(of: Matrix(rows: rows))
        #expect(abs(moments.variances[0] - 0.25) < 1e-6)
        #expect(moments.variances[1] == 0)
    }

    @Test(arguments: [(1, 3), (50, 1), (3_000, 7), (2_500, 128), (1_500, 200)])
    func scatterEqualsTheDefinition(_ rows: Int, _ columns: Int) throws {
        let matrix = randomMatrix(rows, columns)
        var random = RandomSource(seed: 5)
        let weights = (0..<rows).map { _ in random.uniform() }
        let centers = (0..<columns).map { Double($0 % 3) - 1 }
        var weighted = matrix
        var centered = matrix
        for row in 0..<rows {
            for column in 0..<columns {
                centered[row, column] = matrix[row, column] - centers[column]
                weighted[row, column] = centered[row, column] * weights[row]
            }
        }
        let expected = try product(weighted, centered, transposingFirst: true)
        let one = try scatterMatrix(
            of: matrix, centers: centers, weights: weights, execution: Execution(threads: 1))
        #expect(largestDifference(one, expected) < 1e-9)
        #expect(largestDifference(one, one.transposed()) == 0)
        let three = try scatterMatrix(
            of: matrix, centers: centers, weights: weights, execution: Execution(threads: 3))
        #expect(three == one)
        let plain = try scatterMatrix(of: matrix)
        #expect(largestDifference(plain, try product(matrix, matrix, transposingFirst: true)) < 1e-9)
    }

    @Test func covarianceIsUnbiased() throws {
        let covariance = try Covariance(of: Matrix(rows: [[1, 2], [3, 6], [5, 10]]))
        #expect(covariance.means == [3, 6])
        #expect(largestDifference(covariance.matrix, try Matrix(rows: [[4, 8], [8, 16]])) < 1e-12)
    }

    @Test func valuesThatAreTooLargeAreAnError() throws {
        let matrix = try Matrix(rows: [[1e200], [-1e200]])
        #expect(throws: OutlierError.self) { try Covariance(of: matrix) }
        #expect(throws: OutlierError.self) { try ColumnMoments(of: matrix) }
        #expect(throws: OutlierError.self) { try columnMeans(of: Matrix(rows: [[1e308], [1e308]])) }
    }
}
