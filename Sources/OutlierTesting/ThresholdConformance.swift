public import OutlierCore

/// The promises that every threshold makes (see `Threshold`), as checks.
public enum ThresholdConformance {
    /// - Parameter registry: has the threshold, to make it with other parameters.
    /// - Returns: a sentence for each promise that is broken.
    public static func check(_ threshold: some Threshold, registry: Registry) -> [String] {
        let made = SyntheticData.clusters(rows: 60, columns: 1, anomalies: 6)
        let scores = made.data.matrix.values.map(abs)
        let labels = made.truth.map { $0 ? Label.anomaly : .normal }
        guard let description = try? registry.describe(.threshold, threshold.recipe.name) else {
            return ["the registry does not have “\(threshold.recipe.name)”"]
        }
        return ParameterEnds.cases(threshold.recipe, description.parameters).compactMap { end in
            ParameterEnds.failure(end) {
                let threshold = try registry.threshold(end.recipe)
                if let calibrating = threshold.calibrator {
                    for count in [0, 1, 60] { try calibrating.requireEnough(calibrationRowCount: count) }
                }
                let context = FitContext(execution: ParameterEnds.execution())
                let fitted: any FittedThreshold = try threshold.fit(scores: scores, labels: labels, context: context)
                _ = fitted.decisions(for: scores)
            }
        }
    }
}
