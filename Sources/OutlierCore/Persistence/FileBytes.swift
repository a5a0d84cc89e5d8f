#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads whole files.
enum FileBytes {
    /// - Throws: ``OutlierError/Code/inputOutput``.
    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw OutlierError.unreadable(path, errno) }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw OutlierError.unreadable(path, errno) }
        guard information.st_mode & S_IFMT != S_IFDIR else { throw OutlierError.unreadable(path, EISDIR) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(information.st_size))
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = chunk.withUnsafeMutableBytes { buffer in
                #if canImport(Glibc)
                    Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                #else
                    Darwin.read(descriptor, buffer.baseAddress, buffer.count)
                #endif
            }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw OutlierError.unreadable(path, errno)
            }
            bytes.append(contentsOf: chunk[..<count])
        }
    }
}
