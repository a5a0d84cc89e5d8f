import OutlierCore

/// A NumPy array of one or two dimensions.
struct NumPyArray {
    let matrix: Matrix

    private static let blockSize = 1 << 18

    /// Reads an array.
    ///
    /// - Parameters:
    ///   - byteCount: how many bytes there are in all, header included, where that is known: then an array
    ///     that says it is larger is refused before there is memory for it.
    ///   - memoryLimit: the bytes of memory that the elements may take; larger arrays are kept in a temporary file.
    init(
        _ source: any ByteSource, byteCount: Int?, name: String, memoryLimit: Int? = nil, execution: Execution
    ) throws {
        matrix = try NumPyArray.matrix(source, byteCount, memoryLimit, execution)
        // Behind the elements stands what tells that they are whole: the checksum of gzip, zstd or zip.
        var rest = [UInt8](repeating: 0, count: 1 << 12)
        while try rest.withUnsafeMutableBytes({ try source.read(into: $0) }) > 0 { try execution.checkCancellation() }
    }

    private static func matrix(
        _ source: any ByteSource, _ byteCount: Int?, _ memoryLimit: Int?, _ execution: Execution
    ) throws -> Matrix {
        let header = try NumPyHeader(source)
        let (rows, columns) = try header.rowsAndColumns()
        let count = rows * columns
        if let byteCount, byteCount - header.byteCount < count * header.element.size {
            throw NumPyArray.tooShort
        }
        guard count > 0 else {
            throw OutlierError(
                .emptyData, "the array has \(rows) rows and \(columns) columns",
                suggestion: "Look at what wrote the file.")
        }
        if let memoryLimit, byteCount != nil, count > memoryLimit / (2 * MemoryLayout<Double>.stride) {
            return try Matrix(rowCount: rows, columnCount: columns, inFolder: TemporaryFolder.path) { buffer in
                if header.isColumnMajor, columns > 1 {
                    try NumPyArray.transpose(source, rows, columns, header, execution, memoryLimit, into: buffer)
                } else {
                    try NumPyArray.blocks(source, count, header, execution) { block, start in
                        let end = start + block.count / header.element.size
                        let part = UnsafeMutableBufferPointer(rebasing: buffer[start..<end])
                        NumPyArray.convert(block, header, into: part)
                        WrittenPages.release(part)
                    }
                }
            }
        }
        if byteCount != nil {
            try MachineMemory.require(
                elements: [count, header.isColumnMajor && columns > 1 ? 2 : 1],
                for: "the array of \(rows) rows and \(columns) columns",
                instead: "Let its rows be kept in a file: data: {memory-limit: 1000}.")
        }
        let read =
            try byteCount == nil
            ? NumPyArray.growing(source, count, header, execution)
            : NumPyArray.known(source, count, header, execution)
        if header.isColumnMajor, columns > 1 {
            return try Matrix(rowCount: columns, columnCount: rows, values: read).transposed()
        }
        return try Matrix(rowCount: rows, columnCount: columns, values: read)
    }

    /// Writes an array that comes column by column row by row, a group of columns at a time, so that neither the elements nor
    /// all of the pages that they are written to are in memory at once.
    private static func transpose(
        _ source: any ByteSource, _ rows: Int, _ columns: Int, _ header: NumPyHeader, _ execution: Execution,
        _ memoryLimit: Int, into target: UnsafeMutableBufferPointer<Double>
    ) throws {
        let most = max(1, memoryLimit / (4 * MemoryLayout<Double>.stride) / max(1, rows))
        for first in stride(from: 0, to: columns, by: most) {
            let width = min(most, columns - first)
            let group = try known(source, rows * width, header, execution)
            let step = max(1, WrittenPages.portion / columns)
            for start in stride(from: 0, to: rows, by: step) {
                let end = min(start + step, rows)
                for row in start..<end {
                    for column in 0..<width { target[row * columns + first + column] = group[column * rows + row] }
                }
                WrittenPages.release(UnsafeMutableBufferPointer(rebasing: target[start * columns..<end * columns]))
            }
        }
    }

    private static var tooShort: OutlierError {
        NumPyHeader.malformed("there are fewer elements than its header says")
    }

