package import OutlierCore

/// A ``CombinedScore`` that has seen its training rows: λ, the two scales, and the normal rows.
///
///     let fitted = try CombinedScorer.fit(
///         score, reconstruction: errors, latents: codes, labels: data.labels, context: context)
///     fitted.trainingScores
///     let scores = try fitted.scorer.scores(reconstruction: newErrors, latents: newCodes, execution: execution)
package struct CombinedScorer: Persistable {
    /// The weight of the distance, as given or as chosen by labels.
    package let lambda: Double
    private let reconstruction: ExcessScale
    private let distance: ExcessScale
    /// `nil` where λ is 0, or where the distances are the family's own.
    private let reference: LatentReference?

    /// Whether ``scores(reconstruction:latents:execution:)`` looks at the latents.
    package var needsLatents: Bool { reference != nil }
    /// Whether a distance enters the score at all.
    package var needsDistance: Bool { lambda > 0 }
    /// Whether a reconstruction error enters the score at all.
    package var needsReconstruction: Bool { lambda < 1 }
    /// The latent dimensions that the normal rows have, where there are any.
    package var latentWidth: Int? { reference?.width }

    // MARK: - Fitting

    /// Learns the scales and the normal rows of a detector whose distances are measured in latent space.
    ///
    /// - Parameters:
    ///   - reconstruction: R of each row of the fit, not `NaN`.
    ///   - latents: rows × latent dimensions, finite.
    ///   - labels: what is known of the rows.
    /// - Returns: the scorer, and the scores of the rows of the fit, of which none is its own neighbour.
    package static func fit(
        _ settings: CombinedScore, reconstruction: [Double], latents: Matrix, labels: [Label]?, context: FitContext
    ) throws -> (scorer: CombinedScorer, trainingScores: [Double]) {
        precondition(reconstruction.count == latents.rowCount, "one reconstruction error for each row")
        if settings.lambda == 0 {
            let none = [Double](repeating: 0, count: reconstruction.count)
            return try fit(settings, reconstruction: reconstruction, distances: none, labels: labels)
        }
        let normal = CombinedScorer.normalRows(labels, count: reconstruction.count)
        let (reference, distances) = try LatentReference.fit(
            settings, latents: latents, normal: normal, context: context)
        return try fit(
            settings, reconstruction: reconstruction, distances: distances, labels: labels, reference: reference)
    }

    /// Learns the scales of a detector that measures distances itself.
    ///
    /// - Parameters:
    ///   - reconstruction: R of each row of the fit, not `NaN`.
    ///   - distances: D of each row of the fit, not `NaN`.
    package static func fit(
        _ settings: CombinedScore, reconstruction: [Double], distances: [Double], labels: [Label]?
    ) throws -> (scorer: CombinedScorer, trainingScores: [Double]) {
        try fit(settings, reconstruction: reconstruction, distances: distances, labels: labels, reference: nil)
    }

    private static func fit(
        _ settings: CombinedScore, reconstruction: [Double], distances: [Double], labels: [Label]?,
        reference: LatentReference?
    ) throws -> (scorer: CombinedScorer, trainingScores: [Double]) {
        precondition(reconstruction.count == distances.count, "one distance for each row")
        let normal = normalRows(labels, count: reconstruction.count)
        let reconstructionScale = ExcessScale(normal.map { reconstruction[$0] })
        let distanceScale = ExcessScale(normal.map { distances[$0] })
        func scorer(_ lambda: Double) -> CombinedScorer {
            CombinedScorer(
                lambda: lambda, reconstruction: reconstructionScale, distance: distanceScale,
                reference: lambda == 0 ? nil : reference)
        }
        func scores(_ lambda: Double) -> [Double] { scorer(lambda).combine(reconstruction, distances) }
        let lambda = try settings.lambda ?? chosenLambda(labels, scores)
        return (scorer(lambda), scores(lambda))
    }

    /// All rows but those known to be anomalies; all rows where nothing else is left.
    private static func normalRows(_ labels: [Label]?, count: Int) -> [Int] {
        guard let labels else { return Array(0..<count) }
        let normal = labels.indices.filter { labels[$0] != .anomaly }
        return normal.isEmpty ? Array(0..<count) : normal
    }

    /// Of 0, 0.1 … 1 the weight with the best ROC-AUC on the labelled rows, and of equally good ones that nearest to the
    /// default. Where no row is known to be normal, all that are not known to be anomalies count as normal.
    private static func chosenLambda(_ labels: [Label]?, _ scores: (Double) -> [Double]) throws -> Double {
        guard let labels, labels.contains(.anomaly), labels.contains(where: { $0 != .anomaly }) else {
            return CombinedScore.defaultLambda
        }
        let known =
            labels.contains(.normal) ? labels.indices.filter { labels[$0] != .unlabeled } : Array(labels.indices)
        let truth = known.map { labels[$0] == .anomaly }
        var best = (lambda: CombinedScore.defaultLambda, area: -1.0)
        for step in [5, 6, 4, 7, 3, 8, 2, 9, 1, 10, 0] {
            let lambda = Double(step) / 10
            let values = scores(lambda)
            let evaluation = try Evaluation(scores: known.map { values[$0] }, truth: truth)
            let area = try ROCAUC().number(of: evaluation)
            if area > best.area { best = (lambda, area) }
        }
        return best.lambda
    }

    // MARK: - Scoring

    /// Scores rows by their reconstruction errors and latents.
    ///
    /// - Parameters:
    ///   - reconstruction: R of each row; not looked at unless ``needsReconstruction``.
    ///   - latents: rows × latent dimensions, finite; not looked at unless ``needsLatents``.
    package func scores(reconstruction: [Double], latents: Matrix, execution: Execution) throws -> [Double] {
        guard let reference else { return combine(reconstruction, []) }
        return combine(reconstruction, try reference.distances(of: latents, execution: execution))
    }

    /// Scores rows by their reconstruction errors and by distances that the family measured.
    package func scores(reconstruction: [Double], distances: [Double]) -> [Double] {
        combine(reconstruction, distances)
    }

    private func combine(_ errors: [Double], _ distances: [Double]) -> [Double] {
        if lambda == 0 { return errors }
        if lambda == 1 { return distances }
        return zip(errors, distances).map { (1 - lambda) * reconstruction($0) + lambda * distance($1) }
    }

    private init(lambda: Double, reconstruction: ExcessScale, distance: ExcessScale, reference: LatentReference?) {
        self.lambda = lambda
        self.reconstruction = reconstruction
        self.distance = distance
        self.reference = reference
    }

    // MARK: - Files

    package func encode(to archive: inout ModelArchive) throws {
        archive.store([lambda], as: "lambda")
        reconstruction.encode(to: &archive, as: "reconstruction")
        distance.encode(to: &archive, as: "distance")
        archive.store(reference == nil ? 0 : 1, as: "has-reference")
        reference?.encode(to: &archive, as: "reference")
    }

    package init(from archive: ModelArchive, registry: Registry) throws {
        let lambda = try archive.doubles("lambda", count: 1)[0]
        guard lambda >= 0, lambda <= 1 else {
            throw OutlierError(.invalidModel, "the weight of the score's distance is not between 0 and 1")
        }
        let hasReference = try archive.integer("has-reference", in: 0...1) == 1
        self.init(
            lambda: lambda, reconstruction: try ExcessScale(from: archive, "reconstruction"),
            distance: try ExcessScale(from: archive, "distance"),
            reference: hasReference ? try LatentReference(from: archive.child("reference")) : nil)
    }
}
