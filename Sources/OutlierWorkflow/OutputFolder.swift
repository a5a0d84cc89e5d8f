import Foundation
import Outlier

/// Makes the folder that an output goes into.
public enum OutputFolder {
    /// - Throws: ``OutlierError/Code/outputFailed`` where it cannot be made.
    public static func prepare(for path: String) throws {
        guard path != "-" else { return }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw OutlierError(.outputFailed, "cannot write to “\(path)”: its folder cannot be made")
        }
    }

    /// The path as a person in the current folder would write it.
    public static func shown(_ path: String) -> String {
        let here = FileManager.default.currentDirectoryPath + "/"
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }
}
