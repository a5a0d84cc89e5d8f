import Foundation

/// Decides by conformal p-values: how many rows that the detector was not fitted on score as high.
///
/// **p-value.** p(s) = (1 + the number of calibration scores ≥ s) / (1 + their number).
///
/// **Promise.** With `calibration: split` (the default), normal rows that are drawn as the calibration rows were are called
/// anomalies at a rate of at most `false-alarm-rate`, whatever the detector and the distribution are, in at least nine
/// fits of ten (`certainty: 0.9`, the default; Vovk, 2012). **It assumes** that the calibration rows are normal, or that the
/// anomalies which hide among them score no lower than normal rows do: then these make false alarms rarer. Anomalies that
/// score lower, as in the middle of a ring of normal rows, make room for false alarms: with the share ε of anomalies the
/// rate is up to `false-alarm-rate` / (1 − ε). Where ε is at most `contamination`, the rate holds wherever anomalies score,
/// for the calibration then asks for `false-alarm-rate` · (1 − `contamination`); the price is fewer alarms. The p-values themselves are what they are, so that a row is called an anomaly only where its
/// p-value is a good deal under the rate.
///
/// With `certainty: null` the rate holds on average over fits, which takes fewer rows and misses fewer anomalies: a row is
/// called an anomaly where its p-value is at most the rate. About half of all fits then have a higher rate.
///
/// With `control: benjamini-hochberg` the decision is on all rows of a call together: among the rows that are called
/// anomalies, the expected share of normal ones is at most `false-alarm-rate` (Bates et al., 2023). `certainty` has no part
/// in it.
///
/// With `calibration: cross` every row is used by the fit and each is scored by a model of the other folds. This wastes
/// no row, but models differ, so that the promise holds only about (Vovk, 2015).
///
/// **Cost.** `split` fits on fewer rows, `cross` fits once more for each fold.
///
/// Papers: V. Vovk, A. Gammerman, G. Shafer: *Algorithmic Learning in a Random World*, 2005; R. Laxhammar, G. Falkman:
/// *Conformal prediction for distribution-independent anomaly detection*, 2010; S. Bates, E. Candès, L. Lei, Y. Romano,
/// M. Sesia: *Testing for outliers with conformal p-values*, 2023; V. Vovk: *Conditional validity of inductive conformal
/// predictors*, 2012; V. Vovk: *Cross-conformal predictors*, 2015.
///
/// Throws: ``OutlierError/Code/notEnoughRows`` where the calibration rows are too few for the rate asked for.
public struct ConformalThreshold: CalibratingThreshold, LabelLearning {
    /// Where the calibration scores come from.
    public enum Calibration: String, CaseIterable, Sendable {
        case split
        case cross
    }

    /// What the rate bounds.
    public enum Control: String, CaseIterable, Sendable {
        /// The share of the normal rows that are called anomalies.
        case row
        /// The share of normal rows among those that are called anomalies.
        case benjaminiHochberg = "benjamini-hochberg"
    }

    public static let name = "conformal"
    public static let summary =
        "Conformal p-values: a false-alarm rate that is guaranteed, whatever the detector, where calibration rows are normal."
    public static let reference: String? =
        "S. Bates, E. Candès, L. Lei, Y. Romano, M. Sesia: Testing for outliers with conformal p-values, 2023"
    public static var parameters: [Parameter<ConformalThreshold>] {
        [
            .number(
                "false-alarm-rate", \.falseAlarmRate, in: .above(0, upTo: 0.5),
                "The share of normal rows that may be called anomalies; with Benjamini-Hochberg, of the alarms that may be normal."
            ),
            .choice("calibration", \.calibration, "Where the calibration scores come from: rows held out, or folds."),
            .number("share", \.share, in: .between(0.01, 0.9), "The share of the rows that “split” holds out."),
            .integer("folds", \.folds, in: .between(2, 1000), "How many folds “cross” makes."),
            .number(
                "contamination", \.contamination, in: .between(0, 0.9),
                "The share of the calibration rows that may be anomalies and score lower than normal rows; 0 assumes that none does."
            ),
            .choice("control", \.control, "Whether each row is decided alone or all rows of a call together."),
            .number(
                "certainty", \.certainty, in: .between(0.5, 0.9999), null: "the rate holds on average over fits",
                "How certainly the rate of this very fit is under the one asked for; without part in Benjamini-Hochberg."
            ),
        ]
    }

    public var falseAlarmRate: Double
    public var calibration: Calibration
    public var share: Double
    public var folds: Int
    public var control: Control
    /// How certainly the rate holds for one fit; `nil` where it is to hold on average over fits.
    public var certainty: Double?
    /// The share of the calibration rows that may be anomalies, wherever they score, without the rate being exceeded.
    public var contamination: Double

    public init() { self.init(falseAlarmRate: 0.05) }

    public init(
        falseAlarmRate: Double, calibration: Calibration = .split, share: Double = 0.3, folds: Int = 5,
        control: Control = .row, certainty: Double? = 0.9, contamination: Double = 0
    ) {
        self.falseAlarmRate = falseAlarmRate
        self.calibration = calibration
        self.share = share
        self.folds = folds
        self.control = control
        self.certainty = certainty
        self.contamination = contamination
    }

    /// The rate that the calibration asks for, so that the one asked for holds whatever anomalies score.
    private var usedRate: Double { falseAlarmRate * (1 - contamination) }

    /// Rows that are known to be anomalies are not calibrated on.
    public var labelUse: LabelUse { .optional }

    public var calibrationRows: CalibrationRows {
        switch calibration {
        case .split: .heldOut(share: share)
        case .cross: .crossFitted(folds: folds)
        }
    }

