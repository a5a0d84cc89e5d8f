import Foundation

/// A pipeline that has learnt: the model that is saved, loaded and scored with.
public struct FittedPipeline: MissingTolerant, CategoryTolerant, RowExcluding {
    struct Stage: Sendable {
        var recipe: Recipe
        var preprocessor: any FittedPreprocessor
    }

    struct Decision: Sendable {
        var recipe: Recipe
        var threshold: any FittedThreshold
    }

    struct Assured: Sendable {
        var recipe: Recipe
        var fitted: FittedAssurance
    }

    /// The columns of the fit, before any preprocessing.
    public let columns: [Column]
    private(set) var stages: [Stage]
    let detectorRecipe: Recipe
    /// The model that scores the rows, after the preprocessors.
    public private(set) var detector: any FittedDetector
    var decision: Decision?
    var assurance: Assured?
    /// What the training rows were like; `nil` in a model that does not know it.
    public let profile: TrainingProfile?
    /// The seed of the fit.
    public let seed: UInt64
    /// How the table of the fit was read, by which new rows are read as well: `Table("new.csv", for: model)`. `nil` if the rows
    /// were of no table.
    public var reading: TableReading?
    /// The rows whose labels the fit has seen; `nil` if it has seen none.
    var seenRows: SeenRows?
    /// What else the model's file is to remember. Scoring does not look at it.
    public var notes: Value = .object([])

    init(
        columns: [Column], stages: [Stage], detectorRecipe: Recipe, detector: any FittedDetector,
        profile: TrainingProfile?, seed: UInt64
    ) {
        self.columns = columns
        self.stages = stages
        self.detectorRecipe = detectorRecipe
        self.detector = detector
        self.profile = profile
        self.seed = seed
    }

    public var featureCount: Int { columns.count }
    /// The threshold, where the pipeline has one.
    public var threshold: (any FittedThreshold)? { decision?.threshold }

    /// The pipeline that this was fitted from, by name.
    public var recipe: Recipe {
        Recipe(
            name: Pipeline.name,
            parameters: [
                "preprocess": .array(stages.map(\.recipe.value)),
                "detector": detectorRecipe.value,
                "threshold": decision?.recipe.value ?? .null,
                "calibrate": assurance?.recipe.parameters ?? Assurance().recipe.parameters,
            ])
    }

    public func computePartialScores(of data: Dataset, execution: Execution) throws -> Scores {
        let prepared = try preparedRows(of: data, numbering: false, execution: execution)
        let scores = try detector.scores(of: prepared.data, execution: execution)
        guard let rows = prepared.rows else { return scores }
        return Scores.merged([(rows, scores)], count: data.rowCount, excluded: prepared.excluded)
    }

    /// The values that the first part takes, and what else the detector does.
    public var takes: RowTraits {
        let detector = detector.takes
        return (stages.first?.preprocessor.takes ?? detector).intersection(.ofValues)
            .union(detector.subtracting(.ofValues))
    }

    /// Explains through the preprocessors; `nil` where the detector does not explain its scores, or where one of its columns is
    /// not made of one column of the table.
    public var explainer: (any Explainer)? {
        guard detector.explainer != nil,
            let nothing = try? Dataset(Matrix(rowCount: 0, columnCount: columns.count), columns: columns),
            let prepared = try? prepared(nothing), prepared.columnOrigins(among: columns.count) != nil
        else { return nil }
        return PipelineExplainer(pipeline: self)
    }

    public var reasoned: (any Reasoned)? { detector.reasoned }

    /// The columns are found by their names, whatever their order.
    public func checkColumns(of data: Dataset) throws {
        if data.columns != columns { _ = try ColumnAlignment.order(of: data, in: columns) }
    }

    public var canExclude: Bool {
        stages.contains { $0.preprocessor.rowFilter != nil } || detector.excluder != nil
    }

    public var updateObstacle: OutlierError? {
        guard var obstacle = detector.updateObstacle else { return nil }
        obstacle.component = obstacle.component ?? detectorRecipe.name
        return obstacle
    }

