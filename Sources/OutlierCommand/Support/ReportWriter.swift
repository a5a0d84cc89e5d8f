import Foundation
import Outlier
import OutlierConfig
import OutlierData
import OutlierReport

/// Writes the page, under its name only when it is complete.
enum ReportWriter {
    static func write(_ report: Report, to path: String, execution: Execution) throws {
        let html = try report.html(execution: execution)
        if path == "-" { return StandardOutput.write(html) }
        try OutputFolder.prepare(for: path)
        let file = try AtomicFile(path: path)
        try file.write(html)
        try file.commit()
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

    static func measures(_ measures: [Summary.Measure]) -> [Report.Measure] {
        measures.map { Report.Measure(name: $0.name, value: $0.value, reason: $0.reason) }
    }
}

extension Fitting {
    /// The page of a run.
    func report(_ measures: [Summary.Measure]) throws -> Report {
        var report = try Report(
            model: model, data: table.rows, scores: scores, truth: table.truth,
            identifiers: table.identifiers, source: ReportWriter.name(of: configuration.data.source ?? "-"))
        report.measures = ReportWriter.measures(measures)
        report.notes = notes
        report.exclusions = exclusions ?? [:]
        report.commands = [ReportWriter.commandLine]
        report.versions = ReportWriter.versions
        return report
    }
}
