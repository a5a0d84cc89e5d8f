/// Subtracts each column's median and divides by its interquartile range.
public struct RobustScaler: Preprocessor {
    public static let name = "robust-scaler"
    public static let summary = "Subtracts each column's median and divides by the range between two quantiles."
    public static var parameters: [Parameter<RobustScaler>] {
        [
            .number("lower-quantile", \.lowerQuantile, in: .between(0, 1), "The lower end of the range, 0 to 1."),
            .number("upper-quantile", \.upperQuantile, in: .between(0, 1), "The upper end of the range, 0 to 1."),
        ]
    }

    public var lowerQuantile: Double
    public var upperQuantile: Double

    public init() { self.init(lowerQuantile: 0.25) }

    public init(lowerQuantile: Double, upperQuantile: Double = 0.75) {
        self.lowerQuantile = lowerQuantile
        self.upperQuantile = upperQuantile
    }

    public func validateTogether() throws {
        guard lowerQuantile < upperQuantile else {
            throw OutlierError(
                .invalidParameter,
                "“lower-quantile” must be below “upper-quantile”, but they are \(lowerQuantile) and \(upperQuantile)",
                path: ["lower-quantile"])
        }
    }

    public func train(on data: Dataset, context: FitContext) throws -> AffineScaler {
        var centers: [Double] = []
        var scales: [Double] = []
        for column in 0..<data.columnCount {
            let sorted = presentValues(data, column: column).sorted()
            guard !sorted.isEmpty else {
                centers.append(0)
                scales.append(1)
                continue
            }
            centers.append(Quantiles.quantile(ofSorted: sorted, 0.5))
            scales.append(
                Quantiles.quantile(ofSorted: sorted, upperQuantile)
                    - Quantiles.quantile(ofSorted: sorted, lowerQuantile))
        }
        try requireRanges(scales, of: data)
        return AffineScaler(centers: centers, scales: scales)
    }
}
