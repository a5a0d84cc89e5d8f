internal import Foundation
internal import OutlierCore

/// What a file says of itself before it is opened as a library: opening runs code, so what cannot be one is refused first.
enum LibraryFile {
    /// - Throws: ``OutlierError`` that names the file where it is missing, a directory, empty, no library or one for
    ///   another machine.
    static func check(_ path: String) throws {
        do {
            if let problem = problem(path) { throw problem }
            guard try PluginFile.kind(of: path) == .sharedLibrary else {
                throw OutlierError(.invalidPlugin, "this is no shared library")
            }
        } catch var error as OutlierError {
            error.message = "“\(path)” cannot be the library: \(error.message)"
            throw error
        }
    }

    /// What is wrong with files that are taken for libraries.
    private static func problem(_ path: String) -> OutlierError? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        guard let head = try? file.read(upToCount: 64), !head.isEmpty else { return nil }
        func refusal(_ message: String, _ suggestion: String? = nil) -> OutlierError {
            OutlierError(.invalidPlugin, message, suggestion: suggestion)
        }
        if head.starts(with: Array("!<arch>".utf8)) {
            return refusal(
                "it is a static library, which cannot be loaded",
                "Link it into a shared one: cc -shared -o NAME.so -Wl,--whole-archive NAME.a.")
        }
        if head.starts(with: Array("/* GNU ld script".utf8)) {
            return refusal(
                "it is a script of the linker", "Name the file that it names, which ends in a number: libm.so.6.")
        }
        if head.starts(with: [0x4D, 0x5A]) { return refusal("it is a library for Windows") }
        #if !canImport(Darwin)
            if head.starts(with: [0xCF, 0xFA, 0xED, 0xFE]) || head.starts(with: [0xCA, 0xFE, 0xBA, 0xBE]) {
                return refusal("it is a library for macOS")
            }
        #endif
        if head.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }) {
            return refusal("it is a text file")
        }
        return nil
    }
}
