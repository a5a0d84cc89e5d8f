import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where a path leads, whatever links lie on the way, and also where nothing is there yet.
package enum LinkTarget {
    private static let mostLinks = 40

    /// The path of the file itself: a link that points at a file which is yet to be made is followed as well.
    ///
    /// - Throws: ``OutlierError/Code/outputFailed`` where links lead in a circle.
    package static func path(_ path: String) throws -> String {
        var current = path
        for _ in 0..<mostLinks {
            var information = stat()
            guard lstat(current, &information) == 0, information.st_mode & S_IFMT == S_IFLNK else {
                return inResolvedFolder(current)
            }
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
            let length = readlink(current, &buffer, buffer.count - 1)
            guard length > 0 else { throw OutlierError.unwritable(path, errno) }
            let target = String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
            current = target.hasPrefix("/") ? target : folder(of: current) + "/" + target
        }
        throw OutlierError.unwritable(path, ELOOP)
    }

    /// The number of the descriptor of this process that a path stands for, as `/dev/stdout` does; `nil` for other paths.
    package static func descriptor(_ path: String) -> Int32? {
        switch path {
        case "/dev/stdin": return 0
        case "/dev/stdout": return 1
        case "/dev/stderr": return 2
        default:
            for folder in ["/dev/fd/", "/proc/self/fd/", "/proc/\(getpid())/fd/"] where path.hasPrefix(folder) {
                return Int32(path.dropFirst(folder.count))
            }
            return nil
        }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func inResolvedFolder(_ path: String) -> String {
        guard let resolved = realpath(folder(of: path), nil) else { return path }
        defer { free(resolved) }
        let name = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
        let folder = String(cString: resolved)
        return folder == "/" ? "/\(name)" : "\(folder)/\(name)"
    }
}
