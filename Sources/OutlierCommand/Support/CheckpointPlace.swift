import Outlier
import OutlierConfig

/// Where a fit keeps what it has done so far.
enum CheckpointPlace {
    /// - Parameter model: where the model will be written, where the configuration does not say.
    /// - Throws: ``UsageError`` where the fit is to be resumed and nothing says where from.
    static func checkpoints(_ output: OutputConfiguration, model: String?, resumes: Bool) throws -> Checkpoints? {
        let model = model ?? output.model
        guard let path = output.checkpoint ?? (model == "-" ? nil : model.map { "\($0).checkpoint" }) else {
            guard !resumes else {
                throw UsageError(
                    cause: OutlierError(
                        .invalidConfiguration, "--resume needs a checkpoint, but the configuration names none",
                        suggestion: "Add a line: “output: {checkpoint: run.checkpoint}”."))
            }
            return nil
        }
        try OutputFolder.prepare(for: path)
        let checkpoints = Checkpoints(path: path, interval: output.checkpointSeconds, resumes: resumes)
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