    /// The elements of an array whose bytes are all there.
    private static func known(
        _ source: any ByteSource, _ count: Int, _ header: NumPyHeader, _ execution: Execution
    ) throws -> [Double] {
        try [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
            try blocks(source, count, header, execution) { block, start in
                convert(block, header, into: UnsafeMutableBufferPointer(rebasing: buffer[start...]))
            }
            initialized = count
        }
    }

    /// The elements of an array that may be shorter than it says: memory is taken only for what has come.
    private static func growing(
        _ source: any ByteSource, _ count: Int, _ header: NumPyHeader, _ execution: Execution
    ) throws -> [Double] {
        var values: [Double] = []
        try blocks(source, count, header, execution) { block, _ in
            let size = block.count / header.element.size
            values += [Double](unsafeUninitializedCapacity: size) { buffer, initialized in
                convert(block, header, into: buffer)
                initialized = size
            }
        }
        return values
    }

    /// Calls `body` with whole elements and the index of the first of them.
    private static func blocks(
        _ source: any ByteSource, _ count: Int, _ header: NumPyHeader, _ execution: Execution,
        _ body: (UnsafeRawBufferPointer, Int) -> Void
    ) throws {
        let size = header.element.size
        var block = [UInt8](repeating: 0, count: blockSize)
        var done = 0
        while done < count {
            try execution.checkCancellation()
            let wanted = min(blockSize / size, count - done) * size
            var filled = 0
            while filled < wanted {
                let got = try block.withUnsafeMutableBytes {
                    try source.read(into: .init(rebasing: $0[filled..<wanted]))
                }
                if got == 0 { throw tooShort }
                filled += got
            }
            block.withUnsafeBytes { body(.init(rebasing: $0[..<wanted]), done) }
            done += wanted / size
        }
    }

    private static func convert(
        _ block: UnsafeRawBufferPointer, _ header: NumPyHeader, into target: UnsafeMutableBufferPointer<Double>
    ) {
        let isBig = header.isBigEndian
        switch header.element {
        case .boolean: each(block, UInt8.self, target) { $0 == 0 ? 0 : 1 }
        case .signed(1): each(block, Int8.self, target) { Double($0) }
        case .signed(2): each(block, Int16.self, target) { Double(isBig ? $0.bigEndian : $0.littleEndian) }
        case .signed(4): each(block, Int32.self, target) { Double(isBig ? $0.bigEndian : $0.littleEndian) }
        case .signed: each(block, Int64.self, target) { Double(isBig ? $0.bigEndian : $0.littleEndian) }
        case .unsigned(1): each(block, UInt8.self, target) { Double($0) }
        case .unsigned(2): each(block, UInt16.self, target) { Double(isBig ? $0.bigEndian : $0.littleEndian) }
        case .unsigned(4): each(block, UInt32.self, target) { Double(isBig ? $0.bigEndian : $0.littleEndian) }
        case .unsigned: each(block, UInt64.self, target) { Double(isBig ? $0.bigEndian : $0.littleEndian) }
        case .float(2): each(block, UInt16.self, target) { half(isBig ? $0.bigEndian : $0.littleEndian) }
        case .float(4):
            each(block, UInt32.self, target) { Double(Float(bitPattern: isBig ? $0.bigEndian : $0.littleEndian)) }
        case .float:
            each(block, UInt64.self, target) { Double(bitPattern: isBig ? $0.bigEndian : $0.littleEndian) }
        }
    }

    @inline(__always)
    private static func each<Element: BitwiseCopyable>(
        _ block: UnsafeRawBufferPointer, _ type: Element.Type, _ target: UnsafeMutableBufferPointer<Double>,
        _ value: (Element) -> Double
    ) {
        guard let base = target.baseAddress else { return }
        let size = MemoryLayout<Element>.size
        for index in 0..<block.count / size {
            let element = block.loadUnaligned(fromByteOffset: index * size, as: Element.self)
            (base + index).initialize(to: value(element))
        }
    }

    /// A number of 16 bits (IEEE 754 binary16).
    private static func half(_ bits: UInt16) -> Double {
        let sign: FloatingPointSign = bits >> 15 == 0 ? .plus : .minus
        let exponent = Int(bits >> 10 & 0x1F)
        let significand = Double(bits & 0x3FF)
        if exponent == 0x1F { return significand == 0 ? (sign == .plus ? .infinity : -.infinity) : .nan }
        if exponent == 0 { return Double(sign: sign, exponent: -24, significand: significand) }
        return Double(sign: sign, exponent: exponent - 25, significand: significand + 1024)
    }
}
