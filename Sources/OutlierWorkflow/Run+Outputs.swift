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
        var written: [String] = []
        if let path = output.scores {
            try OutputFolder.prepare(for: path)
            try ScoreWriter(path: path).write(scoreTable())
            written.append(path)
        }
        if let path = output.model {
            try OutputFolder.prepare(for: path)
            try model.save(to: path)
            written.append(path)
        }
        if let path = output.metrics {
            let text = measures.json.json(indentation: 2) + "\n"
            if path == "-" {
                try standardOutput(text)
            } else {
                try OutputFolder.prepare(for: path)
                try AtomicFile.write(text, to: path)
            }
            written.append(path)
        }
        if let path = output.report {
            var report = try report(measures)
            completing(&report)
            if path == "-" {
                try standardOutput(report.html(execution: execution))
            } else {
                try report.write(to: path, execution: execution)
            }
            written.append(path)
        }
        return written
    }
}
