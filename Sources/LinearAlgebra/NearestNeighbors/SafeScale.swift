package import OutlierCore

/// Powers of two that bring extreme values to where their squares can be added up. Multiplying by one costs no digit.
package enum SafeScale {
    /// What to multiply the values by: 1 unless their squares would overflow or vanish.
    package static func factor(for matrix: Matrix) -> Double {
        let largest = matrix.withUnsafeBufferPointer { $0.reduce(0) { max($0, abs($1)) } }
        guard largest > 0x1p400 || (largest < 0x1p-400 && largest > 0) else { return 1 }
        return Double(sign: .plus, exponent: min(max(-largest.exponent - 1, -1000), 1000), significand: 1)
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
