import Outlier
import OutlierConfig

/// Where a fit keeps what it has done so far.
enum CheckpointPlace {
    /// Where it is; `nil` for none.
    ///
    /// - Parameter model: where the model will be written, where the configuration does not say.
    private static func path(_ output: OutputConfiguration, model: String?) -> String? {
        output.checkpoint ?? (model ?? output.model).map { "\($0).checkpoint" }
    }

    /// Enters the checkpoint among the files that are written.
    static func plan(_ configuration: RunConfiguration, model: String?, in files: inout FilePlan) throws {
        if configuration.output.checkpoint != nil { return try files.writes([.checkpoint], of: configuration) }
        let path = path(configuration.output, model: model)
        guard model == nil else { return try files.writesArgument(path, as: "the checkpoint") }
        try files.writes(path, as: "the model, and with it for its checkpoint", by: .model, of: configuration)
    }

    /// - Parameter model: where the model will be written, where the configuration does not say.
    /// - Throws: ``UsageError`` where the fit is to be resumed and nothing says where from.
    static func checkpoints(_ configuration: RunConfiguration, model: String?, resumes: Bool) throws -> Checkpoints? {
        let output = configuration.output
        guard let path = path(output, model: model) else {
            guard !resumes else {
                throw UsageError(
                    cause: OutlierError(
                        .invalidConfiguration, "--resume needs a checkpoint, but the configuration names none",
                        suggestion: "Add a line: “output: {checkpoint: run.checkpoint}”."))
            }
            return nil
        }
        // A person knows of the model, not of what lies beside it.
        try OutputFolder.prepare(for: output.checkpoint ?? model ?? output.model ?? path)
        let checkpoints = Checkpoints(
            path: path, interval: output.checkpointSeconds, resumes: resumes,
            detector: configuration.detector?.recipe)
        try checkpoints.expectSameDetector()
        if checkpoints.exist && !resumes {
            StandardError.write(
                "\(OutputFolder.shown(path)) is left from a fit that was stopped; this fit begins anew (--resume goes on)\n"
            )
        } else if resumes && !checkpoints.exist {
            StandardError.write("there is no checkpoint \(OutputFolder.shown(path)); the fit begins anew\n")
        }
        return checkpoints
    }

    /// Runs `body`; where it is interrupted, says how to go on.
    static func explaining<Result>(_ checkpoints: Checkpoints?, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch is CancellationError {
            guard let checkpoints, !checkpoints.written.isEmpty else { throw CancellationError() }
            throw InterruptedFit(checkpoints: checkpoints.written)
        }
    }
}

/// A fit that was interrupted and can go on.
struct InterruptedFit: Error {
    /// The files to go on from.
    let checkpoints: [String]
}
