internal import Neural
public import OutlierCore

/// An autoencoder that scores rows.
///
/// A row's ``contributions(of:execution:)`` are of its score: where that is the reconstruction error alone (λ = 0), the
/// columns' errors, which add up to it; otherwise what the score falls by when a column alone takes its mean over the
/// rows of the fit, or its most common word, for codes mix the columns. Those do not add up, one may be negative, and they
/// cost as many scores as there are columns.
public struct FittedAutoencoder: Explainable, CategoryTolerant {
    let networks: AutoencoderNetworks
    private let scorer: CombinedScorer
    /// The names of the columns of the fit.
    public var columnNames: [String] { networks.columns.names }
    /// The widths of the encoder's layers; the last is the code's.
    public let widths: [Int]
    /// The mean loss of each epoch of the training.
    public let trainingLosses: [Double]

    public var featureCount: Int { networks.width }
    /// How many numbers the code has.
    public var codeWidth: Int { networks.encoder.outputCount }
    /// The weight of the distance to the normal rows in the score, as given or as chosen by labels.
    public var lambda: Double { scorer.lambda }

    init(
        networks: AutoencoderNetworks, scorer: CombinedScorer, widths: [Int], trainingLosses: [Double]
    ) {
        self.networks = networks
        self.scorer = scorer
        self.widths = widths
        self.trainingLosses = trainingLosses
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        try scorer.scores(
            reconstruction: scorer.needsReconstruction
                ? networks.errors(data, execution) : networks.noErrors(data),
            latents: scorer.needsLatents ? networks.codes(data, execution) : networks.noCodes(data),
            execution: execution)
    }

    public func contributions(of data: Dataset, execution: Execution) throws -> Matrix {
        guard scorer.needsDistance else { return try networks.columnErrors(data, execution) }
        return try Occlusion.contributions(of: data, usual: networks.columns.usual, execution: execution) {
            try computeScores(of: $0, execution: execution)
        }
    }

    /// The mean reconstruction error of each row over the columns.
    ///
    /// - Throws: ``OutlierError/Code/shapeMismatch`` where the columns are not as many as those of the fit,
    ///   `CancellationError`.
    public func reconstructionErrors(of data: Dataset, execution: Execution = Execution()) throws -> [Double] {
        try data.requireColumns(featureCount)
        return try networks.errors(data, execution)
    }

    /// The codes of rows: rows × ``codeWidth``.
    ///
    /// - Throws: as ``reconstructionErrors(of:execution:)``.
    public func codes(of data: Dataset, execution: Execution = Execution()) throws -> Matrix {
        try data.requireColumns(featureCount)
        return try networks.codes(data, execution)
    }
}

extension FittedAutoencoder {
    public func encode(to archive: inout ModelArchive) throws {
        try networks.encode(to: &archive)
        var child = ModelArchive()
        try scorer.encode(to: &child)
        archive.store(child, as: "score")
        archive.store(widths, as: "widths")
        archive.store(trainingLosses, as: "training-losses")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        networks = try AutoencoderNetworks(from: archive, registry: registry)
        scorer = try CombinedScorer(from: archive.child("score"), registry: registry)
        widths = try archive.integers("widths", in: 1...Int(Int32.max))
        trainingLosses = try archive.doubles("training-losses")
        guard scorer.latentWidth ?? codeWidth == codeWidth else {
            throw OutlierError(.invalidModel, "the model's columns or codes do not fit its networks")
        }
    }
}
