import OutlierCore

/// How the scores of different detectors are made comparable.
///
/// Whichever it is, it is learnt from the scores of the training rows, so that a row's score never depends on the rows
/// that are scored with it.
public enum ScoreNormalization: String, Sendable, CaseIterable {
    /// Less the mean of the training scores, divided by their (population's) standard deviation.
    case zScore = "z-score"
    /// The part of the training scores that is lower, equal ones counting half: 0 to 1.
    case rank
    /// Scores stay as they are.
    case none
}

/// What a normalization learnt from the training scores of one detector.
enum ScoreNormalizer: Sendable {
    case none
    case affine(center: Double, scale: Double)
    case rank(sorted: [Double])

    /// - Throws: ``OutlierError/Code/numericalFailure`` where the scores have no mean or no standard deviation.
    init(_ normalization: ScoreNormalization, scores: [Double], of detector: String) throws {
        switch normalization {
        case .none: self = .none
        case .rank: self = .rank(sorted: scores.sorted())
        case .zScore:
            let count = Double(scores.count)
            let mean = scores.reduce(0) { $0 + $1 / count }
            let variance = scores.reduce(0) { $0 + ($1 - mean) * (($1 - mean) / count) }
            guard mean.isFinite, variance.isFinite else {
                throw OutlierError(
                    .numericalFailure, "the scores of “\(detector)” are too large to have a standard deviation",
                    suggestion: "Set “normalization” to rank.")
            }
            let deviation = variance.squareRoot()
            // Scores that are all the same, but for rounding, say nothing and get no weight by being divided.
            self = .affine(center: mean, scale: deviation > 10 * Double.ulpOfOne * abs(mean) ? deviation : 1)
        }
    }

    func apply(to scores: [Double]) -> [Double] {
        switch self {
        case .none: scores
        case .affine(let center, let scale): scores.map { ($0 - center) / scale }
        case .rank(let sorted):
            scores.map { score in
                let below = SortedSearch.count(below: score, in: sorted)
                let notAbove = SortedSearch.count(upTo: score, in: sorted)
                return Double(below + notAbove) / Double(2 * sorted.count)
            }
        }
    }

    func encode(to archive: inout ModelArchive) {
        switch self {
        case .none: archive.store(ScoreNormalization.none.rawValue, as: "kind")
        case .affine(let center, let scale):
            archive.store(ScoreNormalization.zScore.rawValue, as: "kind")
            archive.store([center, scale], as: "affine")
        case .rank(let sorted):
            archive.store(ScoreNormalization.rank.rawValue, as: "kind")
            archive.store(sorted, as: "sorted")
        }
    }

    init(from archive: ModelArchive) throws {
        switch ScoreNormalization(rawValue: try archive.string("kind")) {
        case .none?: self = .none
        case .zScore?:
            let numbers = try archive.doubles("affine", count: 2)
            guard numbers[0].isFinite, numbers[1].isFinite, numbers[1] > 0 else {
                throw OutlierError(.invalidModel, "a member's scores have no usable standard deviation")
            }
            self = .affine(center: numbers[0], scale: numbers[1])
        case .rank?:
            let sorted = try archive.doubles("sorted")
            guard !sorted.isEmpty, zip(sorted, sorted.dropFirst()).allSatisfy(<=), !sorted[0].isNaN else {
                throw OutlierError(.invalidModel, "a member's training scores do not ascend")
            }
            self = .rank(sorted: sorted)
        case nil: throw OutlierError(.invalidModel, "a member's normalization is not known")
        }
    }
}
