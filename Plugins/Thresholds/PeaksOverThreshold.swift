public import OutlierCore
import OutlierNumerics

/// The score that a row exceeds with a given small probability, extrapolated from the tail of the training scores (peaks over
/// threshold).
///
/// The excesses of the highest training scores over a first threshold follow a generalized Pareto distribution, whatever the
/// scores' own distribution is (Pickands, Balkema and de Haan); it is fitted by maximum likelihood (Grimshaw's trick), and the
/// cutoff is t + σ/γ ((q n / N)^−γ − 1) for the risk q, n scores and N excesses over t. So a risk can be asked for that is rarer
/// than one in as many rows as there are.
///
/// Training scores that hold anomalies have a heavier tail, and the cutoff lies higher.
///
/// **Cost.** O(n + N) with a factor of some hundreds for the N excesses.
///
/// Paper: A. Siffer, P.-A. Fouque, A. Termier, C. Largouët: *Anomaly Detection in Streams with Extreme Value Theory*, 2017.
///
/// Throws: ``OutlierError/Code/notEnoughRows`` for fewer than 20 scores.
public struct PeaksOverThreshold: Threshold {
    public static let name = "pot"
    public static let aliases = ["peaks-over-threshold"]
    public static let summary =
        "The score that a row exceeds with a given small risk, by the tail of the training scores."
    public static let reference: String? =
        "A. Siffer, P.-A. Fouque, A. Termier, C. Largouët: Anomaly Detection in Streams with Extreme Value Theory, 2017"
    public static var parameters: [Parameter<PeaksOverThreshold>] {
        [
            .number(
                "risk", \.risk, in: .above(0, upTo: 0.5),
                "The probability that a row like the training rows is called an anomaly."),
            .number(
                "tail", \.tail, in: .above(0, upTo: 0.5),
                "The share of the training scores that the tail is fitted to; at least 20 scores are, of few rows half."
            ),
        ]
    }

    /// The probability of an alarm.
    public var risk: Double
    /// The share of the scores that make the tail.
    public var tail: Double

    public init() { self.init(risk: 0.001) }

    public init(risk: Double, tail: Double = 0.02) {
        self.risk = risk
        self.tail = tail
    }

    public func train(on scores: [Double], labels: [Label]?, context: FitContext) throws -> Cutoff {
        guard scores.count >= 20 else {
            throw OutlierError(
                .notEnoughRows, "a tail cannot be fitted to \(scores.count) scores; at least 20 are needed",
                suggestion: "Use the threshold “quantile”.")
        }
        let sorted = scores.sorted()
        let count = sorted.count
        let wanted = max(Shares.floor(tail, of: count), min(20, count / 2))
        let first = sorted[count - 1 - wanted]
        // An infinite score has no place in a fit, though it lies above every cutoff.
        let above = sorted[(count - wanted)...].filter { $0 > first }
        let excesses = above.filter(\.isFinite).map { $0 - first }.filter { $0 > 0 && $0.isFinite }
        let share = Double(above.count) / Double(count)
        guard first.isFinite, !excesses.isEmpty, risk < share else {
            // Within the scores there is nothing to extrapolate; where the highest are equal there is no tail.
            return Cutoff(risk < share || excesses.isEmpty ? first : Quantiles.quantile(ofSorted: sorted, 1 - risk))
        }
        let excess = GeneralizedParetoFit(excesses).excess(exceededBy: risk / share)
        return Cutoff(first + excess)
    }
}
