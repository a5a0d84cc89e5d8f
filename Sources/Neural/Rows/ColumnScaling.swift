internal import LinearAlgebra
package import OutlierCore

/// What brings columns to one scale before a network sees them: (value − center) / scale.
///
/// Networks learn badly from columns of different scales, so every detector here has one inside.
package struct ColumnScaling: Sendable {
    /// Values further than this many scales from the center count as this far: squares must stay finite.
    package static let bound = 1e6

    package let centers: [Double]
    package let scales: [Double]

    /// The means and population standard deviations of the columns; 1 in place of the deviation of a constant column.
    ///
    /// - Throws: `CancellationError`.
    package init(standardizing matrix: Matrix, execution: Execution) throws {
        let width = matrix.columnCount
        // Powers of two that keep squares away from overflow and underflow. Nearly always 1.
        var factors = [Double](repeating: 0, count: width)
        matrix.withUnsafeBufferPointer { values in
            var index = 0
            while index < values.count {
                for column in 0..<width { factors[column] = max(factors[column], abs(values[index + column])) }
                index += width
            }
        }
        factors = factors.map {
            $0 > 1e100 || ($0 < 1e-100 && $0 > 0) ? Double(sign: .plus, exponent: $0.exponent, significand: 1) : 1
        }
        var scaled = matrix
        if factors.contains(where: { $0 != 1 }) {
            scaled.withUnsafeMutableBufferPointer { values in
                for index in values.indices { values[index] /= factors[index % width] }
            }
        }
        let moments = try ColumnMoments(of: scaled, execution: execution)
        centers = zip(moments.means, factors).map { $0 * $1 }
        scales = zip(moments.variances, factors).map { $0 > 0 ? $0.squareRoot() * $1 : 1 }
    }

    /// 0 at the least value of a column and 1 at the largest; a constant column becomes 0.
    package init(unitRange matrix: Matrix) {
        let width = matrix.columnCount
        var least = [Double](repeating: .infinity, count: width)
        var largest = [Double](repeating: -.infinity, count: width)
        matrix.withUnsafeBufferPointer { values in
            var index = 0
            while index < values.count {
                for column in 0..<width {
                    least[column] = min(least[column], values[index + column])
                    largest[column] = max(largest[column], values[index + column])
                }
                index += width
            }
        }
        centers = least.map { $0.isFinite ? $0 : 0 }
        scales = zip(least, largest).map { low, high in
            high > low ? min(max(high - low, 1e-300), .greatestFiniteMagnitude) : 1
        }
    }

    /// - Parameters:
    ///   - centers: finite.
    ///   - scales: as many, positive and finite.
    package init(centers: [Double], scales: [Double]) {
        precondition(centers.count == scales.count, "a scale for each center")
        self.centers = centers
        self.scales = scales
    }

    /// Nothing is changed.
    package init(identity width: Int) {
        centers = [Double](repeating: 0, count: width)
        scales = [Double](repeating: 1, count: width)
    }

    package var width: Int { centers.count }

    /// One row after the other, rounded to single precision.
    package func apply(_ rows: UnsafeBufferPointer<Double>, into target: UnsafeMutablePointer<Float>) {
        centers.withUnsafeBufferPointer { centers in
            scales.withUnsafeBufferPointer { scales in
                let width = centers.count
                var index = 0
                while index < rows.count {
                    for column in 0..<width {
                        let value = (rows[index + column] - centers[column]) / scales[column]
                        target[index + column] = Float(min(max(value, -ColumnScaling.bound), ColumnScaling.bound))
                    }
                    index += width
                }
            }
        }
    }

    /// Some rows of a table, scaled, one after the other.
    package func values(of matrix: Matrix, rows: Range<Int>) -> [Float] {
        matrix.withUnsafeBufferPointer { all in
            let source = UnsafeBufferPointer(rebasing: all[rows.lowerBound * width..<rows.upperBound * width])
            return [Float](unsafeUninitializedCapacity: source.count) { target, count in
                if let base = target.baseAddress { apply(source, into: base) }
                count = source.count
            }
        }
    }

    /// The rows of a table, scaled, to train on.
    package func rows(of matrix: Matrix) -> FloatRows {
        FloatRows(values(of: matrix, rows: 0..<matrix.rowCount), width: width)
    }

    /// Calls `body` for portions of a table, scaled, one after the other: for what networks say of large tables.
    ///
    /// - Parameter body: gets which rows, and their numbers.
    /// - Throws: what `body` throws, `CancellationError`.
    package func forEachPortion(
        of matrix: Matrix, execution: Execution, _ body: (_ rows: Range<Int>, _ values: [Float]) throws -> Void
    ) throws {
        let size = 4_096
        for first in stride(from: 0, to: matrix.rowCount, by: size) {
            try execution.checkCancellation()
            let rows = first..<min(first + size, matrix.rowCount)
            try body(rows, values(of: matrix, rows: rows))
        }
    }

    /// The rows of a table to train on: scaled in memory, or where the table lies in a file, batch by batch.
    package func table(of matrix: Matrix) -> any RowTable {
        matrix.isMapped ? ScaledRows(matrix, self) : rows(of: matrix)
    }

    // MARK: - On disk

    package func encode(to archive: inout ModelArchive) {
        archive.store(centers, as: "centers")
        archive.store(scales, as: "scales")
    }

    /// - Throws: ``OutlierError/Code/invalidModel``.
    package init(from archive: ModelArchive) throws {
        centers = try archive.doubles("centers")
        scales = try archive.doubles("scales", count: centers.count)
        guard !centers.isEmpty, centers.allSatisfy(\.isFinite), scales.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            throw OutlierError(.invalidModel, "the model's columns have unusable scales")
        }
    }
}
