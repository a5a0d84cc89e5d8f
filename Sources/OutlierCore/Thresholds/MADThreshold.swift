/// Calls a row an anomaly whose score is far above the median, in units of the median absolute deviation.
public struct MADThreshold: Threshold {
    public static let name = "mad"
    public static let summary = "Median of the training scores plus a number of robust standard deviations."
    public static let reference: String? =
        "Iglewicz & Hoaglin: How to Detect and Handle Outliers, 1993"
    public static var parameters: [Parameter<MADThreshold>] {
        [
            .number(
                "deviations", \.deviations, in: .positive,
                "How many robust standard deviations (1.4826 · MAD) above the median the cutoff lies.")
        ]
    }

    public var deviations: Double

    public init() { self.init(deviations: 3) }

    public init(deviations: Double) { self.deviations = deviations }

    public func train(on scores: [Double], labels: [Label]?, context: FitContext) throws -> Cutoff {
        let median = Quantiles.median(of: scores)
        let deviation = Quantiles.median(of: scores.map { abs($0 - median) })
        // 1.4826 makes the deviation that of a normal distribution.
        return Cutoff(median + deviations * 1.482602218505602 * deviation)
    }
}
