/// Calls a row an anomaly whose score is above Tukey's upper fence: the third quartile and a number of interquartile
/// ranges.
public struct IQRThreshold: Threshold {
    public static let name = "iqr"
    public static let summary = "Third quartile of the training scores plus a number of interquartile ranges."
    public static let reference: String? = "J. W. Tukey: Exploratory Data Analysis, 1977"
    public static var parameters: [Parameter<IQRThreshold>] {
        [
            .number(
                "ranges", \.ranges, in: .positive,
                "How many interquartile ranges above the third quartile the cutoff lies.")
        ]
    }

    public var ranges: Double

    public init() { self.init(ranges: 1.5) }

    public init(ranges: Double) { self.ranges = ranges }

    public func train(on scores: [Double], labels: [Label]?, context: FitContext) throws -> Cutoff {
        let lower = Quantiles.quantile(of: scores, 0.25)
        let upper = Quantiles.quantile(of: scores, 0.75)
        // Infinite scores on both sides have no difference.
        let range = upper - lower
        return Cutoff(range.isFinite ? upper + ranges * range : upper)
    }
}
