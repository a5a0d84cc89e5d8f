public import OutlierCore

private let paper =
    "J. Paparrizos, P. Boniol, T. Palpanas, R. Tsay, A. Elmore, M. Franklin: Volume Under the Surface: A New Accuracy "
    + "Evaluation Measure for Time-Series Anomaly Detection, 2022"

/// The volume under the surface of precision and recall over all cutoffs and all buffers around the true events: 0...1.
///
/// An alarm shortly before or after an event counts in part, so that a detector whose window is a little late is not
/// judged like one that is blind. Of several series, the mean over those with anomalies and normal points. The score of
/// every point is compared with 250 cutoffs, as in the authors' implementation, which this equals.
public struct VUSPR: Metric {
    public static let name = "vus-pr"
    public static let summary =
        "Volume under the precision-recall surface over all cutoffs and buffer lengths around the true events."
    public static let reference: String? = paper
    public static let parameters: [Parameter<VUSPR>] = [
        .integer(
            "buffer", \.buffer, in: .atLeast(0),
            "The longest buffer around an event in points, half of it on each side; best the period of the series.")
    ]

    /// The longest buffer in points, at least 0. The default, 100, is the one of the authors' implementation.
    public var buffer: Int

    public init() { self.init(buffer: 100) }
    public init(buffer: Int) { self.buffer = buffer }

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        .number(
            try SeriesEvaluation(evaluation).mean(for: Self.name) {
                $0.curve.volumes(longest: min(buffer, 2 * $0.scores.count)).precisionRecall
            })
    }
}

/// The volume under the surface of the receiver operating characteristic over all buffers around the true events: 0...1.
/// See ``VUSPR``.
public struct VUSROC: Metric {
    public static let name = "vus-roc"
    public static let summary =
        "Volume under the ROC surface over all cutoffs and buffer lengths around the true events."
    public static let reference: String? = paper
    public static let parameters: [Parameter<VUSROC>] = [
        .integer(
            "buffer", \.buffer, in: .atLeast(0),
            "The longest buffer around an event in points, half of it on each side; best the period of the series.")
    ]

    /// The longest buffer in points, at least 0.
    public var buffer: Int

    public init() { self.init(buffer: 100) }
    public init(buffer: Int) { self.buffer = buffer }

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        .number(
            try SeriesEvaluation(evaluation).mean(for: Self.name) {
                $0.curve.volumes(longest: min(buffer, 2 * $0.scores.count)).receiverOperating
            })
    }
}

/// The areas under both curves for one buffer length around the true events: R-AUC-ROC (`roc`) and R-AUC-PR (`pr`), one
/// slice of ``VUSROC`` and ``VUSPR``.
public struct RangeAUC: Metric {
    public static let name = "range-auc"
    public static let summary = "Areas under the ROC and precision-recall curves with a buffer around the true events."
    public static let reference: String? = paper
    public static let parameters: [Parameter<RangeAUC>] = [
        .integer(
            "buffer", \.buffer, in: .atLeast(0), "The buffer around an event in points, half of it on each side.")
    ]

    /// The buffer in points, at least 0.
    public var buffer: Int

    public init() { self.init(buffer: 100) }
    public init(buffer: Int) { self.buffer = buffer }

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        let parts = SeriesEvaluation(evaluation)
        func mean(_ path: KeyPath<BufferedCurve.Areas, Double>) throws -> Double {
            try parts.mean(for: Self.name) {
                $0.curve.areas(length: min(buffer, 2 * $0.scores.count))[keyPath: path]
            }
        }
        return .table([.init("roc", try mean(\.receiverOperating)), .init("pr", try mean(\.precisionRecall))])
    }
}

extension SeriesEvaluation.Part {
    fileprivate var curve: BufferedCurve {
        BufferedCurve(scores: scores, truth: truth, events: events, cutoffs: 250)
    }
}
