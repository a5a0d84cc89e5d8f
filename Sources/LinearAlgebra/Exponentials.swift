internal import CKernels

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// values = exp(factor · values), element by element; the relative error is below 3e-16 where the result is normal, and
/// a result below 2.3e-308 is 0. No product may be NaN.
package func exponentiate(_ values: UnsafeMutableBufferPointer<Double>, factor: Double = 1) {
    guard let start = values.baseAddress else { return }
    outlier_exponentials(start, values.count, factor)
}

/// log Σ exp(factor · v) for rows of numbers that come in parts: the sum neither overflows nor vanishes, and small terms
/// are not lost beside the largest. `factor` is negative, every v at least 0.
package struct ExponentialSums {
    /// The least number of each row so far.
    private var peaks: [Double]
    /// The sum of each row relative to the term of its peak, without that term.
    private var sums: [Double]
    private let factor: Double

    package init(rows: Int, factor: Double) {
        peaks = [Double](repeating: .infinity, count: rows)
        sums = [Double](repeating: 0, count: rows)
        self.factor = factor
    }

    /// Adds `width` numbers a row, row-major, which are overwritten.
    package mutating func add(_ values: UnsafeMutablePointer<Double>, width: Int) {
        outlier_accumulate_exponentials(values, sums.count, width, factor, &peaks, &sums)
    }

    /// The logarithm of a row's sum; −∞ where no number was below infinity.
    package func logarithm(_ row: Int) -> Double {
        peaks[row].isInfinite ? -.infinity : factor * peaks[row] + log1p(sums[row])
    }
}

/// values = √values.
package func takeSquareRoots(_ values: UnsafeMutableBufferPointer<Double>) {
    guard let start = values.baseAddress else { return }
    outlier_square_roots(start, values.count)
}
