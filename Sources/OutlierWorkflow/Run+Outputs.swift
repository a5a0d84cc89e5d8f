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
        let outputs: [(path: String?, write: (String) throws -> Void)] = [
            (output.scores, { try ScoreWriter(path: $0).write(scoreTable()) }),
            (output.model, { try model.save(to: $0) }),
            (
                output.metrics,
                { path in
                    let text = measures.json.json(indentation: 2) + "\n"
                    if path == "-" { try standardOutput(text) } else { try AtomicFile.write(text, to: path) }
                }
            ),
            (
                output.report,
                { path in
                    var report = try report(measures)
                    completing(&report)
                    if path == "-" {
                        try standardOutput(report.html(execution: execution))
                    } else {
                        try report.write(to: path, execution: execution)
                    }
                }
            ),
        ]
        var written: [String] = []
        // Files first: whoever reads a stream and goes away ends the process, and must not take the files with it.
        for isStream in [false, true] {
            for case (let path?, let write) in outputs where (path == "-") == isStream {
                do {
                    try execution.checkCancellation()
                    if !isStream { try OutputFolder.prepare(for: path) }
                    try write(path)
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
