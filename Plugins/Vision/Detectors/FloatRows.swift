internal import CKernels

/// Products of rows in single precision.
enum FloatRows {
    /// result = some rows of `first` (each of `depth` numbers) × second (depth × width).
    static func product(
        _ first: [Float], rows: Range<Int>, depth: Int, _ second: [Float], bias: [Float]? = nil, width: Int,
        into result: UnsafeMutableBufferPointer<Float>
    ) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: depth * Int(OUTLIER_FLOAT_LANES)) { scratch in
            first.withUnsafeBufferPointer { first in
                second.withUnsafeBufferPointer { second in
                    (bias ?? []).withUnsafeBufferPointer { shift in
                        guard let base = first.baseAddress else { return }
                        var task = outlier_float_product_task(
                            rows: rows.count, depth: depth, width: width, first: base + rows.lowerBound * depth,
                            first_row_stride: depth, first_depth_stride: 1, second: second.baseAddress,
                            second_stride: width, result: result.baseAddress, result_stride: width,
                            bias: bias == nil ? nil : shift.baseAddress, accumulate: 0, rectify: 0,
                            scratch: scratch.baseAddress)
                        outlier_float_product(&task)
                    }
                }
            }
        }
    }

    /// For each of `count` rows the nearest of others, which lie as columns with half their negative squared lengths: the one
    /// with the largest product.
    static func nearest(_ values: [Float], count: Int, width: Int, _ columns: [Float], _ halves: [Float]) -> [Int] {
        let block = 32
        var products = [Float](repeating: 0, count: block * halves.count)
        var result = [Int](repeating: 0, count: count)
        for start in stride(from: 0, to: count, by: block) {
            let rows = start..<min(start + block, count)
            products.withUnsafeMutableBufferPointer {
                product(values, rows: rows, depth: width, columns, bias: halves, width: halves.count, into: $0)
                for row in rows {
                    let offset = (row - start) * halves.count
                    var best = 0
                    for other in 1..<max(1, halves.count) where $0[offset + other] > $0[offset + best] { best = other }
                    result[row] = best
                }
            }
        }
        return result
    }
}
