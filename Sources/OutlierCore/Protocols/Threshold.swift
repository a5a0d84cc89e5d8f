/// A rule that finds, from the scores of the training rows, the point from which on a row is called an anomaly.
public protocol Threshold<Fitted>: Component {
    associatedtype Fitted: FittedThreshold

    /// Learns from scores. For authors of thresholds: users call ``fit(scores:labels:context:)``.
    func train(on scores: [Double], labels: [Label]?, context: FitContext) throws -> Fitted

    /// The share of anomalies that is asked for, where the threshold has such a number.
    var contaminationAskedFor: Double? { get }

    /// The threshold, where it learns from scores of rows which the detector was not fitted on; else `nil`.
    var calibrator: (any CalibratingThreshold)? { get }
}

extension Threshold {
    public var calibrator: (any CalibratingThreshold)? { nil }
    public var contaminationAskedFor: Double? { nil }
}

extension Threshold {
    /// Learns from the scores of the training rows, none of which may be `NaN`.
    ///
    /// - Parameter labels: one a row, for rules that use them.
    public func fit(scores: [Double], labels: [Label]? = nil, context: FitContext = FitContext()) throws -> Fitted {
        try validate()
        do {
            guard !scores.isEmpty else {
                throw OutlierError(
                    .emptyData, "there is no score to fit a threshold to",
                    suggestion: "Fit it to the scores of at least one row.")
            }
            if let row = scores.firstIndex(where: \.isNaN) {
                throw OutlierError(
                    .invalidValue, "the score of row \(row + 1) is not a number",
                    suggestion: "Look at what gave the scores.")
            }
            if let labels, labels.count != scores.count {
                throw OutlierError(.shapeMismatch, "\(labels.count) labels were given for \(scores.count) scores")
            }
            if labelUse == .required { try LabelCheck.requireBothClasses(labels, for: self) }
            return try train(on: scores, labels: labels, context: context)
        } catch var error as OutlierError {
            error.component = error.component ?? recipe.name
            throw error
        }
    }
}

/// A threshold that has learnt from scores.
///
/// Users call ``decisions(for:)``; authors implement ``computeDecisions(for:)``, or conform to ``CutoffThreshold`` if a
/// decision is whether the score is above a number.
public protocol FittedThreshold: Persistable {
    /// The score above which a row is called an anomaly; `nil` if a decision depends on the other rows as well.
    var cutoff: Double? { get }
    /// One entry for each score: `true` for an anomaly. For authors of thresholds: users call ``decisions(for:)``.
    ///
    /// - Parameter scores: none is `NaN`.
    func computeDecisions(for scores: [Double]) -> [Bool]
    /// What knows how rare a score is among normal rows; `nil` if nothing does.
    var pValueGiver: (any PValueGiving)? { get }
}

extension FittedThreshold {
    public var pValueGiver: (any PValueGiving)? { nil }

    /// One decision for each score; a score of `NaN` is that of a row that was not scored, and stays undecided.
    ///
    /// With a threshold that decides on all rows of a call together, give it all of them.
    public func decisions(for scores: [Double]) -> Decisions {
        let scored = scores.contains(where: \.isNaN) ? scores.indices.filter { !scores[$0].isNaN } : nil
        let decided = computeDecisions(for: scored.map { rows in rows.map { scores[$0] } } ?? scores)
        var decisions = Decisions()
        if let scored {
            var values = [Decision](repeating: .undecided, count: scores.count)
            for (row, isAnomaly) in zip(scored, decided) { values[row] = Decision(isAnomaly: isAnomaly) }
            decisions.values = values
        } else {
            decisions.values = decided.map(Decision.init(isAnomaly:))
        }
        decisions.pValues = pValueGiver?.pValues(for: scores)
        return decisions
    }
}

/// A fitted threshold that calls a row an anomaly if its score is above one number.
public protocol CutoffThreshold: FittedThreshold {
    /// The score above which a row is called an anomaly.
    var value: Double { get }
}

extension CutoffThreshold {
    public var cutoff: Double? { value }

    public func computeDecisions(for scores: [Double]) -> [Bool] { scores.map { $0 > value } }
}

/// A fitted threshold that knows how rare a score is among normal rows.
public protocol PValueGiving: FittedThreshold {
    /// For each score the probability, 0...1, that a normal row scores as high or higher; `NaN` for `NaN`.
    func pValues(for scores: [Double]) -> [Double]
}

extension PValueGiving {
    public var pValueGiver: (any PValueGiving)? { self }
}

/// The rows whose scores a threshold learns from.
public enum CalibrationRows: Sendable, Hashable {
    /// The rows that the detector was fitted on.
    case training
    /// A share of the rows, above 0 and below 1, which neither the preprocessors nor the detector are fitted on.
    case heldOut(share: Double)
    /// Every row, scored by a pipeline that was fitted on the other folds. The detector is fitted on every row after.
    case crossFitted(folds: Int)
}

/// A threshold that is to learn from scores of rows which the detector was not fitted on.
///
/// A ``Pipeline`` sees to it. Rows that are known to be anomalies are never among the rows to calibrate on.
public protocol CalibratingThreshold: Threshold {
    /// The rows to learn from.
    var calibrationRows: CalibrationRows { get }
    /// - Throws: ``OutlierError/Code/notEnoughRows`` where so many rows to calibrate on are too few.
    func requireEnough(calibrationRowCount: Int) throws
}

extension CalibratingThreshold {
    public var calibrator: (any CalibratingThreshold)? { self }
}

/// A threshold that is one number.
public struct Cutoff: CutoffThreshold, Hashable {
    /// The score above which a row is an anomaly.
    public let value: Double

    public init(_ value: Double) { self.value = value }

    public func encode(to archive: inout ModelArchive) throws { archive.store([value], as: "cutoff") }

    public init(from archive: ModelArchive, registry: Registry) throws {
        value = try archive.doubles("cutoff", count: 1)[0]
    }
}
