import Foundation
public import Outlier
import OutlierData
public import OutlierReport

extension Run {
    /// The page of the run. The metrics are of the rows that may be measured.
    public func report(_ measures: [Measure]) throws -> Report {
        var report = try Report(of: table, scored: scores, by: model, measured: measurement())
        report.measures = measures
        report.notes = try notes()
        return report
    }
}

extension Scoring {
    /// What the page of a scored table shows of its quality.
    public static var usualMetrics: [any Metric] {
        [ROCAUC(), AveragePrecision(), PrecisionAtN(), Precision(), Recall(), F1()]
    }

    /// The page of the table. The metrics are of the rows that may be measured: those whose labels the fit has not seen.
    public func report(metrics: [any Metric] = Scoring.usualMetrics) throws -> Report {
        let measurement = try measurement()
        var report = try Report(of: table, scored: scores, by: model, measured: measurement)
        report.notes = measurement.notes
        // If nothing was decided, what measures decisions is left out rather than said to be undefined.
        report.measures = try measurement.measures(metrics).filter { !$0.needsDecisions }
        return report
    }
}

extension Report {
    fileprivate init(
        of table: Table, scored scores: Scores, by model: FittedPipeline, measured: Measurement
    ) throws {
        try self.init(
            model: model, data: table.rows, scores: scores, truth: table.truth, identifiers: table.identifiers,
            source: URL(fileURLWithPath: table.source).lastPathComponent)
        measuredTruth = measured.truth
    }

    /// Writes the page to a file, under its name only when it is complete. The file's folder is made.
    public func write(to path: String, execution: Execution = Execution()) throws {
        let html = try html(execution: execution)
        try OutputFolder.prepare(for: path)
        try AtomicFile.write(html, to: path)
    }
}

extension AtomicFile {
    /// Writes all of `text`, under the file's name only when it is complete.
    static func write(_ text: String, to path: String) throws {
        let file = try AtomicFile(path: path)
        try file.write(text)
        try file.commit()
    }
}
