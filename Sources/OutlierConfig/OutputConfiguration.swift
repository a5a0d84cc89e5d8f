public import OutlierCore

/// The section `output` of a configuration: what is written where. What is not named is not written.
public struct OutputConfiguration: Component {
    public static let name = "output"
    public static let summary = "What is written where; paths are relative to the configuration."
    public static var parameters: [Parameter<OutputConfiguration>] {
        [
            .string("scores", \.scores, null: "not written", "A table of every row's score and label."),
            .string("model", \.model, null: "not written", "The fitted pipeline."),
            .string("metrics", \.metrics, null: "not written", "The metrics, as JSON."),
            .string("report", \.report, null: "not written", "A page for people: charts, metrics and explanations."),
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
}
