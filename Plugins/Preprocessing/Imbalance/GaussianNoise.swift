public import OutlierCore

/// Makes up rows by adding noise to those there are: each number gets normal noise of a part of its column's standard
/// deviation. Booleans and categories stay.
///
/// For the fit only.
///
///     preprocess: [standard-scaler, {gaussian-noise: {copies: 2, scale: 0.05}}]
///
/// C. M. Bishop, “Training with noise is equivalent to Tikhonov regularization”, Neural Computation 7, 1995.
public struct GaussianNoise: RowAugmentation {
    public static let name = "gaussian-noise"
    public static let summary = "Fits on all rows, and on copies of them with noise."
    public static let reference: String? =
        "C. M. Bishop, Training with noise is equivalent to Tikhonov regularization, 1995"
    public static var parameters: [Parameter<GaussianNoise>] {
        [
            .integer("copies", \.copies, in: .between(1, 1000), "How many rows are made of each."),
            .number(
                "scale", \.scale, in: .positive, "The noise's standard deviation, as a part of the column's."),
            .choice("rows", \.rows, "Which rows are copied."),
        ]
    }

    public var copies: Int
    public var scale: Double
    public var rows: AugmentedRows

    public init() { self.init(copies: 1) }

    public init(copies: Int, scale: Double = 0.05, rows: AugmentedRows = .all) {
        self.copies = copies
        self.scale = scale
        self.rows = rows
    }

    public func maker(for data: Dataset) -> (Int, [Int], inout RandomSource) -> [Double] {
        let deviations = data.columns.indices.map { column -> Double in
            guard data.columns[column].kind == .number || data.columns[column].kind == .date else { return 0 }
            let deviation = Moments(data.presentValues(column)).variance.squareRoot() * scale
            return deviation.isFinite ? deviation : 0
        }
        return { row, _, random in
            let values = deviations.indices.map { data.matrix[row, $0] + deviations[$0] * random.normal() }
            return values.map { $0.isInfinite ? 0 : $0 }
        }
    }
}
