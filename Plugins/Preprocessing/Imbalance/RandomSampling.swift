public import OutlierCore

/// Leaves out rows that are no known anomalies, at random, until there are few enough for the anomalies.
///
/// For the fit only: every row is scored. Needs labels.
///
///     preprocess: [{random-under: {ratio: 0.1}}]
public struct RandomUndersampling: TrainingRowsPreprocessor, LabelLearning {
    public static let name = "random-under"
    public static let summary = "Fits on all known anomalies and a random part of the other rows."
    public static var parameters: [Parameter<RandomUndersampling>] {
        [
            .number(
                "ratio", \.ratio, in: .above(0, upTo: 1), "Anomalies for each other row that there are afterwards.")
        ]
    }

    public var ratio: Double

    public init() { self.init(ratio: 1) }

    public init(ratio: Double) { self.ratio = ratio }

    public var labelUse: LabelUse { .required }

    public func changeTrainingRows(
        of data: Dataset, fitted: UnchangedRows, context: FitContext
    ) throws -> TrainingRows {
        let rows = try LabelledRows(data)
        let wanted = max(1, min(Double(rows.others.count), (Double(rows.anomalies.count) / ratio).rounded()))
        var random = context.random()
        let chosen = random.sample(Int(wanted), below: rows.others.count).map { rows.others[$0] }
        let kept = (rows.anomalies + chosen).sorted()
        return try TrainingRows(data.selectingRows(kept), origins: kept)
    }
}

/// Repeats known anomalies, at random, until there are enough of them.
///
/// For the fit only: every row is scored once. Needs labels.
///
///     preprocess: [{random-over: {ratio: 0.1}}]
public struct RandomOversampling: TrainingRowsPreprocessor, LabelLearning {
    public static let name = "random-over"
    public static let summary = "Fits on all rows, and on known anomalies repeated at random."
    public static var parameters: [Parameter<RandomOversampling>] {
        [
            .number(
                "ratio", \.ratio, in: .above(0, upTo: 1), "Anomalies for each other row that there are afterwards.")
        ]
    }

    public var ratio: Double

    public init() { self.init(ratio: 1) }

    public init(ratio: Double) { self.ratio = ratio }

    public var labelUse: LabelUse { .required }

    public func changeTrainingRows(
        of data: Dataset, fitted: UnchangedRows, context: FitContext
    ) throws -> TrainingRows {
        let rows = try LabelledRows(data)
        var random = context.random()
        let repeated = (0..<rows.lacking(for: ratio)).map { _ in
            rows.anomalies[random.index(below: rows.anomalies.count)]
        }
        let all = Array(0..<data.rowCount) + repeated
        return try TrainingRows(data.selectingRows(all), origins: all)
    }
}
