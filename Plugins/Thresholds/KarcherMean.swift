public import OutlierCore

/// The Karcher mean of the scores weighted by their density, plus one standard deviation, on the scale from the lowest score to
/// the highest.
///
/// As PyThresh's `KARCH` with the method “complex”. In a flat space the Karcher mean is the mean.
///
/// **Cost.** O(n²) up to 5,000 scores, O(n) above.
///
/// Paper: M. Moakher, P. G. Batchelor: *Symmetric Positive-Definite Matrices: From Geometry to Applications and Visualization*,
/// 2006, for the mean; the rule is PyThresh's.
public struct KarcherMean: Threshold {
    public static let name = "karcher"
    public static let aliases = ["karch"]
    public static let summary = "The scores' mean, weighted by their density, plus one standard deviation."
    public static let reference: String? =
        "D. Kulik: PyThresh (KARCH), 2022; M. Moakher, P. G. Batchelor: Symmetric Positive-Definite Matrices, 2006"

    public init() {}

    public func train(on scores: [Double], labels: [Label]?, context: FitContext) throws -> Cutoff {
        guard let density = ScoreDensity(scores) else { return Cutoff(scores.max() ?? 0) }
        let size = max(2, min(5000, density.count))
        let mean = density.density(size: size).reduce(0, +) / Double(size)
        return Cutoff(density.score(at: mean * density.mean + density.deviation).nextDown)
    }
}
