internal import CImageDecoding
internal import OutlierCore

/// Writes pictures as PNG files and numbers as NumPy's `.npy`.
public enum ImageWriter {
    /// - Throws: ``OutlierError/Code/outputFailed``.
    public static func writePNG(_ image: RasterImage, to path: String) throws {
        try image.pixels.withUnsafeBytes {
            try write($0, width: image.width, height: image.height, channels: 3, bits: 8, to: path)
        }
    }

    /// A grey picture of 16 bits.
    ///
    /// - Throws: ``OutlierError/Code/outputFailed``, ``OutlierError/Code/shapeMismatch`` where the values are not as many as the
    ///   sides say.
    public static func writePNG(_ values: [UInt16], width: Int, height: Int, to path: String) throws {
        guard width > 0, height > 0, values.count == width * height else {
            throw OutlierError(.shapeMismatch, "\(values.count) numbers are no picture of \(width) × \(height) pixels")
        }
        try values.withUnsafeBytes { try write($0, width: width, height: height, channels: 1, bits: 16, to: path) }
    }

    private static func write(
        _ pixels: UnsafeRawBufferPointer, width: Int, height: Int, channels: Int32, bits: Int32, to path: String
    ) throws {
        var count = 0
        guard let bytes = outlier_image_write_png(pixels.baseAddress, width, height, channels, bits, &count) else {
            throw OutlierError(.outputFailed, "a picture of \(width) × \(height) pixels cannot be written to “\(path)”")
        }
        defer { outlier_image_free_bytes(bytes) }
        let file = try AtomicFile(path: path)
        try file.write(UnsafeRawBufferPointer(start: bytes, count: count))
        try file.commit()
    }

    /// An array of 32-bit numbers as `numpy.load` reads it.
    ///
    /// - Parameter shape: the extents, outermost first.
    /// - Throws: ``OutlierError/Code/outputFailed``, ``OutlierError/Code/shapeMismatch``.
    public static func writeNPY(_ values: [Float], shape: [Int], to path: String) throws {
        guard shape.reduce(1, *) == values.count else {
            throw OutlierError(.shapeMismatch, "\(values.count) numbers do not have the shape \(shape)")
        }
        let extents = shape.map { "\($0)," }.joined(separator: " ")
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }"
        // The data begin at a multiple of 64.
        header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
        let file = try AtomicFile(path: path)
        try file.write(
            [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)])
        try file.write(header)
        try values.map(\.bitPattern.littleEndian).withUnsafeBytes { try file.write($0) }
        try file.commit()
    }
}
