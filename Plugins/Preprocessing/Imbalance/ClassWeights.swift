public import OutlierCore

/// Gives rows weights by what is known of them.
///
/// For the fit only, and for detectors that take weights. A detector that learns what is normal should learn little from
/// known anomalies: by default they have the weight 0. `balanced` instead gives the known anomalies together as much
/// weight as all other rows together, for detectors that tell the two apart; weights that rows have already keep their proportions
/// within each of the two. Needs labels.
///
///     preprocess: [{class-weights: {anomaly: 0, unlabeled: 0.8}}]
public struct ClassWeights: TrainingRowsPreprocessor, LabelLearning {
    public static let name = "class-weights"
    public static let summary = "Gives rows weights by their labels; known anomalies have none unless they get some."
    public static var parameters: [Parameter<ClassWeights>] {
        [
            .number("normal", \.normal, in: .atLeast(0), "The weight of a row that is known to be normal."),
            .number("anomaly", \.anomaly, in: .atLeast(0), "The weight of a known anomaly."),
            .number("unlabeled", \.unlabeled, in: .atLeast(0), "The weight of a row of which nothing is known."),
            .boolean("balanced", \.balanced, "Whether anomalies and other rows get equal weight together, instead."),
        ]
    }

    public var normal: Double
    public var anomaly: Double
    public var unlabeled: Double
    public var balanced: Bool

    public init() { self.init(anomaly: 0) }

    public init(normal: Double = 1, anomaly: Double, unlabeled: Double = 1, balanced: Bool = false) {
        self.normal = normal
        self.anomaly = anomaly
        self.unlabeled = unlabeled
        self.balanced = balanced
    }

    public var labelUse: LabelUse { .required }

    public func changeTrainingRows(
        of data: Dataset, fitted: UnchangedRows, context: FitContext
    ) throws -> TrainingRows {
        let labels = data.labels ?? []
        let rows = try LabelledRows(data)
        func total(_ rows: [Int]) -> Double { rows.reduce(0) { $0 + (data.weights?[$1] ?? 1) } }
        let (anomalyTotal, otherTotal) = (total(rows.anomalies), total(rows.others))
        if balanced {
            guard anomalyTotal > 0, otherTotal > 0 else {
                throw OutlierError(
                    .invalidValue,
                    "the \(anomalyTotal > 0 ? "other rows" : "known anomalies") have the weight 0 together, so that no factor balances them",
                    suggestion: "Give some of them a weight, or leave “balanced” out.")
            }
        }
        let half = anomalyTotal / 2 + otherTotal / 2
        let weights = labels.enumerated().map { row, label -> Double in
            let given = data.weights?[row] ?? 1
            if balanced { return given * (half / (label == .anomaly ? anomalyTotal : otherTotal)) }
            switch label {
            case .normal: return given * normal
            case .anomaly: return given * anomaly
            case .unlabeled: return given * unlabeled
            }
        }
        return try TrainingRows(
            data.replacing(labels: labels, weights: weights), origins: (0..<data.rowCount).map { $0 })
    }
}
