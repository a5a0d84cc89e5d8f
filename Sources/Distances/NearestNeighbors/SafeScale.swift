package import OutlierCore

/// Powers of two that bring extreme values to where their squares can be added up. Multiplying by one costs no digit.
package enum SafeScale {
    /// What to multiply the values by: 1 unless their squares would overflow or vanish.
    ///
    /// - Throws: ``OutlierError/Code/numericalFailure`` where some values are so much larger than those of most rows that
    ///   no factor suits both: beside the former, the latter's distances would all be 0.
    package static func factor(for matrix: Matrix) throws -> Double {
        let largest = matrix.withUnsafeBufferPointer { $0.reduce(0) { max($0, abs($1)) } }
        guard largest > 0x1p400 || (largest < 0x1p-400 && largest > 0) else { return 1 }
        let factor = Double(sign: .plus, exponent: min(max(-largest.exponent - 1, -1000), 1000), significand: 1)
        try check(matrix, scaledBy: factor)
        return factor
    }

    /// - Throws: ``OutlierError/Code/numericalFailure`` where `factor`, which the largest values need, makes the squares of
    ///   those of most rows vanish.
    package static func check(_ matrix: Matrix, scaledBy factor: Double) throws {
        let width = matrix.columnCount
        // Of each row that is not all zeros, the largest value.
        let sizes = matrix.withUnsafeBufferPointer { values in
            (0..<matrix.rowCount).map { row in
                values[row * width..<(row + 1) * width].reduce(0) { max($0, abs($1)) }
            }
        }.filter { $0 > 0 }.sorted()
        guard let largest = sizes.last else { return }
        let usual = sizes[sizes.count / 2]
        guard usual * factor < 0x1p-500 else { return }
        throw OutlierError(
            .numericalFailure,
            "a value is as large as \(largest), where most rows have none above \(usual): beside it their distances vanish",
            suggestion: "Put “clip” or “winsorize” before the detector, or leave such rows out.")
    }

    package static func multiply(_ matrix: Matrix, by factor: Double) -> Matrix {
        if factor == 1 { return matrix }
        var result = matrix
        result.withUnsafeMutableBufferPointer { values in
            for index in values.indices { values[index] *= factor }
        }
        return result
    }
}
