public import Outlier
public import OutlierConfig

extension Checkpoints {
    /// Where a fit of a configuration keeps what it has done: where the configuration says, or beside the model. `nil` if
    /// nothing says where.
    ///
    /// - Parameter model: where the model will be written, if the configuration does not say.
    public static func path(_ output: OutputConfiguration, model: String? = nil) -> String? {
        output.checkpoint ?? (model ?? output.model).map { "\($0).checkpoint" }
    }

    /// The checkpoints of a fit of `configuration`, whose folder is made; `nil` if nothing says where they are to be.
    ///
    /// - Parameters:
    ///   - model: where the model will be written, if the configuration does not say.
    ///   - resumes: whether to go on from the checkpoint of a fit that was stopped.
    /// - Throws: ``OutlierError`` if the checkpoint is of another detector, or if its folder cannot be made.
    public init?(of configuration: RunConfiguration, model: String? = nil, resumes: Bool = false) throws {
        let output = configuration.output
        guard let path = Self.path(output, model: model) else { return nil }
        // A person knows of the model, not of what lies beside it.
        try OutputFolder.prepare(for: output.checkpoint ?? model ?? output.model ?? path)
        self.init(
            path: path, interval: output.checkpointSeconds, resumes: resumes, detector: configuration.detector?.recipe)
        try expectSameDetector()
    }
}
