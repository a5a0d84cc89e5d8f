internal import CKernels
internal import OutlierCore

/// Rows to train on.
package protocol RowTable: Sendable {
    var rowCount: Int { get }
    var width: Int { get }
    /// Copies the rows at `indices` one after the other.
    func gather(_ indices: UnsafeBufferPointer<Int>, into target: UnsafeMutablePointer<Float>)
    /// A number that differs where any value differs; a checkpoint remembers it.
    var fingerprint: UInt64 { get }
}

/// Rows in memory, in single precision.
package struct FloatRows: RowTable {
    package let values: [Float]
    package let rowCount: Int
    package let width: Int

    /// - Parameter values: rows × width.
    package init(_ values: [Float], width: Int) {
        precondition(width > 0 && values.count % width == 0, "the values must be whole rows")
        self.values = values
        self.width = width
        rowCount = values.count / width
    }

    package func gather(_ indices: UnsafeBufferPointer<Int>, into target: UnsafeMutablePointer<Float>) {
        values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            for index in indices { precondition(index >= 0 && index < rowCount, "row out of the table") }
            outlier_gather_float_rows(base, indices.baseAddress, indices.count, width, target)
        }
    }

    package var fingerprint: UInt64 {
        var fingerprint = RowFingerprint(width: width)
        values.withUnsafeBytes { fingerprint.add($0) }
        return fingerprint.value
    }
}
