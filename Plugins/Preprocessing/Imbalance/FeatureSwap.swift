public import OutlierCore

/// Makes up rows by taking some values of each from other rows (swap noise): every column keeps its distribution, but what
/// belongs together no longer does.
///
/// For the fit only.
///
///     preprocess: [{feature-swap: {share: 0.1}}]
public struct FeatureSwap: RowAugmentation {
    public static let name = "feature-swap"
    public static let summary = "Fits on all rows, and on copies of them with some values of other rows."
    public static var parameters: [Parameter<FeatureSwap>] {
        [
            .integer("copies", \.copies, in: .between(1, 1000), "How many rows are made of each."),
            .number("share", \.share, in: .above(0, upTo: 1), "The part of the values that come from other rows."),
            .choice("rows", \.rows, "Which rows are copied, and which values are taken."),
        ]
    }

    public var copies: Int
    public var share: Double
    public var rows: AugmentedRows

    public init() { self.init(copies: 1) }

    public init(copies: Int, share: Double = 0.1, rows: AugmentedRows = .all) {
        self.copies = copies
        self.share = share
        self.rows = rows
    }

    public func maker(for data: Dataset) -> (Int, [Int], inout RandomSource) -> [Double] {
        { row, group, random in
            (0..<data.columnCount).map { column in
                let origin = random.uniform() < share ? group[random.index(below: group.count)] : row
                return data.matrix[origin, column]
            }
        }
    }
}
