internal import CKernels

/// values = exp(factor · values), element by element; the relative error is below 3e-16 where the result is normal, and
/// a result below 2.3e-308 is 0. No product may be NaN.
package func exponentiate(_ values: UnsafeMutableBufferPointer<Double>, factor: Double = 1) {
    guard let start = values.baseAddress else { return }
    outlier_exponentials(start, values.count, factor)
}

/// Σ exp(factor · (v − peak)) for rows of numbers that come in parts, where peak is the least v of the row so far:
/// the sum neither overflows nor vanishes. `factor` is negative, every v at least 0.
package struct ExponentialSums {
    /// The least number of each row so far.
    package private(set) var peaks: [Double]
    /// The sum of each row, relative to its peak.
    package private(set) var sums: [Double]

    package init(rows: Int) {
        peaks = [Double](repeating: .infinity, count: rows)
        sums = [Double](repeating: 0, count: rows)
    }

    /// Adds `width` numbers a row, row-major.
    package mutating func add(_ values: UnsafePointer<Double>, width: Int, factor: Double) {
        outlier_accumulate_exponentials(values, sums.count, width, factor, &peaks, &sums)
    }
}

/// values = √values.
package func takeSquareRoots(_ values: UnsafeMutableBufferPointer<Double>) {
    guard let start = values.baseAddress else { return }
    outlier_square_roots(start, values.count)
}
