import Outlier
import OutlierConfig
import OutlierWorkflow

/// Where a fit keeps what it has done so far, and what a person is told of it.
enum CheckpointPlace {
    /// Enters the checkpoint among the files that are written.
    ///
    /// - Parameter model: where the model will be written, where the configuration does not say.
    static func plan(_ configuration: RunConfiguration, model: String?, in files: inout FilePlan) throws {
        guard let model, configuration.output.checkpoint == nil else {
            return try files.writesCheckpoint(of: configuration)
        }
        try files.writesArgument(Checkpoints.path(configuration.output, model: model), as: "the checkpoint")
    }

    /// - Parameter model: where the model will be written, where the configuration does not say.
    /// - Throws: ``UsageError`` where the fit is to be resumed and nothing says where from.
    static func checkpoints(_ configuration: RunConfiguration, model: String?, resumes: Bool) throws -> Checkpoints? {
        guard let checkpoints = try Checkpoints(of: configuration, model: model, resumes: resumes) else {
            guard !resumes else {
                throw UsageError(
                    cause: OutlierError(
                        .invalidConfiguration, "--resume needs a checkpoint, but the configuration names none",
                        suggestion: "Add a line: “output: {checkpoint: run.checkpoint}”."))
            }
            return nil
        }
        let path = OutputFolder.shown(checkpoints.path)
        if checkpoints.exist && !resumes {
            StandardError.write(
                "\(path) is left from a fit that was stopped; this fit begins anew (--resume goes on)\n")
        } else if resumes && !checkpoints.exist {
            StandardError.write("there is no checkpoint \(path); the fit begins anew\n")
        }
        return checkpoints
    }
}

extension Run {
    /// The run of a configuration, with a progress bar and a way to be interrupted.
    ///
    /// - Parameters:
    ///   - model: where the model will be written, where the configuration does not say.
    ///   - resumes: whether to go on from the checkpoint of a fit that was stopped.
    init(
        _ configuration: RunConfiguration, interruption: Interruption, model: String? = nil, resumes: Bool
    ) throws {
        let checkpoints = try CheckpointPlace.checkpoints(configuration, model: model, resumes: resumes)
        let bar = ProgressBar()
        defer { bar.clear() }
        try self.init(
            configuration, checkpoints: checkpoints,
            execution: configuration.execution(cancellation: interruption.cancellation), observer: bar.observer)
    }
}
