public import OutlierCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The negative logarithm of the density that the training rows have around a row, each of them being smeared out by a
/// kernel (Parzen, “On estimation of a probability density function and mode”, 1962; as a score of anomaly: Latecki,
/// Lazarevic & Pokrajac, “Outlier detection with kernel density functions”, 2007).
///
/// score = −log Σᵢ K(‖x − xᵢ‖ / h), higher for rows in thinner places; it has no bounds. That is the negative logarithm
/// of the density but for its constants (n, hᵈ, ∫K), which are the same for every row: in many dimensions they are so
/// large that the differences between rows are lost in rounding, as they are in scikit-learn and PyOD. `normalized` adds
/// them. As in PyOD, a training row counts itself, and new rows are scored by the same sum. The sum is exact and taken
/// around its largest term, so that far rows keep their order. A row that no kernel of bounded reach touches has the
/// score of the least positive number that a density can be, above every other.
///
/// Training keeps the rows: O(n d) memory, of which nothing is quadratic; scoring: O(n d) a row. Double precision
/// throughout; the exponentials' relative error is below 3e-16.
public struct KernelDensity: Detector, WeightLearning {
    public static let name = "kde"
    public static let aliases = ["kernel-density"]
    public static let summary = "Negative logarithm of a kernel estimate of the density."
    public static let reference: String? =
        "L. J. Latecki, A. Lazarevic, D. Pokrajac: Outlier detection with kernel density functions, 2007"
    public static let parameters: [Parameter<KernelDensity>] = [
        .number("bandwidth", \.bandwidth, in: .positive, "Width of the kernel; for the rule “fixed”.")
            .searched(.logarithmic(0.05...20)),
        .choice("kernel", \.kernel, "Shape of the kernel."),
        .choice(
            "bandwidth-rule", \.bandwidthRule,
            "How the width is found: fixed, or from the number of rows and columns by Scott's or Silverman's rule."),
        .boolean(
            "normalized", \.normalized,
            "Whether scores are those of a density, constants and all; without, rows are told apart better."),
    ]

    public var bandwidth: Double
    public var kernel: DensityKernel
    public var bandwidthRule: BandwidthRule
    public var normalized: Bool

    public init() { self.init(bandwidth: 1) }

    public init(
        bandwidth: Double = 1, kernel: DensityKernel = .gaussian, bandwidthRule: BandwidthRule = .fixed,
        normalized: Bool = false
    ) {
        self.bandwidth = bandwidth
        self.kernel = kernel
        self.bandwidthRule = bandwidthRule
        self.normalized = normalized
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedKernelDensity {
        let rows = data.weights?.reduce(0, +) ?? Double(data.rowCount)
        let columns = Double(data.columnCount)
        let width: Double
        switch bandwidthRule {
        case .fixed: width = bandwidth
        case .scott: width = pow(rows, -1 / (columns + 4))
        case .silverman: width = pow(rows * (columns + 2) / 4, -1 / (columns + 4))
        }
        guard let weights = data.weights else {
            return FittedKernelDensity(rows: data.matrix, kernel: kernel, bandwidth: width, normalized: normalized)
        }
        let kept = weights.indices.filter { weights[$0] > 0 }
        return FittedKernelDensity(
            rows: data.matrix.selectingRows(kept), weights: kept.map { weights[$0] }, kernel: kernel, bandwidth: width,
            normalized: normalized)
    }
}

/// How the bandwidth of a density is found. Both rules suppose columns of variance 1.
public enum BandwidthRule: String, CaseIterable, Sendable {
    /// The parameter `bandwidth`.
    case fixed
    /// n^(−1/(d+4)) (Scott, 1992).
    case scott
    /// (n (d + 2) / 4)^(−1/(d+4)) (Silverman, 1986).
    case silverman
}
