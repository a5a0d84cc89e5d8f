import LinearAlgebra
import OutlierCore
import Testing

@Suite struct DecompositionTests {
    private func positiveDefinite(_ size: Int) throws -> Matrix {
        var matrix = try gramMatrix(randomMatrix(size, size + 3))
        matrix.addToDiagonal(0.5)
        return matrix
    }

    @Test(arguments: [1, 2, 7, 40, 150])
    func eigenvectorsRebuildTheMatrix(_ size: Int) throws {
        let matrix = try positiveDefinite(size)
        let eigen = try SymmetricEigen(of: matrix)
        #expect(eigen.values == eigen.values.sorted(by: >))
        #expect(largestDifference(try gramMatrix(eigen.vectors), identity(size)) < 1e-10)
        var scaled = eigen.vectors
        for row in 0..<size { for column in 0..<size { scaled[row, column] *= eigen.values[row] } }
        let rebuilt = try product(eigen.vectors, scaled, transposingFirst: true)
        #expect(largestDifference(rebuilt, matrix) < 1e-9 * eigen.values[0])
        for row in 0..<size {
            let vector = eigen.vectors.row(row)
            let largest = vector.max { abs($0) < abs($1) } ?? 0
            #expect(largest > 0)
        }
    }

    @Test func theLargestEigenvaluesAlone() throws {
        let matrix = try positiveDefinite(60)
        let all = try SymmetricEigen(of: matrix)
        let top = try SymmetricEigen(of: matrix, largest: 5)
        #expect(top.values.count == 5)
        #expect(zip(top.values, all.values).allSatisfy { abs($0 - $1) < 1e-9 })
        #expect(largestDifference(top.vectors, all.vectors.rows(0..<5)) < 1e-9)
        #expect(try SymmetricEigen(of: matrix, largest: 0).values.isEmpty)
    }

    @Test func onlyTheLowerTriangleIsRead() throws {
        let matrix = try positiveDefinite(12)
        var lower = matrix
        for row in 0..<12 { for column in (row + 1)..<max(row + 1, 12) { lower[row, column] = 99 } }
        #expect(try SymmetricEigen(of: lower).values == SymmetricEigen(of: matrix).values)
        let few = try SymmetricEigen(of: lower, largest: 2).values
        #expect(few == (try SymmetricEigen(of: matrix, largest: 2).values))
        #expect(try Cholesky(of: lower).lower == Cholesky(of: matrix).lower)
    }

    @Test func whatIsNotFiniteIsAnError() throws {
        var matrix = identity(3)
        matrix[1, 1] = .nan
        #expect(throws: OutlierError.self) { try SymmetricEigen(of: matrix) }
        #expect(throws: OutlierError.self) { try Cholesky(of: matrix) }
        #expect(throws: OutlierError.self) { try SymmetricEigen(of: randomMatrix(2, 3)) }
    }

    @Test func choleskyFactorsInvertsAndSolves() throws {
        let size = 30
        let matrix = try positiveDefinite(size)
        let cholesky = try Cholesky(of: matrix)
        #expect(largestDifference(try product(cholesky.lower, cholesky.lower, transposingSecond: true), matrix) < 1e-10)
        #expect(largestDifference(try product(cholesky.inverseLower(), cholesky.lower), identity(size)) < 1e-10)
        #expect(largestDifference(try product(cholesky.inverse(), matrix), identity(size)) < 1e-9)
        let right = randomMatrix(size, 4, seed: 9)
        #expect(largestDifference(try product(matrix, cholesky.solve(right)), right) < 1e-9)
        let logs = try SymmetricEigen(of: matrix).values.reduce(0) { $0 + logarithm($1) }
        #expect(abs(cholesky.logDeterminant - logs) < 1e-9)
    }

    @Test func choleskyRefusesWhatIsNotPositiveDefinite() throws {
        var matrix = identity(3)
        matrix[2, 2] = -1
        #expect(throws: OutlierError.self) { try Cholesky(of: matrix) }
    }

    @Test func randomizedAxesAreNearTheExactOnes() throws {
        // A spectrum that falls by half from axis to axis.
        let rows = 900
        let columns = 60
        var matrix = randomMatrix(rows, columns)
        for row in 0..<rows {
            var scale = 64.0
            for column in 0..<columns {
                matrix[row, column] = matrix[row, column] * scale + 10
                scale = max(0.01, scale / 2)
            }
        }
        let means = try columnMeans(of: matrix)
        let exact = try SymmetricEigen(of: scatterMatrix(of: matrix, centers: means))
        let one = try RandomizedPrincipalAxes(
            of: matrix, centers: means, count: 6, random: RandomSource(seed: 3), execution: Execution(threads: 1))
        for index in 0..<6 {
            #expect(abs(one.squaredValues[index] / exact.values[index] - 1) < 1e-8)
            let cosine = zip(one.axes.row(index), exact.vectors.row(index)).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(cosine - 1) < 1e-8)
        }
        let three = try RandomizedPrincipalAxes(
            of: matrix, centers: means, count: 6, random: RandomSource(seed: 3), execution: Execution(threads: 3))
        #expect(three.axes == one.axes)
    }

    @Test func orthonormalRows() throws {
        let rows = try orthonormalized(rows: randomMatrix(7, 30))
        #expect(largestDifference(try gramMatrix(rows), identity(7)) < 1e-12)
        let dependent = try orthonormalized(rows: Matrix(rows: [[1, 2, 3], [2, 4, 6]]))
        #expect(largestDifference(try gramMatrix(dependent), identity(2)) < 1e-12)
    }
}
