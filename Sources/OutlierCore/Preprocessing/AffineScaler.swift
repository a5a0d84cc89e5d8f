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
                            let value = (source.buffer[start + column] - centers[column]) / scales[column]
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

/// The values of one column that are there.
func presentValues(_ data: Dataset, column: Int) -> [Double] {
    data.matrix.column(column).filter { !$0.isNaN }
}