    /// The detector learns from the rows, preprocessed. Preprocessors stay as they were fitted unless they are ``Updatable``:
    /// then they learn from what reaches them and change it afterwards, as in a fit. The threshold, what is said besides, and what is
    /// usual in the columns stay as they were fitted. Rows that cannot be scored are not learnt from.
    public mutating func updateParts(with data: Dataset, context: FitContext) throws {
        var current = PreparedRows(data: try ColumnAlignment.align(data, to: columns))
        for index in stages.indices {
            do {
                if let filter = stages[index].preprocessor.rowFilter {
                    current.remove(filter.unusableRows(in: current.data))
                }
                if current.data.rowCount == 0 { return }
                try stages[index].preprocessor.learn(current.data, context: context.part(index))
                current.data = try stages[index].preprocessor.apply(to: current.data, execution: context.execution)
            } catch var error as OutlierError {
                error.component = error.component ?? stages[index].recipe.name
                throw error
            }
        }
        if let excluder = detector.excluder {
            let scores = try excluder.computePartialScores(of: current.data, execution: context.execution)
            current.remove(scores.exclusions)
        }
        do {
            try detector.learn(current.data, context: context.part(-1))
        } catch var error as OutlierError {
            error.component = error.component ?? detectorRecipe.name
            throw error
        }
    }

    /// The data as the detector sees them: columns in the order of the fit, preprocessed. Rows that a preprocessor finds
    /// to be unusable are not among them; ``preparedRows(of:execution:)`` says which rows are. Each column's ``Column/origin`` says
    /// which of ``columns`` it is made of, where that is known.
    public func prepared(_ data: Dataset, execution: Execution = Execution()) throws -> Dataset {
        try preparedRows(of: data, execution: execution).data
    }

    /// The data as the detector sees them.
    public func preparedRows(of data: Dataset, execution: Execution = Execution()) throws -> PreparedRows {
        try preparedRows(of: data, numbering: true, execution: execution)
    }

    /// - Parameter numbering: whether anybody asks where columns come from.
    func preparedRows(of data: Dataset, numbering: Bool, execution: Execution) throws -> PreparedRows {
        let aligned = try ColumnAlignment.align(data, to: columns)
        var current = PreparedRows(data: numbering ? aligned.numberingColumns : aligned)
        for stage in stages {
            do {
                if let filter = stage.preprocessor.rowFilter {
                    current.remove(filter.unusableRows(in: current.data))
                }
                current.data = try stage.preprocessor.transform(current.data, execution: execution)
            } catch var error as OutlierError {
                error.component = error.component ?? stage.recipe.name
                throw error
            }
        }
        return current
    }

    /// What the pipeline says of rows besides their scores: decisions where it has a threshold, and what was asked for
    /// besides. With a threshold that decides on all rows of a call together, give it all of them.
    public func decisions(for scores: Scores) -> Decisions {
        var decisions = threshold?.decisions(for: scores.values) ?? Decisions()
        assurance?.fitted.complete(&decisions, scores: scores.values)
        return decisions
    }
}

// MARK: - On disk

extension FittedPipeline {
    /// Writes the model to a file, under its name only when it is complete.
    ///
    /// - Throws: ``OutlierError/Code/outputFailed``.
    public func save(to path: String) throws {
        var archive = ModelArchive()
        try encode(to: &archive)
        try Safetensors.write(archive, to: path)
    }

