import Foundation
public import OutlierCore

/// Which rows are taken to make up others.
public enum AugmentedRows: String, Sendable, CaseIterable {
    case all
    /// Rows that are no known anomalies.
    case normal
    /// Known anomalies.
    case anomaly

    func rows(of data: Dataset) throws -> [Int] {
        let all = Array(0..<data.rowCount)
        guard self != .all, let labels = data.labels else { return all }
        let chosen = all.filter { (labels[$0] == .anomaly) == (self == .anomaly) }
        guard !chosen.isEmpty else {
            throw OutlierError(.missingLabels, "no row is \(self == .anomaly ? "known to be an anomaly" : "normal")")
        }
        return chosen
    }

    var labelUse: LabelUse { self == .anomaly ? .required : .optional }
}

/// Makes up rows by adding noise to those there are: each number gets normal noise of a part of its column's standard
/// deviation. Booleans and categories stay.
///
/// For the fit only.
///
///     preprocess: [standard-scaler, {gaussian-noise: {copies: 2, scale: 0.05}}]
///
/// C. M. Bishop, “Training with noise is equivalent to Tikhonov regularization”, Neural Computation 7, 1995.
public struct GaussianNoise: TrainingRowsPreprocessor, LabelLearning {
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

    public var labelUse: LabelUse { rows.labelUse }

    public func train(on data: Dataset, context: FitContext) throws -> UnchangedRows {
        UnchangedRows(featureCount: data.columnCount)
    }

    public func changeTrainingRows(
        of data: Dataset, fitted: UnchangedRows, context: FitContext
    ) throws -> TrainingRows {
        let deviations = data.columns.indices.map { column -> Double in
            guard data.columns[column].kind == .number || data.columns[column].kind == .date else { return 0 }
            let deviation = Moments(data.presentValues(column)).variance.squareRoot() * scale
            return deviation.isFinite ? deviation : 0
        }
        var random = context.random()
        var made = MadeRows(beside: data)
        for row in try rows.rows(of: data) {
            for _ in 0..<copies {
                let values = deviations.indices.map { data.matrix[row, $0] + deviations[$0] * random.normal() }
                made.append(values.map { $0.isInfinite ? 0 : $0 }, like: row)
            }
        }
        return try made.joined()
    }
}

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
        for row in chosen {
            for _ in 0..<copies {
                let values = (0..<data.columnCount).map { column in
                    let origin = random.uniform() < share ? chosen[random.index(below: chosen.count)] : row
                    return data.matrix[origin, column]
                }
                made.append(values, like: row)
            }
        }
        return try made.joined()
    }
}

/// Makes up rows between two rows of one kind: λ of one and 1 − λ of the other, λ of Beta(α, α).
///
/// Anomalies are mixed with anomalies, other rows with other rows, so that labels stay what they are. Booleans and
/// categories are those of the row that counts more. For the fit only.
///
///     preprocess: [standard-scaler, {mixup: {alpha: 0.2}}]
///
/// H. Zhang, M. Cisse, Y. N. Dauphin and D. Lopez-Paz, “mixup: Beyond Empirical Risk Minimization”, ICLR 2018.
public struct Mixup: TrainingRowsPreprocessor, LabelLearning {
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

    public var labelUse: LabelUse { rows.labelUse }

    public func train(on data: Dataset, context: FitContext) throws -> UnchangedRows {
        UnchangedRows(featureCount: data.columnCount)
    }

    public func changeTrainingRows(
        of data: Dataset, fitted: UnchangedRows, context: FitContext
    ) throws -> TrainingRows {
        let chosen = try rows.rows(of: data)
        let isAnomaly = data.labels.map { labels in chosen.map { labels[$0] == .anomaly } }
        let kinds = [false, true].map { kind in
            chosen.indices.filter { (isAnomaly?[$0] ?? false) == kind }.map { chosen[$0] }
        }
        let interpolates = data.columns.map { $0.kind == .number || $0.kind == .date }
        var random = context.random()
        var made = MadeRows(beside: data)
        for kind in kinds where !kind.isEmpty {
            for row in kind {
                for _ in 0..<copies {
                    let other = kind[random.index(below: kind.count)]
                    let part = Beta.symmetric(alpha, &random)
                    let values = (0..<data.columnCount).map { column in
                        let (first, second) = (data.matrix[row, column], data.matrix[other, column])
                        if interpolates[column] { return second + part * (first - second) }
                        return part >= 0.5 ? first : second
                    }
                    made.append(values, like: row)
                }
            }
        }
        return try made.joined()
    }
}

/// Random numbers of a beta distribution.
enum Beta {
    /// One of Beta(α, α): the share of one of two gamma numbers.
    static func symmetric(_ alpha: Double, _ random: inout RandomSource) -> Double {
        let (first, second) = (logarithmOfGamma(alpha, &random), logarithmOfGamma(alpha, &random))
        return 1 / (1 + exp(second - first))
    }

    /// The logarithm of one of Gamma(α, 1), by the method of Marsaglia & Tsang (2000). Logarithms do not vanish where a
    /// small α makes numbers that do.
    private static func logarithmOfGamma(_ alpha: Double, _ random: inout RandomSource) -> Double {
        if alpha < 1 {
            return logarithmOfGamma(alpha + 1, &random) + log(1 - random.uniform()) / alpha
        }
        let d = alpha - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = random.normal()
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            if log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * log(v) { return log(d) + log(v) }
        }
    }
}
