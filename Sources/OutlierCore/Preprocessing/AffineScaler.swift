/// Subtracts a number from each column and multiplies by another: what the scalers of this folder learn.
///
/// A category passes as it is: its codes are names, not amounts.
public struct AffineScaler: FittedPreprocessor, MissingTolerant, CategoryTolerant {
    /// What is subtracted, one number a column.
    public let centers: [Double]
    /// What the difference is divided by, one number a column.
    public let scales: [Double]

    public var featureCount: Int { centers.count }

    init(centers: [Double], scales: [Double]) {
        self.centers = centers
        // A constant column has no scale of its own: it becomes 0, not NaN.
        self.scales = scales.map { $0 > 0 && $0.isFinite ? $0 : 1 }
    }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        let width = data.columnCount
        let untouched = data.columns.map { $0.levels != nil }
        let centers = zip(self.centers, untouched).map { $1 ? 0 : $0 }
        let scales = zip(self.scales, untouched).map { $1 ? 1 : $0 }
        let matrix = try data.matrix.withUnsafeBufferPointer { source in
            let source = SharedReadBuffer(source)
            return try Matrix(rowCount: data.rowCount, columnCount: width) { target in
                let target = SharedBuffer(target)
                try execution.forEachBlock(of: data.rowCount, size: max(1, 65_536 / max(1, width))) { rows in
                    for row in rows {
                        let start = row * width
                        for column in 0..<width {
                            var value = (source.buffer[start + column] - centers[column]) / scales[column]
                            // The difference may be too large for a number where its quotient is not.
                            if value.isInfinite {
                                value =
                                    source.buffer[start + column] / scales[column] - centers[column] / scales[column]
                            }
                            (target.buffer.baseAddress.map { $0 + start + column })?.initialize(to: value)
                        }
                    }
                }
            }
        }
        return try data.replacing(matrix)
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(centers, as: "centers")
        archive.store(scales, as: "scales")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let centers = try archive.doubles("centers")
        self.init(centers: centers, scales: try archive.doubles("scales", count: centers.count))
    }
}

/// - Throws: ``OutlierError/Code/numericalFailure`` where a range is too large for a number: the column would pass unscaled.
func requireRanges(_ ranges: [Double], of data: Dataset) throws {
    guard let column = ranges.firstIndex(where: \.isInfinite) else { return }
    throw OutlierError(
        .numericalFailure,
        "the values of the column “\(data.columns[column].name)” are too far apart for their range to be a number",
        suggestion: "Divide the column by a large number, or use “standard-scaler”.")
}

/// The values of one column that are there.
func presentValues(_ data: Dataset, column: Int) -> [Double] {
    data.matrix.column(column).filter { !$0.isNaN }
}
