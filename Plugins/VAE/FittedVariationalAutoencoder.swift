internal import Neural
public import OutlierCore

/// A variational autoencoder that scores rows.
public struct FittedVariationalAutoencoder: Explainable, CategoryTolerant {
    let model: VariationalModel
    private let scorer: CombinedScorer

    public var featureCount: Int { model.width }
    /// The weight of the distance in the score, as given or as chosen by labels.
    public var lambda: Double { scorer.lambda }
    /// How many numbers a code has.
    public var latentCount: Int { model.latent }

    init(model: VariationalModel, scorer: CombinedScorer) {
        self.model = model
        self.scorer = scorer
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let parts = try model.parts(
            of: data, needsErrors: scorer.needsReconstruction, execution: execution)
        return try scorer.scores(reconstruction: parts.errors, latents: parts.latents, execution: execution)
    }

    /// The mean codes of rows: rows × ``latentCount``.
    ///
    /// - Throws: ``OutlierError/Code/shapeMismatch`` or ``OutlierError/Code/columnMismatch`` where the columns are not
    ///   those of the fit, `CancellationError`.
    public func codes(of data: Dataset, execution: Execution = Execution()) throws -> Matrix {
        try model.parts(of: data, needsErrors: false, execution: execution).latents
    }

    /// What each feature adds to the score: where that is the reconstruction's part R alone (λ = 0) and R a sum over
    /// the features, its terms; otherwise what the score falls by when a feature alone takes its mean over the rows of the fit, or its most
    /// common word, for codes mix the features. Those do not add up, one may be negative, and they cost as many scores as
    /// there are features.
    public func contributions(of data: Dataset, execution: Execution) throws -> Matrix {
        // The divergence of the negative evidence has no terms either.
        guard !scorer.needsDistance, model.reconstruction != .negativeELBO else {
            return try Occlusion.contributions(of: data, usual: model.columns.usual, execution: execution) {
                try computeScores(of: $0, execution: execution)
            }
        }
        let parts = try model.parts(
            of: data, needsErrors: true, needsContributions: true, execution: execution)
        return try Matrix(rowCount: data.rowCount, columnCount: featureCount, values: parts.contributions)
    }

    public func encode(to archive: inout ModelArchive) throws {
        var child = ModelArchive()
        model.columns.encode(to: &child)
        archive.store(child, as: "columns")
        var networks = ModelArchive()
        try model.encode(to: &networks)
        archive.store(networks, as: "networks")
        try archive.store(scorer, as: "score")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let columns = try NetworkColumns(from: archive.child("columns"))
        let model = try VariationalModel(from: archive.child("networks"), columns: columns, registry: registry)
        let scorer = try CombinedScorer(from: archive.child("score"), registry: registry)
        guard scorer.latentWidth ?? model.latent == model.latent else {
            throw OutlierError(.invalidModel, "the parts of the model are not for the same columns")
        }
        self.init(model: model, scorer: scorer)
    }
}
