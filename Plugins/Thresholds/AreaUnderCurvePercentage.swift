public import OutlierCore

/// Cuts the density of the scores where the area that is left is a share of the whole, and the share follows from the scores: their
/// mean and its distance from the median, both on the scale from the lowest score to the highest.
///
/// As PyThresh's `AUCP`. One very high score moves the scale, and with it the cutoff.
///
/// **Cost.** O(n²) up to 5,000 scores, O(n) above, where the density is estimated on a grid of 5,000 places.
///
/// Paper: K. Ren, H. Yang, Y. Zhao, W. Chen, M. Xue, H. Miao, S. Huang, J. Liu: *A Robust AUC Maximization Framework with
/// Simultaneous Outlier Detection and Feature Selection for Positive-Unlabeled Classification*, 2018.
public struct AreaUnderCurvePercentage: Threshold {
    public static let name = "aucp"
    public static let summary =
        "Cuts the density of the scores where a share of the area is left that follows from the scores."
    public static let reference: String? =
        "K. Ren et al.: A Robust AUC Maximization Framework with Simultaneous Outlier Detection and Feature Selection for Positive-Unlabeled Classification, 2018"

    public init() {}

    public func train(on scores: [Double], labels: [Label]?, context: FitContext) throws -> Cutoff {
        guard let density = ScoreDensity(scores) else { return Cutoff(scores.max() ?? 0) }
        let size = min(5000, 2 * density.count)
        var values = density.density(size: size)
        let lowest = values.min() ?? 0
        for index in values.indices { values[index] -= lowest }
        // Twice the areas, from each place to the end.
        var areas = [Double](repeating: 0, count: size)
        for place in (0..<size - 1).reversed() { areas[place] = areas[place + 1] + values[place] + values[place + 1] }
        let limit = (density.mean + abs(density.mean - density.median)) * areas[0]
        let place = areas.firstIndex { $0 < limit } ?? size - 1
        // PyThresh calls a score at the limit an anomaly.
        return Cutoff(density.score(at: Double(place) / Double(size - 1)).nextDown)
    }
}
