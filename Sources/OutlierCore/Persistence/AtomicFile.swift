import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that appears under its name only when it is complete, with the permissions of the one that it replaces.
///
/// What is written goes to a temporary file beside the target, which ``commit()`` renames. A file that is not
/// committed leaves nothing behind; what a process leaves that is killed while it writes, the next one to write the same
/// target removes. A target that is no regular file (a pipe, a device) is written directly.
public final class AtomicFile {
    private let target: String
    private let temporary: String?
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private static let bufferSize = 1 << 18

    /// - Throws: ``OutlierError/Code/outputFailed`` where the file cannot be made.
    public init(path: String) throws {
        var information = stat()
        if let known = LinkTarget.descriptor(path) {
            // The file behind it is not this process's to replace: whoever opened it may have written there.
            target = path
            temporary = nil
            descriptor = fcntl(known, F_DUPFD_CLOEXEC, 3)
        } else if stat(path, &information) == 0, information.st_mode & S_IFMT != S_IFREG {
            if information.st_mode & S_IFMT == S_IFDIR {
                throw OutlierError(
                    .outputFailed, "cannot write to “\(path)”: it is a directory", suggestion: "Name a file in it.")
            }
            target = path
            temporary = nil
            descriptor = open(path, O_WRONLY | O_CLOEXEC)
        } else {
            // A link stays a link: what it points at is replaced.
            target = try LinkTarget.path(path)
            AtomicFile.removeAbandoned(for: target)
            (temporary, descriptor) = AtomicFile.makeTemporary(for: target)
        }
        guard descriptor >= 0 else {
            throw OutlierError.unwritable(path, errno)
        }
        buffer.reserveCapacity(AtomicFile.bufferSize)
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            if let temporary { unlink(temporary) }
        }
    }

    /// A new, locked file beside the target, which who may not read the target may not read; a negative descriptor, and
    /// `errno`, where it cannot be made.
    private static func makeTemporary(for target: String) -> (path: String, descriptor: Int32) {
        var replaced = stat()
        let replaces = stat(target, &replaced) == 0
        while true {
            let path = temporaryPath(for: target)
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, replaces ? 0o600 : 0o644)
            guard descriptor >= 0 else { return (path, descriptor) }
            // Held until the file is closed, by whatever end: how others see that it is being written. One of them may
            // have locked it before, to remove it.
            while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
            var information = stat()
            if fstat(descriptor, &information) != 0 || information.st_nlink > 0 {
                if replaces { takePermissions(of: replaced, descriptor) }
                return (path, descriptor)
            }
            close(descriptor)
        }
    }

    /// A new name beside the target, which says whose it is.
    package static func temporaryPath(for target: String) -> String {
        let url = URL(fileURLWithPath: target)
        let name = "\(stem(of: url.lastPathComponent)).\(getpid())-\(UInt32.random(in: 0...UInt32.max)).partial"
        return url.deletingLastPathComponent().appendingPathComponent(name).path
    }

    /// What the names of temporary files of `name` begin with: that name, or so much of it as leaves room in the 255 bytes
    /// that a name may have, with a number that tells it from others which begin alike.
    private static func stem(of name: String) -> String {
        guard name.utf8.count > 200 else { return name }
        var crc = CRC64()
        Array(name.utf8).withUnsafeBytes { crc.update($0) }
        var prefix = name
        while prefix.utf8.count > 160 { prefix.removeLast() }
        return "\(prefix)-\(String(crc.value, radix: 36))"
    }

    private static func takePermissions(of replaced: stat, _ descriptor: Int32) {
        // What the old group may do is nothing that another group may do.
        let hasGroup = fchown(descriptor, uid_t.max, replaced.st_gid) == 0
        fchmod(descriptor, replaced.st_mode & (hasGroup ? 0o777 : 0o707))
    }

    /// Removes the temporary files of `target` that nobody writes any more: their process was killed.
    ///
    /// - Parameter target: a path; where it is a link, the files beside what it points at are meant.
    package static func removeAbandoned(for target: String) {
        let url = URL(fileURLWithPath: (try? LinkTarget.path(target)) ?? target)
        let stem = stem(of: url.lastPathComponent)
        let folder = url.deletingLastPathComponent()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where isTemporary(name, of: stem) {
            let path = folder.appendingPathComponent(name).path
            // Some network file systems lock only what is open for writing; not every file may be opened so.
            var descriptor = open(path, O_WRONLY | O_CLOEXEC)
            if descriptor < 0 { descriptor = open(path, O_RDONLY | O_CLOEXEC) }
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
            close(descriptor)
        }
    }

    /// Whether `name` is that of a temporary file of `target`, whose process no longer runs or is this one.
    private static func isTemporary(_ name: String, of target: String) -> Bool {
        // A database that is written has a journal beside it.
        let suffix = [".partial", ".partial-journal"].first(where: name.hasSuffix)
        guard let suffix, name.hasPrefix("\(target).") else { return false }
        let parts = name.dropFirst(target.count + 1).dropLast(suffix.count).split(
            separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let process = pid_t(parts[0]), process > 0, UInt32(parts[1]) != nil else {
            return false
        }
        // Where files cannot be locked by several machines, the process still tells that one of this machine is in use.
        return process == getpid() || (kill(process, 0) != 0 && errno == ESRCH)
    }

    /// - Throws: ``OutlierError/Code/outputFailed`` where the bytes cannot be written, for instance on a full disk.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        if buffer.count + bytes.count > AtomicFile.bufferSize { try flush() }
        if bytes.count > AtomicFile.bufferSize {
            try writeDirectly(bytes)
        } else {
            buffer.append(contentsOf: bytes)
        }
    }

    public func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    public func write(_ text: String) throws {
        var text = text
        try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
    }

    /// Gives the file its name.
    public func commit() throws {
        try flush()
        if let temporary {
            guard fsync(descriptor) == 0 else { throw OutlierError.unwritable(target, errno) }
            guard rename(temporary, target) == 0 else { throw OutlierError.unwritable(target, errno) }
            AtomicFile.syncFolder(of: target)
        }
        let result = close(descriptor)
        descriptor = -1
        guard result == 0 else { throw OutlierError.unwritable(target, errno) }
    }

    /// Makes the new name last as well. Not every file system can; the file itself is safe.
    package static func syncFolder(of target: String) {
        let folder = URL(fileURLWithPath: target).deletingLastPathComponent().path
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private func flush() throws {
        try buffer.withUnsafeBytes { try writeDirectly($0) }
        buffer.removeAll(keepingCapacity: true)
    }

    private func writeDirectly(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while let base = rest.baseAddress, rest.count > 0 {
            #if canImport(Glibc)
                let written = Glibc.write(descriptor, base, rest.count)
            #else
                let written = Darwin.write(descriptor, base, rest.count)
            #endif
            if written < 0 {
                if errno == EINTR { continue }
                throw OutlierError.unwritable(target, errno)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }
}
