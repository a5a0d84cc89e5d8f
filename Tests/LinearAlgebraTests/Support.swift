import Foundation
import LinearAlgebra
import OutlierCore

func randomMatrix(_ rows: Int, _ columns: Int, seed: UInt64 = 1) -> Matrix {
    var random = RandomSource(seed: seed)
    var matrix = Matrix(rowCount: rows, columnCount: columns)
    matrix.withUnsafeMutableBufferPointer { values in for index in values.indices { values[index] = random.normal() } }
    return matrix
}

/// A × B by the definition.
func naiveProduct(_ a: Matrix, _ b: Matrix) -> Matrix {
    var result = Matrix(rowCount: a.rowCount, columnCount: b.columnCount)
    for i in 0..<a.rowCount {
        for j in 0..<b.columnCount {
            for k in 0..<a.columnCount { result[i, j] += a[i, k] * b[k, j] }
        }
    }
    return result
}

func largestDifference(_ a: Matrix, _ b: Matrix) -> Double {
    guard a.rowCount == b.rowCount, a.columnCount == b.columnCount else { return .infinity }
    return zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
}

func identity(_ size: Int) -> Matrix {
    var matrix = Matrix(rowCount: size, columnCount: size)
    matrix.addToDiagonal(1)
    return matrix
}

func logarithm(_ value: Double) -> Double { log(value) }
