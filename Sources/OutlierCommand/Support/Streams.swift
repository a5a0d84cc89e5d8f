import Outlier

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Results, for programs and people.
enum StandardOutput {
    /// Writes all of `text`. Where that fails, as on a full disk, there is nobody left to give results to: the process says so
    /// and ends.
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let base = rest.baseAddress, rest.count > 0 {
                let count = Platform.write(STDOUT_FILENO, base, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else {
                    StandardError.write("outlier: \(OutlierError.unwritable("standard output", errno))\n")
                    exit(ErrorReport.Status.failed)
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}

/// Words for people.
enum StandardError {
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            _ = Platform.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }
}

private enum Platform {
    static func write(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes, count)
        #else
            Darwin.write(descriptor, bytes, count)
        #endif
    }
}
