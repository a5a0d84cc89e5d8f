internal import Foundation
internal import OutlierCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What kind of plug-in a file holds, known by its content before anything of it is run.
enum PluginFile {
    enum Kind {
        case sharedLibrary
        case manifest
    }

    /// - Throws: ``OutlierError/Code/inputOutput`` where the file cannot be read, ``OutlierError/Code/invalidPlugin``
    ///   where it is no plug-in.
    static func kind(of path: String) throws -> Kind {
        var information = stat()
        guard stat(path, &information) == 0 else {
            let code = errno
            throw OutlierError(
                .inputOutput, code == ENOENT ? "there is no such file" : String(cString: strerror(code)))
        }
        guard information.st_mode & S_IFMT == S_IFREG else {
            let isFolder = information.st_mode & S_IFMT == S_IFDIR
            throw OutlierError(
                .invalidPlugin, isFolder ? "this is a directory" : "this is no regular file",
                suggestion: "Name a shared library (.so) or a manifest (.yaml).")
        }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw OutlierError(.inputOutput, "cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { try? file.close() }
        let head = Array((try? file.read(upToCount: 4096)) ?? Data())
        if head.starts(with: ELFHeader.magic) {
            try ELFHeader.check(path: path, head: head, size: Int(information.st_size))
            return .sharedLibrary
        }
        #if canImport(Darwin)
            // The magic numbers of Mach-O, of 64 bits and of several architectures in one file.
            if [[0xCF, 0xFA, 0xED, 0xFE], [0xCA, 0xFE, 0xBA, 0xBE]].contains(where: { head.starts(with: $0) }) {
                return .sharedLibrary
            }
        #endif
        if [".yaml", ".yml"].contains(where: { path.lowercased().hasSuffix($0) }) { return .manifest }
        throw OutlierError(
            .invalidPlugin,
            head.isEmpty ? "the file is empty" : "this is neither a shared library nor a manifest",
            suggestion: "Name a shared library (.so), or a manifest whose name ends in .yaml.")
    }
}

/// The head of an ELF file. What the system's loader says of a damaged or foreign library is short, and what it does with
/// one that is cut off is worse: pages behind the file's end are touched, and the process dies.
private enum ELFHeader {
    static let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]

    static func check(path: String, head: [UInt8], size: Int) throws {
        guard head.count >= 64 else { throw OutlierError(.invalidPlugin, "the library is cut off within its header") }
        func number(_ offset: Int, _ bytes: Int) -> Int {
            (0..<bytes).reduce(0) { $0 | Int(truncatingIfNeeded: UInt64(head[offset + $1]) << UInt64(8 * $1)) }
        }
        guard head[4] == 2, head[5] == 1 else {
            throw OutlierError(
                .invalidPlugin, "the library is for another kind of machine: not one of 64 bits, little-endian")
        }
        let machine = number(18, 2)
        guard machine == ownMachine else {
            throw OutlierError(
                .invalidPlugin,
                "the library is for another machine: \(name(machine)), but this one is \(name(ownMachine))",
                suggestion: "Build it for this machine.")
        }
        guard number(16, 2) == 3 else {
            let what = [1: "an object file", 2: "a program", 4: "a core dump"][number(16, 2)] ?? "of an unknown type"
            throw OutlierError(
                .invalidPlugin, "the file is \(what), not a shared library", suggestion: "Link it with -shared.")
        }
        // Every segment must lie within the file.
        let start = number(32, 8)
        let entrySize = number(54, 2)
        let count = number(56, 2)
        guard start >= 0, entrySize >= 56, count > 0, start <= size, count * entrySize <= size - start else {
            throw OutlierError(.invalidPlugin, "the library is cut off: its table of segments is not there")
        }
        guard start + count * entrySize <= head.count else { return }
        for index in 0..<count {
            let entry = start + index * entrySize
            let offset = number(entry + 8, 8)
            let length = number(entry + 32, 8)
            guard offset >= 0, length >= 0, offset <= size, length <= size - offset else {
                throw OutlierError(
                    .invalidPlugin, "the library is cut off: it has \(size) bytes, but its segments need more")
            }
        }
    }

    private static var ownMachine: Int {
        #if arch(x86_64)
            62
        #elseif arch(arm64)
            183
        #elseif arch(riscv64)
            243
        #else
            0
        #endif
    }

    private static func name(_ machine: Int) -> String {
        let names = [
            3: "x86", 8: "MIPS", 21: "PowerPC", 22: "s390", 40: "ARM", 62: "x86-64", 183: "AArch64", 243: "RISC-V",
        ]
        return names[machine] ?? "machine \(machine)"
    }
}
