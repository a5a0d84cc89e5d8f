internal import CKernels

/// Products of matrices in single precision, row-major. A row's result has the same bits in every batch.
package enum FloatProduct {
    /// Numbers of scratch that a product of this depth needs: `depth` is the length of the sums.
    package static func scratchCount(depth: Int) -> Int { depth * Int(OUTLIER_FLOAT_LANES) }

    /// result (rows × width) = first (rows × depth) × second (depth × width) + bias.
    ///
    /// - Parameters:
    ///   - transposingFirst: the first factor lies as depth × rows.
    ///   - rowStride: from one row of the first factor to the next, where they do not follow each other; not for a
    ///     transposed one.
    ///   - bias: a number for each column of the result.
    ///   - accumulate: adds to what stands in the result.
    ///   - rectify: negative results become 0.
    ///   - resultStride: from one row of the result to the next, where they do not follow each other.
    package static func multiply(
        transposingFirst: Bool = false, rows: Int, depth: Int, width: Int, _ first: UnsafePointer<Float>,
        rowStride: Int? = nil, _ second: UnsafePointer<Float>, bias: UnsafePointer<Float>? = nil,
        accumulate: Bool = false, rectify: Bool = false, scratch: UnsafeMutablePointer<Float>,
        result: UnsafeMutablePointer<Float>, resultStride: Int? = nil
    ) {
        var task = outlier_float_product_task(
            rows: rows, depth: depth, width: width, first: first,
            first_row_stride: transposingFirst ? 1 : rowStride ?? depth,
            first_depth_stride: transposingFirst ? rows : 1,
            second: second, second_stride: width, result: result, result_stride: resultStride ?? width, bias: bias,
            accumulate: accumulate ? 1 : 0, rectify: rectify ? 1 : 0, scratch: scratch)
        outlier_float_product(&task)
    }
}
