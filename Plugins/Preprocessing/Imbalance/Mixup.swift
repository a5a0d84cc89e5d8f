public import OutlierCore

/// Makes up rows between two rows of one kind: λ of one and 1 − λ of the other, λ of Beta(α, α).
///
/// Anomalies are mixed with anomalies, other rows with other rows, so that labels stay what they are. Booleans and
/// categories are those of the row that counts more. For the fit only.
///
///     preprocess: [standard-scaler, {mixup: {alpha: 0.2}}]
///
/// H. Zhang, M. Cisse, Y. N. Dauphin and D. Lopez-Paz, “mixup: Beyond Empirical Risk Minimization”, ICLR 2018.
public struct Mixup: RowAugmentation {
    public static let name = "mixup"
    public static let summary = "Fits on all rows, and on mixtures of two rows of one kind."
    public static let reference: String? =
        "H. Zhang, M. Cisse, Y. N. Dauphin and D. Lopez-Paz, mixup: Beyond Empirical Risk Minimization, 2018"
    public static var parameters: [Parameter<Mixup>] {
        [
            .integer("copies", \.copies, in: .between(1, 1000), "How many mixtures are made of each row."),
            .number("alpha", \.alpha, in: .above(0, upTo: 100), "How even mixtures are: 1 for any part alike."),
            .choice("rows", \.rows, "Which rows are mixed."),
        ]
    }

    public var copies: Int
    public var alpha: Double
    public var rows: AugmentedRows

    public init() { self.init(copies: 1) }

    public init(copies: Int, alpha: Double = 0.2, rows: AugmentedRows = .all) {
        self.copies = copies
        self.alpha = alpha
        self.rows = rows
    }

    /// Known anomalies, and the others.
    public func groups(of chosen: [Int], in data: Dataset) -> [[Int]] {
        guard let labels = data.labels else { return [chosen] }
        return [false, true].map { kind in chosen.filter { (labels[$0] == .anomaly) == kind } }
    }

    public func maker(for data: Dataset) -> (Int, [Int], inout RandomSource) -> [Double] {
        let interpolates = data.columns.map { $0.kind == .number || $0.kind == .date }
        return { row, group, random in
            let other = group[random.index(below: group.count)]
            let part = Beta.symmetric(alpha, &random)
            return (0..<data.columnCount).map { column in
                let (first, second) = (data.matrix[row, column], data.matrix[other, column])
                if interpolates[column] { return second + part * (first - second) }
                return part >= 0.5 ? first : second
            }
        }
    }
}
