public import OutlierCore

/// A configuration file: one whole run.
///
///     data:      {source: table.csv, label: outlier}
///     detector:  {isolation-forest: {trees: 200}}
///     threshold: {quantile: {contamination: 0.05}}
///     metrics:   [roc-auc, average-precision]
///     output:    {scores: scores.csv}
///
/// Everything that can be written is declared in ``parameters``: reading, errors and the JSON Schema are derived from it.
public struct RunConfiguration: Component {
    public static let name = "configuration"
    public static let summary = "A whole run: data, pipeline, metrics and outputs."
    public static var parameters: [Parameter<RunConfiguration>] {
        [
            .sections("plugins", \.plugins, "Files that further components are loaded from."),
            .section("data", \.data, "Where the table is and what its columns are."),
            .preprocessors("preprocess", \.preprocessors, "What changes the data first, in order."),
            .detector("detector", \.detector, "What scores the rows."),
            .section("fine-tune", \.fineTuning, "The model to begin with, where the detector is not to begin anew."),
            .threshold("threshold", \.threshold, "What turns scores into decisions."),
            .section("calibrate", \.assurance, "What is said of each row besides its score and its label."),
            .section("cost", \.cost, "What wrong decisions cost; chooses the threshold where none is named."),
            .metrics("metrics", \.metrics, "What the scores are measured by, where the table has labels."),
            .integer("seed", \.seed, in: .atLeast(0), "The same seed gives the same result."),
            .integer(
                "threads", \.threads, in: .between(1, 1024), null: "one for each processor",
                "How many threads may work at once; no result depends on it."),
            .section("output", \.output, "What is written where."),
        ]
    }

    public var plugins: [PluginConfiguration] = []
    public var data = DataConfiguration()
    public var preprocessors: [any Preprocessor] = []
    public var detector: (any Detector)?
    public var fineTuning = FineTuning()
    public var threshold: (any Threshold)? = QuantileThreshold(contamination: 0.1) {
        didSet { namesThreshold = true }
    }
    private var namesThreshold = false
    public var assurance = Assurance()
    public var cost = CostConfiguration()
    public var metrics: [any Metric] = [ROCAUC(), AveragePrecision(), PrecisionAtN(), F1()] {
        didSet { namesMetrics = true }
    }
    /// Whether metrics are asked for, and not only measured as usual.
    public private(set) var namesMetrics = false
    public var seed = 0
    public var threads: Int?
    public var output = OutputConfiguration()

    /// What the configuration was read with: the components of its plug-ins, too.
    public internal(set) var registry = Registry()
    /// Adds to an error the place in the file to which its path leads.
    var place: @Sendable (OutlierError) -> OutlierError = { $0 }

    /// The error with its place in the file the configuration was read from, or in the override that changed it.
    package func locating(_ error: OutlierError) -> OutlierError { place(error) }

    public init() {}

    /// Costs choose the threshold where none is named, and are measured.
    public mutating func fillIn(from registry: Registry) throws {
        guard let cost = cost.matrix else { return }
        let isPlain = (threshold as? CostOptimalThreshold)?.cost == CostMatrix()
        if !namesThreshold || isPlain { threshold = CostOptimalThreshold(cost: cost) }
        if !metrics.contains(where: { $0 is Cost }) { metrics.append(Cost(cost: cost)) }
    }

    /// The pipeline that the configuration describes: the same type that Swift code composes.
    ///
    /// - Throws: ``OutlierError/Code/invalidConfiguration`` where no detector is named.
    public func pipeline() throws -> Pipeline {
        guard let detector else {
            throw OutlierError(
                .invalidConfiguration, "the configuration names no detector", suggestion: "Add a line: “detector: lof”."
            )
        }
        return Pipeline(
            preprocessors: preprocessors, detector: detector, threshold: threshold, assurance: assurance)
    }
}
