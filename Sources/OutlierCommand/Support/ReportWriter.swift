import Foundation
import Outlier
import OutlierReport
import OutlierWorkflow

/// Writes the page, and says in it what made it.
enum ReportWriter {
    static func write(_ report: Report, to path: String, execution: Execution) throws {
        if path == "-" { return try StandardOutput.write(report.html(execution: execution)) }
        try report.write(to: path, execution: execution)
    }

    /// Adds what only the command knows.
    static func complete(_ report: inout Report) {
        report.commands = [commandLine]
        report.versions = versions
    }

    /// What the command line was, for a shell.
    static var commandLine: String {
        let words = CommandLine.arguments.dropFirst().map { word in
            let plain = word.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII
                    && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                        || "-_./=:,+@".unicodeScalars.contains(scalar))
            }
            return plain && !word.isEmpty ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
        }
        return (["outlier"] + words).joined(separator: " ")
    }

    static var versions: [(name: String, version: String)] {
        [("Outlier", OutlierCommand.version), ("System", ProcessInfo.processInfo.operatingSystemVersionString)]
    }

    static func name(of source: String) -> String {
        source == "-" ? "standard input" : URL(fileURLWithPath: source).lastPathComponent
    }
}
