/// The cutoff with the highest F1 on the rows whose labels are known.
///
/// Of several such cutoffs the one with the fewest alarms. In a ``Pipeline`` whose detector or preprocessors have learnt from
/// labels, rows are scored by fits without them, in five parts. The training rows' own F1 flatters: measure on other rows.
public struct BestF1Threshold: Threshold, LabelLearning {
    public static let name = "best-f1"
    public static let summary = "The cutoff with the highest F1 on the labelled rows; needs labels."

    public init() {}

    public var labelUse: LabelUse { .required }

    public func train(on scores: [Double], labels: [Label]?, context: FitContext) throws -> Cutoff {
        let labeled = try LabeledScores(scores, labels: labels)
        func f1(_ cut: LabeledScores.Cut) -> Double {
            2 * Double(cut.found) / Double(cut.found + cut.falseAlarms + labeled.anomalies)
        }
        var best = labeled.cuts[0]
        for cut in labeled.cuts.dropFirst() where f1(cut) > f1(best) { best = cut }
        return Cutoff(best.cutoff)
    }
}
