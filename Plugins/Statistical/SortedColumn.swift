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
        sorted(try copy(of: data, column: column))
    }

    /// The values with the weights of their rows.
    static func weighted(of data: Dataset, column: Int) throws -> WeightedColumn {
        WeightedColumn(try copy(of: data, column: column), weights: data.weights)
    }

    private static func copy(of data: Dataset, column: Int) throws -> [Double] {
        try checkRowCount(data.rowCount)
        let count = data.rowCount
        return data.matrix.withUnsafeBufferPointer { table in
            [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
                if let source = table.baseAddress, let target = buffer.baseAddress {
                    outlier_copy_column(source, count, data.columnCount, column, target)
                    initialized = count
                }
            }
        }
    }

    /// - Parameter values: no more than 32 bits can count.
    static func sorted(_ values: [Double]) -> [Double] { sorted(values, origins: nil) }

    /// The values in ascending order, and where each stood.
    static func sortedWithOrigins(_ values: [Double]) -> (sorted: [Double], origins: [Int]) {
        var origins = Array(values.indices)
        let sorted = sorted(values) { found in
            // The number of the row is in the lower half.
            for index in origins.indices { origins[index] = Int(UInt32(truncatingIfNeeded: found[index])) }
        }
        return (sorted, origins)
    }

    private static func sorted(_ values: [Double], origins read: ((UnsafePointer<UInt64>) -> Void)?) -> [Double] {
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
                    read?(origins)
                }
            }
        }
    }
}
