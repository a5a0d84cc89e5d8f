internal import Neural
public import OutlierCore

/// A network and the centre that it draws normal rows to.
public struct FittedHypersphere: FittedDetector, CategoryTolerant {
    let sphere: Hypersphere
    /// There where the score or a fit that goes on from this one needs it.
    let autoencoder: PretrainedAutoencoder?
    private let scorer: CombinedScorer

    public var featureCount: Int { sphere.columns.width }
    /// How many numbers the network gives for a row.
    public var outputCount: Int { sphere.center.count }
    /// The squared radius that the soft boundary found; 0 without one. It is subtracted from the distances.
    public var squaredRadius: Double { sphere.squaredRadius }
    /// The weight of the distance in the score, as given or as chosen by labels.
    public var lambda: Double { scorer.lambda }

    private init(sphere: Hypersphere, autoencoder: PretrainedAutoencoder?, scorer: CombinedScorer) {
        self.sphere = sphere
        self.autoencoder = autoencoder
        self.scorer = scorer
    }

    /// Learns the score's scales, and scores the rows of the fit.
    static func finish(
        _ sphere: Hypersphere, _ autoencoder: PretrainedAutoencoder?, score: CombinedScore, data: Dataset,
        context: FitContext
    ) throws -> (model: FittedHypersphere, scores: [Double]) {
        let execution = context.execution
        let parts = try sphere.parts(of: data, execution: execution)
        let matrix = try sphere.columns.matrix(of: data)
        let errors =
            score.lambda == 1
            ? parts.distances.map { _ in 0 }
            : try autoencoder?.errors(matrix, sphere.columns, execution) ?? parts.distances.map { _ in 0 }
        let fitted =
            score.distance == .center
            ? try CombinedScorer.fit(
                score, reconstruction: errors, distances: parts.distances, labels: data.labels)
            : try CombinedScorer.fit(
                score, reconstruction: errors, latents: parts.outputs, labels: data.labels, context: context)
        return (
            FittedHypersphere(sphere: sphere, autoencoder: autoencoder, scorer: fitted.scorer), fitted.trainingScores
        )
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let parts = try sphere.parts(of: data, execution: execution)
        var errors = [Double](repeating: 0, count: data.rowCount)
        if scorer.needsReconstruction, let autoencoder {
            errors = try autoencoder.errors(sphere.columns.matrix(of: data), sphere.columns, execution)
        }
        return scorer.needsLatents
            ? try scorer.scores(reconstruction: errors, latents: parts.outputs, execution: execution)
            : scorer.scores(reconstruction: errors, distances: parts.distances)
    }

    public func encode(to archive: inout ModelArchive) throws {
        var child = ModelArchive()
        try sphere.encode(to: &child)
        archive.store(child, as: "sphere")
        try archive.store(scorer, as: "score")
        archive.store(autoencoder == nil ? 0 : 1, as: "has-autoencoder")
        if let autoencoder {
            var child = ModelArchive()
            try autoencoder.encode(to: &child)
            archive.store(child, as: "autoencoder")
        }
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let sphere = try Hypersphere(from: archive.child("sphere"), registry: registry)
        let scorer = try CombinedScorer(from: archive.child("score"), registry: registry)
        let autoencoder =
            try archive.integer("has-autoencoder", in: 0...1) == 1
            ? try PretrainedAutoencoder(
                from: archive.child("autoencoder"), columns: sphere.columns, registry: registry) : nil
        guard scorer.latentWidth ?? sphere.center.count == sphere.center.count,
            autoencoder != nil || !scorer.needsReconstruction
        else { throw OutlierError(.invalidModel, "the parts of the model do not fit its score") }
        self.init(sphere: sphere, autoencoder: autoencoder, scorer: scorer)
    }
}
