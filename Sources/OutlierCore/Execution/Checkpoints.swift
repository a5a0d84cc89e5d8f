internal import Foundation

/// Where a fit that takes long keeps what it has done so far, so that it can go on after it was stopped.
///
/// Detectors that learn in steps write to it every ``interval`` seconds and when they are cancelled, and remove nothing:
/// whoever asked for checkpoints calls ``removeWritten()`` once the result is safe. Other detectors ignore it.
public struct Checkpoints: Sendable {
    /// The file to write. Its folder must exist. Parts of a fit that train side by side (the members of an ensemble)
    /// append their numbers.
    public let path: String
    /// Seconds between checkpoints; 0 for one after every step.
    public let interval: Double
    /// Whether to go on from the file, where there is one.
    public let resumes: Bool
    /// The paths of the checkpoints that are there.
    private let ledger: Guarded<Set<String>>

    /// - Parameters:
    ///   - path: the file to write.
    ///   - interval: seconds between checkpoints, at least 0.
    ///   - resumes: whether to go on from the file, where there is one.
    public init(path: String, interval: Double = 30, resumes: Bool = false) {
        self.init(path: path, interval: max(0, interval), resumes: resumes, ledger: Guarded([]))
    }

    private init(path: String, interval: Double, resumes: Bool, ledger: Guarded<Set<String>>) {
        self.path = path
        self.interval = interval
        self.resumes = resumes
        self.ledger = ledger
    }

    func part(_ part: Int) -> Checkpoints {
        // The stages of a pipeline have negative numbers; only its detector trains.
        part < 0 ? self : Checkpoints(path: "\(path).\(part)", interval: interval, resumes: resumes, ledger: ledger)
    }

    /// The files that were written or gone on from, in order.
    public var written: [String] { ledger.withLock { $0.sorted() } }

    /// Whether a fit has left the file, or one for a part of it.
    public var exist: Bool {
        let url = URL(fileURLWithPath: path)
        let names = try? FileManager.default.contentsOfDirectory(atPath: url.deletingLastPathComponent().path)
        let name = url.lastPathComponent
        return names?.contains { file in
            file == name || file.hasPrefix(name + ".") && Int(file.dropFirst(name.count + 1)) != nil
        } ?? false
    }

    /// Writes a checkpoint, whole or not at all.
    ///
    /// - Throws: ``OutlierError/Code/outputFailed``.
    public func write(_ archive: ModelArchive) throws {
        try archive.save(to: path)
        ledger.withLock { _ = $0.insert(path) }
    }

    /// What was written, where the fit is to go on from it and there is a file. Removes what a fit has left that was killed
    /// while it wrote the file.
    ///
    /// - Throws: ``OutlierError`` where the file cannot be read or is damaged.
    public func read() throws -> ModelArchive? {
        AtomicFile.removeAbandoned(for: path)
        guard resumes, FileManager.default.fileExists(atPath: path) else { return nil }
        let archive = try ModelArchive(contentsOf: path)
        ledger.withLock { _ = $0.insert(path) }
        return archive
    }

    /// Removes the files that were written or gone on from.
    public func removeWritten() {
        ledger.withLock { paths in
            for path in paths { try? FileManager.default.removeItem(atPath: path) }
            paths.removeAll()
        }
    }
}