    /// The certainty, where it has a part in the decision.
    private var usedCertainty: Double? { control == .row ? certainty : nil }

    public func requireEnough(calibrationRowCount count: Int) throws {
        guard Self.allowed(count, rate: usedRate, certainty: usedCertainty) < 0 else { return }
        // The least p-value there can be is 1 / (count + 1).
        let onAverage = Self.words((1 / usedRate).rounded(.up) - 1)
        // With certainty, one row of all must be above the rate.
        let needed = usedCertainty.map { Self.words((log1p(-$0) / log1p(-usedRate)).rounded(.up)) } ?? onAverage
        let more = "more rows, a higher “false-alarm-rate”, a larger “share”, or “calibration: cross”"
        throw OutlierError(
            .notEnoughRows,
            "a false-alarm rate of \(falseAlarmRate)\(contamination > 0 ? " with the contamination \(contamination)" : "")\(usedCertainty.map { " with a certainty of \($0)" } ?? "") needs at least \(needed) rows to calibrate on, but there are \(count)",
            suggestion: usedCertainty == nil
                ? "Use \(more)."
                : "Use \(more); or “certainty: null”, where a rate that holds on average over fits will do: \(onAverage) rows.",
            component: Self.name)
    }

    /// A whole number, however large.
    private static func words(_ count: Double) -> String { Int(exactly: count).map(String.init) ?? "\(count)" }

    /// How many calibration scores may be as high as that of a row that is called an anomaly; -1 where none may.
    ///
    /// The rate above the score at rank a + 1 of n, from the highest, has the beta distribution of a + 1 and n − a.
    static func allowed(_ count: Int, rate: Double, certainty: Double?) -> Int {
        guard let certainty else { return Int((rate * Double(count + 1)).nextUp) - 1 }
        var allowed = -1
        var tooMany = count
        while tooMany - allowed > 1 {
            let middle = (allowed + tooMany) / 2
            if SpecialFunctions.incompleteBeta(rate, Double(middle + 1), Double(count - middle)) >= certainty {
                allowed = middle
            } else {
                tooMany = middle
            }
        }
        return allowed
    }

    public func train(on scores: [Double], labels: [Label]?, context: FitContext) throws -> FittedConformalThreshold {
        let normal = labels.map { labels in scores.indices.filter { labels[$0] != .anomaly }.map { scores[$0] } }
        let calibrating = normal ?? scores
        try requireEnough(calibrationRowCount: calibrating.count)
        return FittedConformalThreshold(
            calibrationScores: calibrating.sorted(), falseAlarmRate: usedRate, control: control,
            certainty: usedCertainty)
    }
}

/// The calibration scores of a ``ConformalThreshold``.
public struct FittedConformalThreshold: PValueGiving {
    /// Ascending.
    public let calibrationScores: [Double]
    /// The rate among the calibration rows: that asked for, less the part that hidden anomalies may make room for.
    public let falseAlarmRate: Double
    public let control: ConformalThreshold.Control
    public let certainty: Double?

    init(
        calibrationScores: [Double], falseAlarmRate: Double, control: ConformalThreshold.Control, certainty: Double?
    ) {
        self.certainty = certainty
        self.calibrationScores = calibrationScores
        self.falseAlarmRate = falseAlarmRate
        self.control = control
    }

    /// `nil` with Benjamini-Hochberg, where a decision depends on the other rows.
    public var cutoff: Double? {
        guard control == .row else { return nil }
        let count = calibrationScores.count
        let allowed = ConformalThreshold.allowed(count, rate: falseAlarmRate, certainty: certainty)
        guard allowed >= 0 else { return .infinity }
        return allowed < count ? calibrationScores[count - 1 - allowed] : -.infinity
    }

    public func pValues(for scores: [Double]) -> [Double] {
        let count = calibrationScores.count
        return scores.map { score in
            if score.isNaN { return .nan }
            let below = SortedSearch.count(below: score, in: calibrationScores)
            return Double(1 + count - below) / Double(1 + count)
        }
    }

    public func computeDecisions(for scores: [Double]) -> [Bool] {
        if let cutoff { return scores.map { $0 > cutoff } }
        // Benjamini & Hochberg, 1995: the largest k with p₍ₖ₎ ≤ k · rate / m.
        let pValues = pValues(for: scores)
        let sorted = pValues.sorted()
        let scale = falseAlarmRate / Double(max(1, sorted.count))
        let last = sorted.indices.last { sorted[$0] <= (Double($0 + 1) * scale).nextUp }
        guard let last else { return [Bool](repeating: false, count: scores.count) }
        return pValues.map { $0 <= sorted[last] }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(calibrationScores, as: "scores")
        archive.store([falseAlarmRate], as: "rate")
        archive.store(control.rawValue, as: "control")
        if let certainty { archive.store([certainty], as: "certainty") }
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        calibrationScores = try archive.doubles("scores")
        falseAlarmRate = try archive.doubles("rate", count: 1)[0]
        certainty = try archive.hasTensor("certainty") ? archive.doubles("certainty", count: 1)[0] : nil
        guard let control = ConformalThreshold.Control(rawValue: try archive.string("control")),
            certainty.map({ $0 > 0 && $0 < 1 }) ?? true, !calibrationScores.isEmpty, falseAlarmRate > 0,
            falseAlarmRate <= 0.5,
            zip(calibrationScores, calibrationScores.dropFirst()).allSatisfy({ $0 <= $1 })
        else { throw OutlierError(.invalidModel, "the calibration scores are damaged") }
        self.control = control
    }
}
