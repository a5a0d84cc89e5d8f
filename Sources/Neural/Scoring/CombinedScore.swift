public import OutlierCore

/// How the neural detectors put their score together: A(x) = (1 − λ) · R(x) + λ · D(x), where R says how badly a row is
/// reconstructed and D how far it is from the normal rows.
///
///     detector: {vae: {score: {lambda: 0.5, distance: neighbors}}}
///
/// R and D are brought to one scale by their training rows: each is divided by the mean excess of those rows over their
/// median. So in both, 1 is as far as a row of the upper half is above the median on average, whatever their units are,
/// and λ means the same for every model. At λ = 0 or 1 there is nothing to be weighed, and the score is R or D as it is.
///
/// Rows that are known to be anomalies are no normal rows: neither the scales nor the distances look at them.
public struct CombinedScore: Component, Hashable {
    /// What D is.
    public enum Distance: String, Sendable, CaseIterable {
        /// The mean distance to the nearest normal rows in latent space.
        case neighbors
        /// The Mahalanobis distance to the mean of the normal rows in latent space.
        case mahalanobis
        /// What a discriminator finds in the row; only for models that have one.
        case discriminator
        /// The distance to the centre that the network draws normal rows to; only for models that have one.
        case center
    }

    public static let name = "score"
    public static let summary = "Weighs the reconstruction error and the distance to the normal rows."
    public static let parameters: [Parameter<CombinedScore>] = [
        .number(
            "lambda", \.lambda, in: .between(0, 1), word: "auto",
            "Weight of the distance to the normal rows: 0 for the reconstruction error alone, 1 for the distance alone, "
                + "auto for what ranks the known labels best, and \(CombinedScore.defaultLambda) where there are none."),
        .choice(
            "distance", \.distance,
            "The distance to the normal rows: to the nearest neighbors or by Mahalanobis, both in latent space, in "
                + "the features of a discriminator, or to the center that the network draws rows to."),
        .integer("neighbors", \.neighbors, in: .atLeast(1), "How many nearest normal rows count."),
        .integer(
            "reference-rows", \.referenceRows, in: .between(1, 1_000_000),
            "Normal rows that are kept to find neighbours among, at most; a random sample where there are more."),
    ]
    /// λ where it is not given and no labels can choose it.
    public static let defaultLambda = 0.5

    /// λ, or `nil` to choose it by the labels.
    public var lambda: Double?
    public var distance: Distance
    public var neighbors: Int
    public var referenceRows: Int

    public init() { self.init(lambda: nil) }

    public init(
        lambda: Double? = nil, distance: Distance = .neighbors, neighbors: Int = 5, referenceRows: Int = 10_000
    ) {
        self.lambda = lambda
        self.distance = distance
        self.neighbors = neighbors
        self.referenceRows = referenceRows
    }

    /// What a detector with this score does with labels, when it does nothing else with them.
    public var labelUse: LabelUse { .optional }

    /// - Throws: ``OutlierError/Code/invalidParameter`` where the distance is none that every model has, nor `own`.
    package func requireDistance(own: Distance? = nil) throws {
        guard distance == .discriminator || distance == .center, distance != own else { return }
        let word = distance == .center ? "centre" : "discriminator"
        throw OutlierError(
            .invalidParameter, "the parameter “distance” is \(distance.rawValue), but this model has no \(word)",
            suggestion: "Choose neighbors\(own.map { ", \($0.rawValue)" } ?? "") or mahalanobis.",
            path: ["score", "distance"])
    }
}
