#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What is said of a decision besides yes and no: a probability, a confidence, and whether it is better not taken.
///
///     let pipeline = Pipeline {
///         IsolationForest()
///         QuantileThreshold(contamination: 0.05)
///         Assurance(probability: .unification, confidence: true)
///     }
///
/// In a configuration it is the section `calibrate`.
public struct Assurance: Component, LabelLearning {
    /// How scores become probabilities.
    public enum Probability: String, CaseIterable, Sendable {
        /// Gaussian scaling, regularized at the mean score (Kriegel et al., 2011): 0 for ordinary rows. It needs no labels
        /// and ranks rows, but is no frequency.
        case unification
        /// Gamma scaling, likewise (Kriegel et al., 2011): for scores with a long tail, as distances have.
        case gammaUnification = "gamma-unification"
        /// The monotonic curve of the shares of anomalies that fits the labelled rows best (Zadrozny & Elkan, 2002). In a
        /// ``Pipeline`` whose detector or preprocessors have learnt from labels, rows are scored by fits without them.
        case isotonic
    }

    public static let name = "calibrate"
    public static let summary = "What is said of each row besides its score and its decision."
    public static let reference: String? =
        "H.-P. Kriegel, P. Kröger, E. Schubert, A. Zimek: Interpreting and Unifying Outlier Scores, 2011; L. Perini, V. Vercruyssen, J. Davis: Quantifying the Confidence of Anomaly Detectors in Their Example-Wise Predictions, 2020; L. Perini, J. Davis: Unsupervised Anomaly Detection with Rejection, 2023"
    public static var parameters: [Parameter<Assurance>] {
        [
            .choice(
                "probability", \.probability, null: "none", "How scores become probabilities; isotonic needs labels."),
            .boolean("confidence", \.confidence, "Whether to say how sure each decision is."),
            .number(
                "reject", \.rejectionExponent, in: .positive, null: "no decision is rejected",
                "Rejects decisions whose stability is at most 1 − 2·exp(−T), for this T; its authors use 32."),
        ]
    }

    public var probability: Probability?
    public var confidence: Bool
    /// T of Perini & Davis: decisions whose stability 2 |confidence − ½| is at most 1 − 2·exp(−T) are rejected; the
    /// larger, the more.
    public var rejectionExponent: Double?

    public init() { self.init(probability: nil) }

    public init(probability: Probability? = nil, confidence: Bool = false, rejectionExponent: Double? = nil) {
        self.probability = probability
        self.confidence = confidence
        self.rejectionExponent = rejectionExponent
    }

    public var labelUse: LabelUse { probability == .isotonic ? .required : .ignored }

    public var labelPurpose: String? { "for the probability “isotonic”" }

    /// Whether nothing is asked for.
    public var isEmpty: Bool { probability == nil && !confidence && rejectionExponent == nil }

    /// Learns from the scores that the threshold has learnt from.
    ///
    /// - Parameters:
    ///   - labels: one a score, for `isotonic`.
    ///   - decisions: the threshold's decisions on the scores; confidence needs them.
    ///   - contamination: the share of anomalies that the threshold was asked for; that of `decisions` where `nil`.
    ///   - labeled: other scores and their labels for `isotonic`: those of fits that did not know the labels, where the
    ///     detector has learnt from them.
    /// - Throws: ``OutlierError/Code/invalidConfiguration`` where a confidence is asked for without a threshold,
    ///   ``OutlierError/Code/missingLabels``.
    public func fit(
        scores: [Double], labels: [Label]? = nil, decisions: Decisions? = nil, contamination: Double? = nil,
        labeled: (scores: [Double], labels: [Label]?)? = nil
    ) throws -> FittedAssurance {
        try validate()
        guard !scores.isEmpty else {
            throw OutlierError(.emptyData, "there is no score to learn from", component: Self.name)
        }
        var curve: ProbabilityCurve?
        switch probability {
        case .unification: curve = .gaussian(GaussianScaling(scores))
        case .gammaUnification: curve = .gamma(GammaScaling(scores))
        case .isotonic:
            let (scores, labels) = labeled ?? (scores, labels)
            try LabelCheck.requireBothClasses(labels, for: self)
            curve = .isotonic(try IsotonicRegression(scores, labels: labels ?? []))
        case nil: break
        }
        var stability: DecisionStability?
        if confidence || rejectionExponent != nil {
            guard let anomalies = decisions?.anomalyCount else {
                throw OutlierError(
                    .invalidConfiguration, "there is no threshold, so there is no decision to be sure of",
                    suggestion: "Add a threshold, or ask for a probability only.", component: Self.name)
            }
            let share = contamination ?? Double(anomalies) / Double(scores.count)
            stability = DecisionStability(scores, contamination: share)
        }
        return FittedAssurance(
            curve: curve, stability: stability, givesConfidence: confidence, rejectionExponent: rejectionExponent)
    }
}

