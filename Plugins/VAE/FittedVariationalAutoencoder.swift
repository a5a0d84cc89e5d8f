internal import Neural
public import OutlierCore

/// A variational autoencoder that scores rows.
public struct FittedVariationalAutoencoder: FittedDetector, Explainable {
    private let scaling: ColumnScaling
    private let model: VariationalModel
    private let scorer: CombinedScorer

    public var featureCount: Int { scaling.width }
    /// The weight of the distance in the score, as given or as chosen by labels.
    public var lambda: Double { scorer.lambda }
    /// How many numbers a code has.
    public var latentCount: Int { model.latent }

    init(scaling: ColumnScaling, model: VariationalModel, scorer: CombinedScorer) {
        self.scaling = scaling
        self.model = model
        self.scorer = scorer
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let parts = try model.parts(
            of: data.matrix, scaling: scaling, needsErrors: scorer.needsReconstruction, execution: execution)
        return try scorer.scores(reconstruction: parts.errors, latents: parts.latents, execution: execution)
    }

    /// The mean codes of rows: rows × ``latentCount``.
    public func codes(of matrix: Matrix, execution: Execution = Execution()) throws -> Matrix {
        guard matrix.columnCount == featureCount else {
            throw OutlierError(.shapeMismatch, "the rows have \(matrix.columnCount) columns, not \(featureCount)")
        }
        return try model.parts(of: matrix, scaling: scaling, needsErrors: false, execution: execution).latents
    }

    /// What each feature adds to the reconstruction's part of the score, R; the distance has no parts.
    public func contributions(of data: Dataset, execution: Execution) throws -> Matrix {
        let parts = try model.parts(
            of: data.matrix, scaling: scaling, needsErrors: true, needsContributions: true, execution: execution)
        return try Matrix(rowCount: data.rowCount, columnCount: featureCount, values: parts.contributions)
    }

    public func encode(to archive: inout ModelArchive) throws {
        var child = ModelArchive()
        scaling.encode(to: &child)
        archive.store(child, as: "scale")
        try archive.store(model, as: "networks")
        try archive.store(scorer, as: "score")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let scaling = try ColumnScaling(from: archive.child("scale"))
        let model = try VariationalModel(from: archive.child("networks"), registry: registry)
        let scorer = try CombinedScorer(from: archive.child("score"), registry: registry)
        guard model.width == scaling.width, scorer.latentWidth ?? model.latent == model.latent else {
            throw OutlierError(.invalidModel, "the parts of the model are not for the same columns")
        }
        self.init(scaling: scaling, model: model, scorer: scorer)
    }
}
