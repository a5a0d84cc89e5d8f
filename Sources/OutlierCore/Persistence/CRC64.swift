/// The cyclic redundancy check CRC-64/XZ: any error that spans fewer than 64 bits changes it.
struct CRC64 {
    private var state: UInt64 = ~0

    /// Eight tables, so that eight bytes are taken at a step (“slicing by eight”).
    private static let tables: [[UInt64]] = {
        var tables = [[UInt64]](repeating: [UInt64](repeating: 0, count: 256), count: 8)
        for index in 0..<256 {
            var value = UInt64(index)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xC96C_5795_D787_0F42 : value >> 1 }
            tables[0][index] = value
        }
        for index in 0..<256 {
            for table in 1..<8 {
                let previous = tables[table - 1][index]
                tables[table][index] = tables[0][Int(previous & 0xFF)] ^ previous >> 8
            }
        }
        return tables
    }()

    private static let flatTables: [UInt64] = tables.flatMap { $0 }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var crc = state
        CRC64.flatTables.withUnsafeBufferPointer { table in
            var index = 0
            while index + 8 <= bytes.count {
                crc ^= UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let low =
                    table[7 * 256 + Int(crc & 0xFF)] ^ table[6 * 256 + Int(crc >> 8 & 0xFF)]
                    ^ table[5 * 256 + Int(crc >> 16 & 0xFF)] ^ table[4 * 256 + Int(crc >> 24 & 0xFF)]
                let high =
                    table[3 * 256 + Int(crc >> 32 & 0xFF)] ^ table[2 * 256 + Int(crc >> 40 & 0xFF)]
                    ^ table[1 * 256 + Int(crc >> 48 & 0xFF)] ^ table[Int(crc >> 56)]
                crc = low ^ high
                index += 8
            }
            while index < bytes.count {
                crc = table[Int((crc ^ UInt64(bytes[index])) & 0xFF)] ^ crc >> 8
                index += 1
            }
        }
        state = crc
    }

    var value: UInt64 { ~state }
}
