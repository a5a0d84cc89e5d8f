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
    /// The detector that is trained, which every file names; `nil` where nothing is said of it.
    public let detector: Recipe?
    /// The paths of the checkpoints that are there.
    private let ledger: Guarded<Set<String>>

    /// - Parameters:
    ///   - path: the file to write.
    ///   - interval: seconds between checkpoints, at least 0.
    ///   - resumes: whether to go on from the file, where there is one.
    ///   - detector: what is trained, for ``expectSameDetector()``.
    public init(path: String, interval: Double = 30, resumes: Bool = false, detector: Recipe? = nil) {
        self.init(
            path: path, interval: max(0, interval), resumes: resumes, detector: detector, ledger: Guarded([]))
    }

    private init(
        path: String, interval: Double, resumes: Bool, detector: Recipe?, ledger: Guarded<Set<String>>
    ) {
        self.path = path
        self.interval = interval
        self.resumes = resumes
        self.detector = detector
        self.ledger = ledger
    }

    func part(_ part: Int) -> Checkpoints {
        // The stages of a pipeline have negative numbers; only its detector trains.
        guard part >= 0 else { return self }
        return Checkpoints(
            path: "\(path).\(part)", interval: interval, resumes: resumes, detector: detector, ledger: ledger)
    }

    /// The files that were written or gone on from, in order.
    public var written: [String] { ledger.withLock { $0.sorted() } }

    /// Whether a fit has left the file, or one for a part of it.
    public var exist: Bool { !files.isEmpty }

    /// The files that a fit has left, in order.
    private var files: [String] {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent()
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        let name = url.lastPathComponent
        // A part may have parts.
        let found = names?.filter { file in
            file == name
                || file.hasPrefix(name + ".")
                    && file.dropFirst(name.count + 1).split(separator: ".", omittingEmptySubsequences: false)
                        .allSatisfy { Int($0) != nil }
        }
        return (found ?? []).sorted().map { folder.appendingPathComponent($0).path }
    }

    /// Looks at the files to go on from before the fit begins. A detector looks at its own alone: without this, another
    /// detector's file would be passed by in silence and the fit begin anew.
    ///
    /// - Throws: ``OutlierError/Code/invalidModel`` where one belongs to another training or is damaged.
    public func expectSameDetector() throws {
        guard resumes, let detector else { return }
        for file in files {
            let archive = try Checkpoints.archive(file)
            guard let text = try? archive.string(Checkpoints.detectorName), text != detector.value.json() else {
                continue
            }
            let other = try? Recipe(Value(json: text)).name
            let difference =
                other == detector.name
                ? "the settings differ" : "it is one of “\(other ?? "?")”, not of “\(detector.name)”"
            throw OutlierError(
                .invalidModel, "the checkpoint belongs to another training: \(difference)",
                suggestion:
                    "Go on with the configuration and the table it was begun with, or begin anew without --resume.",
                location: OutlierError.Location(file: file))
        }
    }

    private static let detectorName = "trained-detector"

    /// - Throws: ``OutlierError`` where the file cannot be read or is damaged.
    private static func archive(_ path: String) throws -> ModelArchive {
        do {
            return try ModelArchive(contentsOf: path)
        } catch var error as OutlierError where error.code == .invalidModel {
            // It is read as a model is, but there is another way out.
            error.message = error.message.replacingOccurrences(of: "the model file", with: "the checkpoint")
            error.suggestion = "Begin anew without --resume."
            throw error
        }
    }

    /// Writes a checkpoint, whole or not at all.
    ///
    /// - Throws: ``OutlierError/Code/outputFailed``.
    public func write(_ archive: ModelArchive) throws {
        var archive = archive
        if let detector { archive.store(detector.value.json(), as: Checkpoints.detectorName) }
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
        let archive = try Checkpoints.archive(path)
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
