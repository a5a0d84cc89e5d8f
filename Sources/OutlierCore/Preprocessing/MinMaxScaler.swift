/// Maps the smallest value of each column to 0 and the largest to 1.
public struct MinMaxScaler: Preprocessor {
    public static let name = "min-max-scaler"
    public static let summary = "Maps each column's smallest value to 0 and its largest to 1."

    public init() {}

    public func train(on data: Dataset, context: FitContext) throws -> AffineScaler {
        var centers: [Double] = []
        var scales: [Double] = []
        for column in 0..<data.columnCount {
            let values = presentValues(data, column: column)
            let least = values.min() ?? 0
            centers.append(least)
            scales.append((values.max() ?? 1) - least)
        }
        try requireRanges(scales, of: data)
        return AffineScaler(centers: centers, scales: scales)
    }
}
