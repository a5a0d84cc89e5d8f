import OutlierCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The bytes of a file, a pipe or standard input.
final class FileSource: ByteSource {
    private let descriptor: Int32
    private let path: String
    private let owned: Bool
    /// The size of a regular file; `nil` for what cannot be read twice.
    let size: Int?

    /// - Throws: ``OutlierError/Code/inputOutput`` where there is no such file, or a directory of that name.
    init(path: String) throws {
        self.path = path
        owned = true
        descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else {
            let code = errno
            var error = OutlierError.unreadable(path, code)
            if code == ENOENT { error.suggestion = FileSource.similarFile(path) }
            throw error
        }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw OutlierError.unreadable(path, errno) }
        guard information.st_mode & S_IFMT != S_IFDIR else {
            throw OutlierError(
                .inputOutput, "cannot read “\(path)”: it is a directory", suggestion: "Name a file in it.")
        }
        size = information.st_mode & S_IFMT == S_IFREG ? Int(information.st_size) : nil
        #if canImport(Glibc)
            posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        #endif
    }

    private init(standardInput: Void) {
        path = "standard input"
        owned = false
        descriptor = STDIN_FILENO
        size = nil
    }

    /// Standard input, which stays open.
    static var standardInput: FileSource { FileSource(standardInput: ()) }

    deinit { if owned { close(descriptor) } }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
                let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 { return count }
            if errno != EINTR { throw OutlierError.unreadable(path, errno) }
        }
    }

    /// The file of the same folder whose name is nearest.
    private static func similarFile(_ path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last, !name.isEmpty else { return nil }
        let folder = parts.count == 1 ? "." : parts.dropLast().joined(separator: "/")
        guard let directory = opendir(folder.isEmpty ? "/" : folder) else { return nil }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return Suggestion.didYouMean(String(name), among: names.sorted())
    }
}
