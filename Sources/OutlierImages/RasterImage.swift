internal import CImageDecoding
internal import OutlierCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A picture: height × width pixels of red, green and blue, 8 bits each.
public struct RasterImage: Sendable {
    public let width: Int
    public let height: Int
    /// Row after row, three numbers a pixel.
    public let pixels: [UInt8]

    /// A picture of more pixels is refused unless more are allowed: a small file may claim an enormous one.
    public static let usualPixelLimit = 89_478_485
    /// A file of more bytes is refused.
    private static let longestFile = 1 << 30

    /// - Throws: ``OutlierError/Code/shapeMismatch`` where the pixels are not as many as the sides say.
    public init(width: Int, height: Int, pixels: [UInt8]) throws {
        let (count, overflow) = width.multipliedReportingOverflow(by: height)
        guard width > 0, height > 0, !overflow, count <= Int.max / 3, pixels.count == 3 * count else {
            throw OutlierError(
                .shapeMismatch, "\(pixels.count) numbers are no picture of \(width) × \(height) pixels")
        }
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Reads a JPEG or PNG file, which is recognised by its content, not by its name.
    ///
    /// Grey becomes three equal numbers, 16 bits become 8, transparency and colour profiles are ignored, CMYK becomes RGB. A
    /// picture that a camera held sideways is turned as its EXIF orientation says.
    ///
    /// - Parameter pixelLimit: a picture of more pixels is refused before memory is taken for it.
    /// - Throws: ``OutlierError/Code/inputOutput`` where the file cannot be read, ``OutlierError/Code/malformedFile`` where it is
    ///   no picture, damaged, truncated or too large.
    public init(contentsOf path: String, pixelLimit: Int = usualPixelLimit) throws {
        try self.init(bytes: Self.bytes(of: path), name: path, pixelLimit: pixelLimit)
    }

    /// Reads a JPEG or PNG picture from memory.
    ///
    /// - Parameter name: what the picture is called in errors.
    /// - Throws: ``OutlierError/Code/malformedFile``.
    public init(bytes: [UInt8], name: String = "the picture", pixelLimit: Int = usualPixelLimit) throws {
        var image = outlier_image()
        let status = bytes.withUnsafeBufferPointer {
            outlier_image_read($0.baseAddress, $0.count, max(1, pixelLimit), &image)
        }
        defer { outlier_image_free(&image) }
        let reason = withUnsafeBytes(of: image.reason) { text in
            String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
        }
        func refused(_ why: String, _ suggestion: String? = nil) -> OutlierError {
            OutlierError(.malformedFile, why, suggestion: suggestion, location: .init(file: name))
        }
        switch Int(status) {
        case Int(OUTLIER_IMAGE_READ.rawValue): break
        case Int(OUTLIER_IMAGE_UNKNOWN_FORMAT.rawValue):
            throw refused(
                bytes.isEmpty ? "the picture is empty" : "this is neither a JPEG nor a PNG picture",
                "Convert other formats to PNG.")
        case Int(OUTLIER_IMAGE_TOO_LARGE.rawValue):
            throw refused(
                "the picture has \(reason), but at most \(pixelLimit) are allowed", "Make it smaller, or cut it up.")
        case Int(OUTLIER_IMAGE_NO_MEMORY.rawValue): throw refused("there is no memory for the picture")
        default: throw refused("the picture is damaged: \(reason)")
        }
        guard let base = image.pixels else { throw refused("the picture is damaged") }
        let pixels = Array(UnsafeBufferPointer(start: base, count: image.width * image.height * 3))
        let upright = Self.turned(pixels, image.width, image.height, orientation: Int(image.orientation))
        try self.init(width: upright.width, height: upright.height, pixels: upright.pixels)
    }

    /// EXIF's eight orientations: which pixel of the file stands where.
    private static func turned(
        _ pixels: [UInt8], _ width: Int, _ height: Int, orientation: Int
    ) -> (width: Int, height: Int, pixels: [UInt8]) {
        guard (2...8).contains(orientation) else { return (width, height, pixels) }
        let isSideways = orientation >= 5
        let newWidth = isSideways ? height : width
        let newHeight = isSideways ? width : height
        var result = [UInt8](repeating: 0, count: pixels.count)
        for y in 0..<newHeight {
            for x in 0..<newWidth {
                let from: (x: Int, y: Int) =
                    switch orientation {
                    case 2: (width - 1 - x, y)
                    case 3: (width - 1 - x, height - 1 - y)
                    case 4: (x, height - 1 - y)
                    case 5: (y, x)
                    case 6: (y, height - 1 - x)
                    case 7: (width - 1 - y, height - 1 - x)
                    default: (width - 1 - y, x)
                    }
                let source = 3 * (from.y * width + from.x)
                let target = 3 * (y * newWidth + x)
                for channel in 0..<3 { result[target + channel] = pixels[source + channel] }
            }
        }
        return (newWidth, newHeight, result)
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        guard let file = fopen(path, "rb") else { throw unreadable(path) }
        defer { fclose(file) }
        var information = stat()
        guard fstat(fileno(file), &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            throw unreadable(path)
        }
        let size = Int(information.st_size)
        guard size <= longestFile else {
            throw OutlierError(
                .malformedFile, "the file has \(size) bytes, more than a picture may have", location: .init(file: path))
        }
        return try [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            initialized = fread(buffer.baseAddress, 1, size, file)
            guard initialized == size else { throw unreadable(path) }
        }
    }

    private static func unreadable(_ path: String) -> OutlierError {
        OutlierError(.inputOutput, "the picture cannot be read", location: .init(file: path))
    }
}
