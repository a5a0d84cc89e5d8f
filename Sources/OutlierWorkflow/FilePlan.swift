import Foundation
import Outlier
public import OutlierConfig
import OutlierData

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The files that a piece of work reads and those that it writes. No output may replace what is read, or another output: a slip of
/// the hand would cost a table or a model that nobody can make again. Checked before the work begins.
public struct FilePlan: Sendable {
    private var uses: [(file: FileIdentity, what: String)] = []
    /// The database whose rows a query gives: scores may become another table of it.
    private var database: FileIdentity?

    public init() {}

    /// - Parameter what: completes “is also …”.
    public mutating func reads(_ path: String?, as what: String) {
        if let path, let file = FileIdentity(path) { uses.append((file, what)) }
    }

    public mutating func reads(_ data: DataConfiguration) {
        reads(data.source, as: "the table that is read")
        // The writer of scores replaces the table “scores” and leaves all others.
        guard let source = data.source, let query = data.query else { return }
        let words = query.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }
        if !words.contains("scores") { database = FileIdentity(source) }
    }

    /// - Parameters:
    ///   - what: completes “is also the file of …” and “another file for …”.
    ///   - holdsScores: whether it is written by a ``ScoreWriter``.
    /// - Throws: ``OutlierError/Code/invalidConfiguration`` where the file is read, or written as something else.
    public mutating func writes(_ path: String?, as what: String, holdsScores: Bool = false) throws {
        guard let path, let file = FileIdentity(path) else { return }
        let addsTable = holdsScores && file == database && DataFormat(path: path) == .sqlite
        if !addsTable, let other = uses.first(where: { $0.file == file }) {
            throw OutlierError(
                .invalidConfiguration, "“\(OutputFolder.shown(path))” is also \(other.what)",
                suggestion: "Name another file for \(what).")
        }
        uses.append((file, "the file of \(what)"))
    }
}

extension FilePlan {
    /// What the section `output` names: an error says where.
    public mutating func writes(_ keys: [OutputFile], of configuration: RunConfiguration) throws {
        for key in keys {
            try writes(
                configuration.output[keyPath: key.path], as: "the \(key.rawValue)", by: key, of: configuration)
        }
    }

    /// The checkpoint of a fit of `configuration`, if it lies beside the model that the section `output` names.
    public mutating func writesCheckpoint(of configuration: RunConfiguration) throws {
        if configuration.output.checkpoint != nil { return try writes([.checkpoint], of: configuration) }
        try writes(
            Checkpoints.path(configuration.output), as: "the model, and with it for its checkpoint", by: .model,
            of: configuration)
    }

    /// What follows from the key `key` of the section `output`.
    public mutating func writes(
        _ path: String?, as what: String, by key: OutputFile, of configuration: RunConfiguration
    ) throws {
        do {
            try writes(path, as: what, holdsScores: key == .scores)
        } catch let error as OutlierError {
            throw configuration.locating(error.prefixed(by: ["output", key.rawValue]))
        }
    }

    /// A key of the section `output` that names a file.
    public enum OutputFile: String, Sendable {
        case scores, model, metrics, report, checkpoint

        var path: KeyPath<OutputConfiguration, String?> {
            switch self {
            case .scores: \.scores
            case .model: \.model
            case .metrics: \.metrics
            case .report: \.report
            case .checkpoint: \.checkpoint
            }
        }
    }
}

/// What a path leads to, whatever links lie on the way. Pipes, devices and streams are none: nothing in them is lost.
private enum FileIdentity: Hashable {
    case existing(device: UInt64, number: UInt64)
    case future(String)

    init?(_ path: String) {
        guard path != "-", LinkTarget.descriptor(path) == nil else { return nil }
        var information = stat()
        if stat(path, &information) == 0 {
            guard information.st_mode & S_IFMT == S_IFREG else { return nil }
            self = .existing(
                device: UInt64(truncatingIfNeeded: information.st_dev),
                number: UInt64(truncatingIfNeeded: information.st_ino))
            return
        }
        // Also a link to a file that is yet to be made leads there; its folder may be yet to be made, too.
        let target = URL(fileURLWithPath: (try? LinkTarget.path(path)) ?? path)
        let folder = target.deletingLastPathComponent().resolvingSymlinksInPath()
        self = .future(folder.appendingPathComponent(target.lastPathComponent).standardizedFileURL.path)
    }
}
