/// A detector whose fit can begin with a model that was fitted on another table.
///
///     let pretrained = try await pipeline.fit(largeTable)
///     let fit = try pipeline.fitAndScore(
///         smallTable, startingFrom: pretrained, settings: FineTuning(freeze: ["encoder"], learningRate: 0.1))
public protocol FineTunable: Detector {
    /// Goes on with the training of `model` on checked data, and scores these as ``Detector/trainAndScore(on:context:)``
    /// does. For authors of detectors: users call `fitAndScore(_:startingFrom:settings:context:)`.
    ///
    /// The columns of `data` need not be those of `model`: ``FineTuning/columns`` and equal names say which are the same,
    /// and what belongs to the others begins anew.
    func fineTune(
        _ model: Fitted, on data: Dataset, settings: FineTuning, context: FitContext
    ) throws -> (model: Fitted, scores: [Double])

    /// As ``fineTune(_:on:settings:context:)``, for detectors whose models cannot score every row, and say why. The default
    /// checks that no score is `NaN`. For authors.
    func fineTunePartially(
        _ model: Fitted, on data: Dataset, settings: FineTuning, context: FitContext
    ) throws -> (model: Fitted, scores: Scores)
}

extension FineTunable {
    public var fineTuner: (any FineTunable)? { self }

    public func fineTunePartially(
        _ model: Fitted, on data: Dataset, settings: FineTuning, context: FitContext
    ) throws -> (model: Fitted, scores: Scores) {
        let (model, scores) = try fineTune(model, on: data, settings: settings, context: context)
        return (model, try ScoreCheck.checked(scores, rowCount: data.rowCount))
    }

    /// Learns a model from `data`, beginning with one that exists, and scores the rows.
    ///
    /// - Throws: ``OutlierError`` where a parameter or a setting is out of range or the data cannot be used,
    ///   `CancellationError`.
    public func fitAndScore(
        _ data: Dataset, startingFrom model: Fitted, settings: FineTuning = FineTuning(),
        context: FitContext = FitContext()
    ) throws -> Fit<Fitted> {
        try settings.validate()
        let data = try prepare(data, execution: context.execution)
        return try attributed {
            let (model, scores) = try fineTunePartially(model, on: data, settings: settings, context: context)
            return try ScoreCheck.fit(model, scores, on: data)
        }
    }
}

/// How a fit goes on from a model that exists: the section `fine-tune` of a configuration.
public struct FineTuning: Component, Hashable {
    public static let name = "fine-tune"
    public static let summary = "How a fit goes on from a model that was fitted on another table."
    public static var parameters: [Parameter<FineTuning>] {
        [
            .string("from", \.from, null: "begin anew", "The model file to begin with; relative to the configuration."),
            .strings(
                "freeze", \.freeze,
                "Parts of the model that stay as they are, by name or by how the name begins: [encoder], [encoder.1]."),
            .number(
                "learning-rate", \.learningRate, in: .positive, "What the detector's learning rate is multiplied by."),
            .integer(
                "epochs", \.epochs, in: .atLeast(1), null: "a quarter of the detector's, rounded up",
                "Passes over the table."),
            .texts(
                "columns", \.columns,
                "Columns that had another name in the first table, each with that name: {price: amount}."),
        ]
    }

    /// The model file to begin with; `nil` where the model is given in code, or there is none.
    public var from: String?
    /// Names of parts, or what names of parts begin with.
    public var freeze: [String]
    /// A factor; below 1 so that little of what was learnt is forgotten.
    public var learningRate: Double
    public var epochs: Int?
    /// New name → name in the first table.
    public var columns: [String: String]
    /// Whether the detector's columns are those of the first model, in its order, whatever they are called. A pipeline
    /// sets it where it uses the first model's preprocessors.
    public var keepsFeatures = false

    public init() { self.init(from: nil) }

    public init(
        from: String? = nil, freeze: [String] = [], learningRate: Double = 0.3, epochs: Int? = nil,
        columns: [String: String] = [:]
    ) {
        self.from = from
        self.freeze = freeze
        self.learningRate = learningRate
        self.epochs = epochs
        self.columns = columns
    }

    /// Whether the part called `name` stays as it is.
    public func freezes(_ name: String) -> Bool {
        freeze.contains { name == $0 || name.hasPrefix($0 + ".") || name.hasPrefix($0 + "-") }
    }

    /// Checks that each name of ``freeze`` freezes something.
    ///
    /// - Parameter parts: the names of all parts of the model to begin with.
    /// - Throws: ``OutlierError/Code/invalidParameter`` where one does not.
    public func checkFrozenNames(among parts: [String]) throws {
        for name in freeze where !parts.contains(where: { FineTuning(freeze: [name]).freezes($0) }) {
            // What a name may begin with counts too: “encoder” stands for “encoder-hidden-1”.
            let groups = parts.flatMap { part in part.indices.filter { part[$0] == "-" }.map { String(part[..<$0]) } }
            let known = "The parts are: \(parts.joined(separator: ", "))."
            throw OutlierError(
                .invalidParameter, "“fine-tune.freeze” names “\(name)”, but the model to begin with has no such part",
                suggestion: [Suggestion.didYouMean(name, among: parts + groups), known].compactMap { $0 }
                    .joined(separator: " "),
                path: ["fine-tune", "freeze"])
        }
    }

    /// Passes over the table for a detector that makes `usual` without a model to begin with.
    public func epochs(usual: Int) -> Int { epochs ?? max(1, (usual + 3) / 4) }

    /// For each of the columns `names` the place of the same column among `first`, the columns of the first table.
    ///
    public func places(of names: [String], in first: [String]) -> [Int?] {
        if keepsFeatures && names.count == first.count { return Array(names.indices) }
        var positions: [String: Int] = [:]
        for (index, name) in first.enumerated() { positions[name] = index }
        return names.map { positions[columns[$0] ?? $0] }
    }

    /// - Throws: ``OutlierError/Code/columnMismatch`` where ``columns`` names a column that one of the tables lacks.
    func checkColumns(new: [String], first: [String]) throws {
        for (name, former) in columns.sorted(by: { $0.key < $1.key }) {
            if !new.contains(name) {
                throw OutlierError(
                    .columnMismatch, "“fine-tune.columns” names “\(name)”, but the table has no such column",
                    suggestion: Suggestion.didYouMean(name, among: new), path: ["fine-tune", "columns", name])
            }
            if !first.contains(former) {
                throw OutlierError(
                    .columnMismatch,
                    "“fine-tune.columns” says that “\(name)” was “\(former)”, but the first model has no such column",
                    suggestion: Suggestion.didYouMean(former, among: first), path: ["fine-tune", "columns", name])
            }
        }
    }
}
