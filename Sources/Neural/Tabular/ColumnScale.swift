internal import LinearAlgebra
package import OutlierCore

/// Brings the columns of a table to a scale that networks learn well on: (value − center) / scale.
package struct ColumnScale: Persistable {
    package let centers: [Double]
    package let scales: [Double]

    package var width: Int { centers.count }

    /// Mean 0 and standard deviation 1; constant columns become 0.
    ///
    /// - Throws: ``OutlierError/Code/numericalFailure`` where values are too large, `CancellationError`.
    package static func standard(_ matrix: Matrix, execution: Execution) throws -> ColumnScale {
        let moments = try ColumnMoments(of: matrix, execution: execution)
        return ColumnScale(
            centers: moments.means, scales: moments.variances.map { $0 > 0 ? max($0.squareRoot(), 1e-300) : 1 })
    }

    /// 0 at the least value and 1 at the largest; constant columns become 0.
    package static func unitRange(_ matrix: Matrix) -> ColumnScale {
        var least = [Double](repeating: .infinity, count: matrix.columnCount)
        var largest = [Double](repeating: -.infinity, count: matrix.columnCount)
        matrix.withUnsafeBufferPointer { values in
            for (index, value) in values.enumerated() {
                let column = index % matrix.columnCount
                least[column] = min(least[column], value)
                largest[column] = max(largest[column], value)
            }
        }
        let spans = zip(least, largest).map { low, high in
            high > low ? min(max(high - low, 1e-300), .greatestFiniteMagnitude) : 1
        }
        return ColumnScale(centers: least.map { $0.isFinite ? $0 : 0 }, scales: spans)
    }

    private init(centers: [Double], scales: [Double]) {
        self.centers = centers
        self.scales = scales
    }

    /// The rows on the scale, in single precision.
    package func rows(_ matrix: Matrix) -> FloatRows {
        ColumnScaling(centers: centers, scales: scales).rows(of: matrix)
    }

    package func encode(to archive: inout ModelArchive) throws {
        archive.store(centers, as: "centers")
        archive.store(scales, as: "scales")
    }

    package init(from archive: ModelArchive, registry: Registry) throws {
        let centers = try archive.doubles("centers")
        let scales = try archive.doubles("scales", count: centers.count)
        guard !centers.isEmpty, centers.allSatisfy(\.isFinite), scales.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw OutlierError(.invalidModel, "the scale of the columns is not one")
        }
        self.init(centers: centers, scales: scales)
    }
}
