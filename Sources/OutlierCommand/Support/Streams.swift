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
        var text = VisibleText.of(text)
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

    static func write(_ text: String) { control(VisibleText.of(text)) }

    /// Writes text as it is: for what moves the cursor.
    static func control(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            _ = Platform.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }
}

/// Text without what a terminal takes for orders: words and names of a table may hold anything.
enum VisibleText {
    static func of(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var visible = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                visible.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            } else {
                visible.append(scalar)
            }
        }
        return String(visible)
    }

    /// C0 without tabs and line ends, C1, DEL, and what turns the direction of writing.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
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
