public import Outlier
import OutlierConfig
import OutlierData
public import OutlierReport

extension Run {
    /// Writes all that the configuration's section `output` names.
    ///
    /// - Parameters:
    ///   - measures: the metrics that are written.
    ///   - standardOutput: takes what goes to `-`.
    ///   - completing: adds to the page what only the caller knows, for instance the command that makes it again.
    /// - Returns: the paths.
    /// - Throws: ``OutlierError/Code/outputFailed``; what explaining the page's rows throws.
    public func writeOutputs(
        measures: [Measure], execution: Execution = Execution(), standardOutput: (String) throws -> Void,
        completing: (inout Report) -> Void = { _ in }
    ) throws -> [String] {
        let output = configuration.output
        let outputs: [(kind: OutputKind, path: String?)] = [
            (.scores, output.scores), (.model, output.model), (.metrics, output.metrics), (.report, output.report),
        ]
        func write(_ kind: OutputKind, to path: String) throws {
            switch kind {
            case .scores: try ScoreWriter(path: path).write(scoreTable())
            case .model: try model.save(to: path)
            case .metrics:
                let text = measures.json.json(indentation: 2) + "\n"
                if path == "-" { try standardOutput(text) } else { try AtomicFile.write(text, to: path) }
            case .report:
                var report = try report(measures)
                completing(&report)
                if path == "-" {
                    try standardOutput(report.html(execution: execution))
                } else {
                    try report.write(to: path, execution: execution)
                }
            }
        }
        var written: [String] = []
        // Files first: whoever reads a stream and goes away ends the process, and must not take the files with it.
        for isStream in [false, true] {
            for case (let kind, let path?) in outputs where (path == "-") == isStream {
                do {
                    try execution.checkCancellation()
                    if !isStream { try OutputFolder.prepare(for: path) }
                    try write(kind, to: path)
                } catch is CancellationError where !written.isEmpty {
                    throw InterruptedOutputs(written: written)
                }
                written.append(path)
            }
        }
        return written
    }
}

/// A run that was interrupted when a part of its outputs was there.
public struct InterruptedOutputs: Error {
    /// The paths that were written.
    public let written: [String]
}

/// What a run can write.
private enum OutputKind {
    case scores, model, metrics, report
}
