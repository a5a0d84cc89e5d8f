import Foundation
import OutlierCore
import PluginHost

/// The library of the system whose file is called `name`, wherever the system keeps it.
private func systemLibrary(_ name: String) throws -> SharedLibrary {
    let folders = [
        "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
        "/lib64", "/usr/lib64", "/usr/lib", "/lib",
    ]
    let path = folders.map { "\($0)/\(name)" }.first { FileManager.default.fileExists(atPath: $0) }
    guard let path else { throw OutlierError(.inputOutput, "this system has no \(name)") }
    return try SharedLibrary(path: path)
}

#if canImport(Darwin)
    func mathematics() throws -> SharedLibrary { try SharedLibrary(path: "/usr/lib/libSystem.B.dylib") }
    func standardLibrary() throws -> SharedLibrary { try mathematics() }
#else
    func mathematics() throws -> SharedLibrary { try systemLibrary("libm.so.6") }
    func standardLibrary() throws -> SharedLibrary { try systemLibrary("libc.so.6") }
#endif
