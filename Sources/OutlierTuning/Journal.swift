import Foundation
import OutlierCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The record of a search: a line of JSON that says what is searched, then one a trial and rung. A line is appended by
/// one write when its trial is done, so that a search that was ended at any time can go on from there.
final class Journal {
    private let descriptor: Int32
    private let path: String
    /// The lines that were there, without the first.
    let entries: [Value]

    /// - Parameter heading: what must be the same for a search to go on.
    /// - Throws: ``OutlierError/Code/invalidConfiguration`` where the file is the journal of another search,
    ///   ``OutlierError/Code/malformedFile`` where it is no journal, ``OutlierError/Code/inputOutput`` where it cannot be
    ///   read, ``OutlierError/Code/outputFailed``.
    init(path: String, heading: Value) throws {
        self.path = path
        var bytes = try Self.contents(of: path)
        // A line without an end was being written when the search was ended.
        let complete = (bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        let isTorn = complete < bytes.count
        // The first line says that this is a journal. Of one that was cut off while it was written, a part is there.
        guard complete > 0 || Array((heading.json() + "\n").utf8).starts(with: bytes) else {
            throw Self.noJournal(path)
        }
        bytes.removeSubrange(complete...)
        let lines = try bytes.split(separator: UInt8(ascii: "\n")).enumerated().map { index, line in
            do {
                return try Value(json: line)
            } catch  where index == 0 {
                throw Self.noJournal(path)
            } catch var error as OutlierError {
                error.location = OutlierError.Location(file: path, line: index + 1)
                throw error
            }
        }
        if let first = lines.first, Set((first.entries ?? []).map(\.key)) != Set((heading.entries ?? []).map(\.key)) {
            throw Self.noJournal(path)
        }
        if let first = lines.first, first != heading {
            throw OutlierError(
                .invalidConfiguration, "“\(path)” is the journal of another search: \(Self.difference(first, heading))",
                suggestion: "Name another journal, or delete it to begin anew.")
        }
        entries = Array(lines.dropFirst())
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure(path) }
        self.descriptor = descriptor
        if isTorn, ftruncate(descriptor, off_t(complete)) != 0 { throw Self.failure(path) }
        if lines.isEmpty { try append(heading) }
    }

    deinit { close(descriptor) }

    func append(_ value: Value) throws {
        var line = value.json() + "\n"
        let written = line.withUTF8 { write(descriptor, $0.baseAddress, $0.count) == $0.count }
        guard written, fsync(descriptor) == 0 || errno == EINVAL else { throw Self.failure(path) }
    }

    /// What is there; nothing where there is no file. One that cannot be read may hold anything.
    private static func contents(of path: String) throws -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile {
            return []
        } catch {
            throw OutlierError(
                .inputOutput, "cannot read the journal “\(path)”: \(error.localizedDescription)",
                suggestion: "Make it readable, or name another journal.")
        }
    }

    private static func noJournal(_ path: String) -> OutlierError {
        OutlierError(
            .malformedFile, "“\(path)” is no journal of a search, and is left as it is",
            suggestion: "Name another file for the journal.")
    }

    private static func failure(_ path: String) -> OutlierError {
        OutlierError(.outputFailed, "cannot write the journal “\(path)”: \(String(cString: strerror(errno)))")
    }

    private static func difference(_ found: Value, _ expected: Value) -> String {
        for entry in expected.entries ?? [] where found[entry.key] != entry.value {
            return "its \(entry.key) is \(found[entry.key]?.json() ?? "missing"), not \(entry.value.json())"
        }
        return "it says other things of the search"
    }
}
