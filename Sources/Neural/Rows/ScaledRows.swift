package import OutlierCore

/// Rows that are scaled when they are asked for: for tables that do not fit the memory they may take.
package struct ScaledRows: RowTable {
    private let matrix: Matrix
    private let scaling: ColumnScaling

    package init(_ matrix: Matrix, _ scaling: ColumnScaling) {
        self.matrix = matrix
        self.scaling = scaling
    }

    package var rowCount: Int { matrix.rowCount }
    package var width: Int { matrix.columnCount }

    package func gather(_ indices: UnsafeBufferPointer<Int>, into target: UnsafeMutablePointer<Float>) {
        for (slot, index) in indices.enumerated() {
            matrix.rows(index..<index + 1).withUnsafeBufferPointer { scaling.apply($0, into: target + slot * width) }
        }
    }

    /// The same number that the rows have in memory.
    package var fingerprint: UInt64 {
        var fingerprint = RowFingerprint(width: width)
        var row = [Float](repeating: 0, count: width)
        for index in 0..<rowCount {
            row.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                matrix.rows(index..<index + 1).withUnsafeBufferPointer { scaling.apply($0, into: base) }
            }
            row.withUnsafeBytes { fingerprint.add($0) }
        }
        return fingerprint.value
    }
}

/// A hash of rows of numbers, given in any portions of whole numbers.
struct RowFingerprint {
    private var hash: UInt64

    init(width: Int) { hash = RandomSource.mixed(UInt64(width)) }

    /// - Parameter bytes: of 32-bit numbers.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        while index + 4 <= bytes.count {
            let number = UInt64(bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
            hash = (hash ^ number) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
            index += 4
        }
    }

    var value: UInt64 { RandomSource.mixed(hash) }
}
