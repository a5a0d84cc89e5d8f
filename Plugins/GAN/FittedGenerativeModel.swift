internal import Foundation
internal import Neural
public import OutlierCore

/// An adversarial model that scores rows.
public struct FittedGenerativeModel: FittedDetector, Explainable, CategoryTolerant {
    let columns: NetworkColumns
    let model: GenerativeModel
    private let scorer: CombinedScorer
    private let usesDiscriminator: Bool
    /// The spread of the rows that the generator makes, as a part of the spread of the training rows: the root of the
    /// ratio of their total variances. Near 1 where the generator has learnt the table, near 0 where it has collapsed.
    public let generatedSpread: Double

    /// Below this part of the table's spread, the generator is said to have collapsed.
    public static let collapsedSpread = 0.1

    public var featureCount: Int { columns.width }
    /// The weight of the distance in the score, as given or as chosen by labels.
    public var lambda: Double { scorer.lambda }
    /// How many numbers a code has.
    public var latentCount: Int { model.latent }
    /// Whether the generator makes nearly the same row from every code: the mode collapse of adversarial training.
    public var hasCollapsed: Bool { generatedSpread < FittedGenerativeModel.collapsedSpread }

    /// Learns the score's scales, looks for a collapse, and scores the rows of the fit.
    ///
    /// - Parameter made: the spread of rows that the generator makes, on the model's scale.
    static func finish(
        _ model: GenerativeModel, columns: NetworkColumns, data: Dataset, made: Spread, score: CombinedScore,
        context: FitContext
    ) throws -> (model: FittedGenerativeModel, scores: [Double]) {
        let usesDiscriminator = score.distance == .discriminator
        let parts = try model.parts(
            of: data, columns: columns, needsDistances: usesDiscriminator, execution: context.execution)
        let fitted =
            usesDiscriminator
            ? try CombinedScorer.fit(
                score, reconstruction: parts.errors, distances: parts.distances, labels: data.labels)
            : try CombinedScorer.fit(
                score, reconstruction: parts.errors, latents: parts.latents, labels: data.labels, context: context)
        var table = Spread(width: model.width)
        try columns.forEachOneHotPortion(of: data.matrix, execution: context.execution) { table.add($1) }
        let spread =
            table.totalVariance > 0 ? (made.totalVariance / table.totalVariance).squareRoot() : 1
        let result = FittedGenerativeModel(
            columns: columns, model: model, scorer: fitted.scorer, usesDiscriminator: usesDiscriminator,
            generatedSpread: spread)
        context.report(
            1,
            stage: result.hasCollapsed
                ? "mode collapse: what the generator makes has only \(Int((100 * spread).rounded())) % of the table's spread"
                : "scores")
        return (result, fitted.trainingScores)
    }

    private init(
        columns: NetworkColumns, model: GenerativeModel, scorer: CombinedScorer, usesDiscriminator: Bool,
        generatedSpread: Double
    ) {
        self.columns = columns
        self.model = model
        self.scorer = scorer
        self.usesDiscriminator = usesDiscriminator
        self.generatedSpread = generatedSpread
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let parts = try model.parts(
            of: data, columns: columns, needsDistances: usesDiscriminator && scorer.needsDistance,
            execution: execution)
        return usesDiscriminator
            ? scorer.scores(reconstruction: parts.errors, distances: parts.distances)
            : try scorer.scores(reconstruction: parts.errors, latents: parts.latents, execution: execution)
    }

    /// What each feature adds to the score.
    ///
    /// Where the score is R alone and R a mean over the columns, these are its terms. Otherwise they are what the score
    /// falls by when the feature alone takes its training mean, or its most common word (occlusion): codes and a discriminator mix the columns, and
    /// what is made of a row that is far out in one of them is far from it in many. They do not add up to the score, and one
    /// may be negative; they cost as many scores as there are columns. Where codes are searched for, which would have to
    /// be done as often, they are the terms of the difference between the row and what is made of it.
    public func contributions(of data: Dataset, execution: Execution) throws -> Matrix {
        if case .encoder = model.inversion, scorer.needsDistance || model.residual == .codes {
            return try occlusions(of: data, execution: execution)
        }
        let parts = try model.parts(
            of: data, columns: columns, needsDistances: false, needsContributions: true, execution: execution)
        return try Matrix(rowCount: data.rowCount, columnCount: featureCount, values: parts.contributions)
    }

    private func occlusions(of data: Dataset, execution: Execution) throws -> Matrix {
        try Occlusion.contributions(of: data, usual: columns.usual, execution: execution) {
            try computeScores(of: $0, execution: execution)
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        var child = ModelArchive()
        columns.encode(to: &child)
        archive.store(child, as: "columns")
        try archive.store(model, as: "networks")
        try archive.store(scorer, as: "score")
        archive.store(usesDiscriminator ? 1 : 0, as: "uses-discriminator")
        archive.store([generatedSpread], as: "generated-spread")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let columns = try NetworkColumns(from: archive.child("columns"))
        let model = try GenerativeModel(from: archive.child("networks"), registry: registry)
        let scorer = try CombinedScorer(from: archive.child("score"), registry: registry)
        guard model.width == columns.layout.outputCount, scorer.latentWidth ?? model.latent == model.latent
        else {
            throw OutlierError(.invalidModel, "the parts of the model are not for the same columns")
        }
        self.init(
            columns: columns, model: model, scorer: scorer,
            usesDiscriminator: try archive.integer("uses-discriminator", in: 0...1) == 1,
            generatedSpread: try archive.doubles("generated-spread", count: 1)[0])
    }
}
