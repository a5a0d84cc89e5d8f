internal import CKernels
package import OutlierCore

/// A matrix laid out for kernels that treat each row of the other side by itself: a row's result has the same bits
/// whatever batch it is in, which BLAS does not promise.
package struct PackedColumns: Sendable {
    /// Rows of the matrix: the length of the rows that it is applied to.
    package let depth: Int
    /// Columns of the matrix: the length of the results.
    package let width: Int
    private let panels: [Double]

    /// - Parameter matrix: depth × width.
    package init(_ matrix: Matrix) {
        depth = matrix.rowCount
        width = matrix.columnCount
        let padded = (width + Int(OUTLIER_PANEL_WIDTH) - 1) / Int(OUTLIER_PANEL_WIDTH) * Int(OUTLIER_PANEL_WIDTH)
        let depth = depth
        let width = width
        panels = [Double](unsafeUninitializedCapacity: depth * padded) { panels, count in
            matrix.withUnsafeBufferPointer { source in
                if let source = source.baseAddress, let target = panels.baseAddress {
                    outlier_pack_panels(source, depth, width, target)
                }
            }
            count = depth * padded
        }
    }

    /// How many numbers of scratch memory the calls below need.
    package var scratchCount: Int { Int(OUTLIER_ROW_TILE) * depth }

    /// out (count × width) = (rows − centers) / scales × matrix.
    ///
    /// - Parameters:
    ///   - rows: count × depth numbers.
    ///   - centers: `depth` numbers, or `nil` for 0.
    ///   - scales: `depth` numbers, or `nil` for 1.
    ///   - scratch: ``scratchCount`` numbers.
    package func project(
        _ rows: UnsafePointer<Double>, count: Int, centers: [Double]?, scales: [Double]? = nil,
        scratch: UnsafeMutablePointer<Double>, into out: UnsafeMutablePointer<Double>
    ) {
        withOptionalPointer(centers) { centers in
            withOptionalPointer(scales) { scales in
                outlier_project_rows(rows, count, depth, centers, scales, panels, width, scratch, out)
            }
        }
    }

    /// out (count) = the squared lengths of (rows − centers) × matrix.
    ///
    /// - Parameter scratch: ``scratchCount`` numbers.
    package func squaredLengths(
        _ rows: UnsafePointer<Double>, count: Int, centers: [Double]?, scratch: UnsafeMutablePointer<Double>,
        into out: UnsafeMutablePointer<Double>
    ) {
        withOptionalPointer(centers) { centers in
            outlier_projected_squares(rows, count, depth, centers, nil, panels, width, nil, scratch, out)
        }
    }

    /// out (count × width) = squared Euclidean distances from each row to each column.
    package func squaredDistances(
        _ rows: UnsafePointer<Double>, count: Int, scratch: UnsafeMutablePointer<Double>,
        into out: UnsafeMutablePointer<Double>
    ) {
        outlier_row_distances(rows, count, depth, panels, width, scratch, out)
    }

    /// out (count × range.count) = squared Euclidean distances from each row to the columns of `range`, which begins at a
    /// multiple of ``panelWidth``.
    package func squaredDistances(
        _ rows: UnsafePointer<Double>, count: Int, columns range: Range<Int>, scratch: UnsafeMutablePointer<Double>,
        into out: UnsafeMutablePointer<Double>
    ) {
        precondition(range.lowerBound % PackedColumns.panelWidth == 0 && range.upperBound <= width, "columns of panels")
        panels.withUnsafeBufferPointer { panels in
            guard let panels = panels.baseAddress else { return }
            outlier_row_distances(rows, count, depth, panels + range.lowerBound * depth, range.count, scratch, out)
        }
    }

    /// How many columns are laid side by side.
    package static var panelWidth: Int { Int(OUTLIER_PANEL_WIDTH) }

    /// (data − centers) / scales × matrix, in parallel.
    package func project(
        _ data: Matrix, centers: [Double]?, scales: [Double]? = nil, execution: Execution = Execution()
    ) throws -> Matrix {
        precondition(data.columnCount == depth, "rows must be as long as the matrix has rows")
        return try data.withUnsafeBufferPointer { source in
            let source = SharedReadBuffer(source)
            return try Matrix(rowCount: data.rowCount, columnCount: width) { target in
                let target = SharedBuffer(target)
                try execution.forEachBlock(of: data.rowCount, size: rowBlock) { rows in
                    guard let source = source.buffer.baseAddress, let target = target.buffer.baseAddress else { return }
                    withUnsafeTemporaryAllocation(of: Double.self, capacity: scratchCount) { scratch in
                        guard let scratch = scratch.baseAddress else { return }
                        project(
                            source + rows.lowerBound * depth, count: rows.count, centers: centers, scales: scales,
                            scratch: scratch, into: target + rows.lowerBound * width)
                    }
                }
            }
        }
    }

    /// Σⱼ weightⱼ · (((row − centers) / scales) × matrix)ⱼ² for each row of the data, in parallel.
    ///
    /// With the matrix L⁻ᵀ of a covariance L Lᵀ this is the squared Mahalanobis distance.
    package func weightedSquares(
        _ data: Matrix, centers: [Double]?, scales: [Double]? = nil, weights: [Double]? = nil,
        execution: Execution = Execution()
    ) throws -> [Double] {
        precondition(data.columnCount == depth, "rows must be as long as the matrix has rows")
        return try data.withUnsafeBufferPointer { source in
            let source = SharedReadBuffer(source)
            return try execution.map(data.rowCount, blockSize: rowBlock) { rows, out in
                guard let source = source.buffer.baseAddress, let out = out.baseAddress else { return }
                withUnsafeTemporaryAllocation(of: Double.self, capacity: scratchCount) { scratch in
                    guard let scratch = scratch.baseAddress else { return }
                    withOptionalPointer(centers) { centers in
                        withOptionalPointer(scales) { scales in
                            withOptionalPointer(weights) { weights in
                                outlier_projected_squares(
                                    source + rows.lowerBound * depth, rows.count, depth, centers, scales, panels,
                                    width, weights, scratch, out)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Rows of one unit of parallel work.
    private var rowBlock: Int { max(24, min(1_024, 65_536 / max(1, width))) }
}

/// Calls `body` with the elements, or with `nil` where there are none.
private func withOptionalPointer<Result>(
    _ array: [Double]?, _ body: (UnsafePointer<Double>?) -> Result
) -> Result {
    guard let array else { return body(nil) }
    return array.withUnsafeBufferPointer { body($0.baseAddress) }
}
