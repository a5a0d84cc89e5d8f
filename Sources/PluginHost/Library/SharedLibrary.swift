internal import CFFI
internal import OutlierCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A shared library that is open: its symbols can be found until the last reference to it is gone.
///
/// Opening a library runs the code that it has for that, so open only what you trust.
public final class SharedLibrary: @unchecked Sendable {
    /// The file that was opened, or the name under which the system's loader found it.
    public let path: String
    // Never changes, and dlsym may be called from any thread.
    private let handle: UnsafeMutableRawPointer

    /// Opens the library at `path`, which must be absolute, so that no search path decides what is run. Every symbol it
    /// needs is bound at once, and none of its own becomes visible to other libraries.
    ///
    /// - Throws: ``OutlierError/Code/inputOutput`` with the path and the loader's reason.
    public init(path: String) throws {
        guard path.hasPrefix("/") else {
            throw OutlierError(
                .inputOutput, "cannot load “\(path)”: it is not an absolute path",
                suggestion: "Give the whole path of the library, beginning with “/”.")
        }
        guard !path.utf8.contains(0) else {
            throw OutlierError(.inputOutput, "cannot load “\(path)”: a path cannot hold the character 0")
        }
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw OutlierError(.inputOutput, "cannot load “\(path)”: \(SharedLibrary.reason)")
        }
        self.path = path
        self.handle = handle
    }

    /// Opens a library of the system, such as `libgsl.so.27`, which the system's loader finds where it keeps them.
    ///
    /// - Throws: ``OutlierError/Code/inputOutput`` with the name and the loader's reason.
    public init(systemName: String) throws {
        guard !systemName.isEmpty, !systemName.contains("/"), !systemName.utf8.contains(0) else {
            throw OutlierError(
                .inputOutput, "“\(systemName)” is no name of a library of the system",
                suggestion: "Give the name alone, for instance libgsl.so.27, or the path of a file.")
        }
        guard let handle = dlopen(systemName, RTLD_NOW | RTLD_LOCAL) else {
            throw OutlierError(
                .inputOutput, "this system has no library “\(systemName)”: \(SharedLibrary.reason)",
                suggestion: "Install the package that has it, or give the path of the file.")
        }
        path = systemName
        self.handle = handle
    }

    deinit { dlclose(handle) }

    /// The address of the function or variable called `name`.
    ///
    /// It is valid as long as the library is open: keep a reference to the library beside it.
    /// - Throws: ``OutlierError/Code/unknownName`` with the path and the loader's reason.
    public func symbol(_ name: String) throws -> UnsafeMutableRawPointer {
        guard !name.isEmpty, !name.utf8.contains(0), let address = dlsym(scope(of: name), name) else {
            throw OutlierError(.unknownName, "“\(path)” has no symbol “\(name)”")
        }
        return address
    }

    /// Where `name` is looked for: in the library and what it needs, but for `free`.
    ///
    /// Where another allocator is put before the C library's, what the library calls `malloc` is that allocator's, and so
    /// must be the `free` for what it allocates: the process's, not the one of the C library that it is linked with.
    private func scope(of name: String) -> UnsafeMutableRawPointer? {
        name == "free" ? SharedLibrary.process : handle
    }

    // Never closed, and dlsym may be called from any thread.
    nonisolated(unsafe) private static let process = dlopen(nil, RTLD_NOW)

    /// Whether `name` is known to be a variable, which cannot be called. Not every system can tell.
    func isVariable(_ name: String) throws -> Bool { outlier_symbol_is_variable(try symbol(name)) != 0 }

    /// What the loader says of this thread's last failure.
    private static var reason: String {
        guard let message = dlerror() else { return "the loader gives no reason" }
        return String(cString: message)
    }
}
