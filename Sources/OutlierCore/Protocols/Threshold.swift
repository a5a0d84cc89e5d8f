/// A rule that finds, from the scores of the training rows, the point from which on a row is called an anomaly.
public protocol Threshold<Fitted>: Component {
    associatedtype Fitted: FittedThreshold

    /// Learns from scores. For authors of thresholds: users call ``fit(scores:labels:context:)``.
    func train(on scores: [Double], labels: [Label]?, context: FitContext) throws -> Fitted
}

extension Threshold {
    /// Learns from the scores of the training rows, none of which may be `NaN`.
    ///
    /// - Parameter labels: one a row, for rules that use them.
    public func fit(scores: [Double], labels: [Label]? = nil, context: FitContext = FitContext()) throws -> Fitted {
        try validate()
        do {
            guard !scores.isEmpty else { throw OutlierError(.emptyData, "there is no score to fit a threshold to") }
            if let row = scores.firstIndex(where: \.isNaN) {
                throw OutlierError(.invalidValue, "the score of row \(row + 1) is not a number")
            }
            if let labels, labels.count != scores.count {
                throw OutlierError(.shapeMismatch, "\(labels.count) labels were given for \(scores.count) scores")
            }
            if (self as? any LabelLearning)?.labelUse == .required { try LabelCheck.requireBothClasses(labels) }
            return try train(on: scores, labels: labels, context: context)
        } catch var error as OutlierError {
            error.component = error.component ?? recipe.name
            throw error
        }
    }
}

/// A threshold that has learnt from scores.
public protocol FittedThreshold: Persistable {
    /// The score above which a row is called an anomaly.
    var cutoff: Double { get }
    /// One decision a score: `true` for an anomaly.
    func labels(for scores: [Double]) -> [Bool]
}

extension FittedThreshold {
    public func labels(for scores: [Double]) -> [Bool] { scores.map { $0 > cutoff } }
}

/// A threshold that is one number.
public struct Cutoff: FittedThreshold, Hashable {
    public let cutoff: Double

    public init(_ cutoff: Double) { self.cutoff = cutoff }

    public func encode(to archive: inout ModelArchive) throws { archive.store([cutoff], as: "cutoff") }

    public init(from archive: ModelArchive, registry: Registry) throws {
        cutoff = try archive.doubles("cutoff", count: 1)[0]
    }
}
