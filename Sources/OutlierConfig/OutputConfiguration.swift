public import OutlierCore

/// The section `output` of a configuration: what is written where. What is not named is not written.
public struct OutputConfiguration: Component {
    public static let name = "output"
    public static let summary = "What is written where; paths are relative to the configuration."
    public static var parameters: [Parameter<OutputConfiguration>] {
        [
            .string(
                "scores", \.scores, null: "not written",
                "A table of every row's score and label; - for standard output."),
            .string("model", \.model, null: "not written", "The fitted pipeline."),
            .string("metrics", \.metrics, null: "not written", "The metrics, as JSON; - for standard output."),
            .string(
                "report", \.report, null: "not written",
                "A page for people: charts, metrics and explanations; - for standard output."),
            .string(
                "checkpoint", \.checkpoint,
                null: "the model's file with “.checkpoint” behind it, where a model is written",
                "Where a training keeps what it has done until the fit is over; --resume goes on from it."),
            .number(
                "checkpoint-seconds", \.checkpointSeconds, in: .atLeast(0), "Seconds between two checkpoints."),
        ]
    }

    public var scores: String?
    public var model: String?
    public var metrics: String?
    public var report: String?
    public var checkpoint: String?
    public var checkpointSeconds = 30.0

    public init() {}

    /// A model goes to a file, and only one thing to standard output.
    public func validateTogether() throws {
        for (key, path) in [("model", model), ("checkpoint", checkpoint)] where path == "-" {
            throw OutlierError(
                .invalidConfiguration, "the \(key) must be a file, but “-”, standard output, was given", path: [key])
        }
        let streamed = [("scores", scores), ("metrics", metrics), ("report", report)].filter { $0.1 == "-" }.map(\.0)
        guard streamed.count < 2 else {
            throw OutlierError(
                .invalidConfiguration, "the \(streamed[0]) and the \(streamed[1]) both want standard output",
                suggestion: "Name a file for one of them.", path: [streamed[1]])
        }
    }
}