/// How scores become probabilities, learnt.
enum ProbabilityCurve: Sendable {
    case gaussian(GaussianScaling)
    case gamma(GammaScaling)
    case isotonic(IsotonicRegression)

    func probability(_ score: Double) -> Double {
        switch self {
        case .gaussian(let scaling): scaling.probability(score)
        case .gamma(let scaling): scaling.probability(score)
        case .isotonic(let regression): regression.value(score)
        }
    }
}

/// An ``Assurance`` that has learnt from scores.
public struct FittedAssurance: Persistable {
    let curve: ProbabilityCurve?
    let stability: DecisionStability?
    let givesConfidence: Bool
    let rejectionExponent: Double?

    init(
        curve: ProbabilityCurve?, stability: DecisionStability?, givesConfidence: Bool, rejectionExponent: Double?
    ) {
        self.curve = curve
        self.stability = stability
        self.givesConfidence = givesConfidence
        self.rejectionExponent = rejectionExponent
    }

    /// Adds to `decisions` what was asked for.
    public func complete(_ decisions: inout Decisions, scores: [Double]) {
        if let curve { decisions.probabilities = scores.map { $0.isNaN ? .nan : curve.probability($0) } }
        guard let stability, let decided = decisions.values else { return }
        let sure = stability.probabilitiesOfAlarm(scores)
        if givesConfidence { decisions.confidences = zip(sure, decided).map { $1.isAnomaly ? $0 : 1 - $0 } }
        if let rejectionExponent {
            let least = 1 - 2 * exp(-rejectionExponent)
            decisions.rejections = sure.map { 2 * abs($0 - 0.5) <= least }
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(.boolean(givesConfidence), as: "confidence")
        archive.store(rejectionExponent.map(Value.number) ?? .null, as: "reject")
        switch curve {
        case .gaussian(let scaling): archive.store([scaling.mean, scaling.deviation], as: "gaussian")
        case .gamma(let scaling): archive.store([scaling.origin, scaling.mean, scaling.deviation], as: "gamma")
        case .isotonic(let regression):
            archive.store(regression.positions, as: "positions")
            archive.store(regression.values, as: "values")
        case nil: break
        }
        if let stability {
            archive.store(stability.scores, as: "scores")
            archive.store(stability.anomalyCount, as: "anomalies")
        }
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        givesConfidence = try archive.value("confidence").bool ?? false
        rejectionExponent = try archive.value("reject").double
        if archive.hasTensor("gaussian") {
            let numbers = try archive.doubles("gaussian", count: 2)
            curve = .gaussian(GaussianScaling(mean: numbers[0], deviation: numbers[1]))
        } else if archive.hasTensor("gamma") {
            let numbers = try archive.doubles("gamma", count: 3)
            curve = .gamma(GammaScaling(origin: numbers[0], mean: numbers[1], deviation: numbers[2]))
        } else if archive.hasTensor("positions") {
            let positions = try archive.doubles("positions")
            let values = try archive.doubles("values", count: positions.count)
            curve = .isotonic(try IsotonicRegression(positions: positions, values: values))
        } else {
            curve = nil
        }
        if archive.hasTensor("scores") {
            let scores = try archive.doubles("scores")
            stability = try DecisionStability(
                sorted: scores, anomalyCount: archive.integer("anomalies", in: 0...max(0, scores.count)))
        } else {
            stability = nil
        }
    }
}
