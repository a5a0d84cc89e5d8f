import CKernels
import OutlierCore

/// One column of a table in ascending order.
enum SortedColumn {
    /// The sort keeps where a number came from in 32 bits.
    static func checkRowCount(_ count: Int) throws {
        guard count <= Int(UInt32.max) else {
            throw OutlierError(.shapeMismatch, "\(count) rows are more than the detector takes: \(UInt32.max)")
        }
    }

    /// - Throws: ``OutlierError/Code/shapeMismatch`` where there are more rows than 32 bits can count.
    static func values(of data: Dataset, column: Int) throws -> [Double] {
        try checkRowCount(data.rowCount)
        let count = data.rowCount
        let copied = data.matrix.withUnsafeBufferPointer { table in
            [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
                if let source = table.baseAddress, let target = buffer.baseAddress {
                    outlier_copy_column(source, count, data.columnCount, column, target)
                    initialized = count
                }
            }
        }
        return sorted(copied)
    }

    /// - Parameter values: no more than 32 bits can count.
    static func sorted(_ values: [Double]) -> [Double] {
        let count = values.count
        guard count > 1 else { return values }
        return [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
            let origins = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
            let spare = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
            defer {
                origins.deallocate()
                spare.deallocate()
            }
            values.withUnsafeBufferPointer { source in
                if let source = source.baseAddress, let target = buffer.baseAddress {
                    outlier_sort_with_origins(source, count, target, origins, spare)
                    initialized = count
                }
            }
        }
    }
}