    /// Reads a model that ``save(to:)`` wrote. No code runs out of the file.
    ///
    /// - Parameter registry: knows the components that the model is made of.
    /// - Throws: ``OutlierError/Code/inputOutput`` where the file cannot be read, ``OutlierError/Code/invalidModel``
    ///   where it is damaged, ``OutlierError/Code/unknownName`` where the registry lacks a component.
    public init(contentsOf path: String, registry: Registry) throws {
        let bytes = try FileBytes.read(path)
        do {
            try self.init(from: bytes.withUnsafeBytes { try Safetensors.read($0) }, registry: registry)
        } catch var error as OutlierError {
            if error.code != .unknownName && error.code != .inputOutput { error.code = .invalidModel }
            error.location = error.location ?? OutlierError.Location(file: path)
            throw error
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(String(seed), as: "seed")
        archive.store(recipe.value, as: "recipe")
        archive.store(notes, as: "notes")
        if let reading { archive.store(reading.recipe.parameters, as: "reading") }
        if let seenRows { try archive.store(seenRows, as: "seen") }
        archive.store(.array(columns.map(\.value)), as: "columns")
        for (index, stage) in stages.enumerated() { try archive.store(stage.preprocessor, as: "preprocess/\(index)") }
        try archive.store(detector, as: "detector")
        if let decision { try archive.store(decision.threshold, as: "threshold") }
        if let assurance { try archive.store(assurance.fitted, as: "calibrate") }
        if let profile { try archive.store(profile, as: "profile") }
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        guard let seed = UInt64(try archive.string("seed")) else {
            throw OutlierError(.invalidModel, "the seed is not a whole number")
        }
        guard let columns = try archive.value("columns").array?.map(Column.init(value:)), !columns.isEmpty else {
            throw OutlierError(.invalidModel, "the model has no columns")
        }
        let parameters = try Recipe(archive.value("recipe")).parameters
        guard let detector = parameters["detector"] else {
            throw OutlierError(.invalidModel, "the model has no detector")
        }
        self.seed = seed
        self.columns = columns
        notes = try archive.value("notes")
        reading = try Self.reading(of: archive, registry: registry)
        // Models of before kept the reading among the notes.
        if let entries = notes.entries { notes = .object(entries.filter { $0.key != Self.readingNote }) }
        seenRows = try SeenRows(ifIn: archive.child("seen"))
        stages = try (parameters["preprocess"]?.array ?? []).enumerated().map { index, value in
            let recipe = try Recipe(value)
            return Stage(
                recipe: recipe,
                preprocessor: try registry.loadPreprocessor(recipe.name, from: archive.child("preprocess/\(index)")))
        }
        detectorRecipe = try Recipe(detector)
        self.detector = try registry.loadDetector(detectorRecipe.name, from: archive.child("detector"))
        if let threshold = parameters["threshold"], threshold != .null {
            let recipe = try Recipe(threshold)
            decision = Decision(
                recipe: recipe,
                threshold: try registry.loadThreshold(recipe.name, from: archive.child("threshold")))
        } else {
            decision = nil
        }
        if let parameters = parameters["calibrate"], try !Assurance(parameters: parameters, registry: registry).isEmpty
        {
            assurance = Assured(
                recipe: Recipe(name: Assurance.name, parameters: parameters),
                fitted: try FittedAssurance(from: archive.child("calibrate"), registry: registry))
        } else {
            assurance = nil
        }
        let profile = try archive.child("profile")
        self.profile =
            profile.hasTensor("quantiles") ? try TrainingProfile(from: profile, columnCount: columns.count) : nil
        try checkWidths()
    }

    /// The note in which models of before kept how their table was read: the section `data` of the configuration.
    private static let readingNote = "data"

    private static func reading(of archive: ModelArchive, registry: Registry) throws -> TableReading? {
        if let value = archive.valueIfPresent("reading") {
            return try TableReading(parameters: value, registry: registry)
        }
        guard let entries = try archive.value("notes")[readingNote]?.entries else { return nil }
        return try TableReading(parameters: .object(entries), registry: registry)
    }

    /// A hostile file may hold stages that do not fit each other.
    private func checkWidths() throws {
        let first = stages.first?.preprocessor.featureCount ?? detector.featureCount
        guard first == columns.count else {
            throw OutlierError(.invalidModel, "the model's columns do not fit its first stage")
        }
    }
}

extension Column {
    package var value: Value {
        switch kind {
        case .number: .object([Value.Entry("name", .string(name)), Value.Entry("kind", "number")])
        case .boolean: .object([Value.Entry("name", .string(name)), Value.Entry("kind", "boolean")])
        case .date: .object([Value.Entry("name", .string(name)), Value.Entry("kind", "date")])
        case .category(let levels):
            .object([
                Value.Entry("name", .string(name)), Value.Entry("kind", "category"),
                Value.Entry("levels", .array(levels.map(Value.string))),
            ])
        }
    }

    package init(value: Value) throws {
        guard let name = value["name"]?.string, let kind = value["kind"]?.string else {
            throw OutlierError(.invalidModel, "a column has no name or no kind")
        }
        switch kind {
        case "number": self.init(name)
        case "boolean": self.init(name, kind: .boolean)
        case "date": self.init(name, kind: .date)
        case "category":
            guard let levels = value["levels"]?.array?.compactMap(\.string) else {
                throw OutlierError(.invalidModel, "the column “\(name)” has no levels")
            }
            self.init(name, kind: .category(levels: levels))
        default: throw OutlierError(.invalidModel, "the column “\(name)” has the unknown kind “\(kind)”")
        }
    }
}
