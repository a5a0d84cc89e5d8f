import Foundation

/// Where tables lie that are too large for the memory they may take.
enum TemporaryFolder {
    /// `TMPDIR`, or the system's.
    static var path: String { FileManager.default.temporaryDirectory.path }
}
