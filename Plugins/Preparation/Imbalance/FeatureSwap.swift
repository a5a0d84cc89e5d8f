public import OutlierCore

/// Makes up rows by taking some values of each from other rows (swap noise): every column keeps its distribution, but what
/// belongs together no longer does.
///
/// For the fit only.
///
///     preprocess: [{feature-swap: {share: 0.1}}]
public struct FeatureSwap: TrainingRowsPreprocessor, LabelLearning {
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

    public var labelUse: LabelUse { rows.labelUse }

    public func train(on data: Dataset, context: FitContext) throws -> UnchangedRows {
        UnchangedRows(featureCount: data.columnCount)
    }

    public func changeTrainingRows(
        of data: Dataset, fitted: UnchangedRows, context: FitContext
    ) throws -> TrainingRows {
        let chosen = try rows.rows(of: data)
        var random = context.random()
        var made = MadeRows(beside: data)
        made.append(copies, of: chosen) { row in
            (0..<data.columnCount).map { column in
                let origin = random.uniform() < share ? chosen[random.index(below: chosen.count)] : row
                return data.matrix[origin, column]
            }
        }
        return try made.joined()
    }
}
