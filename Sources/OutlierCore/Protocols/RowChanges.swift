/// Rows to learn from, made of other rows.
public struct TrainingRows: Sendable {
    public var data: Dataset
    /// For each row of `data`, the number of the row that it was before; `nil` for a row that was made up or changed.
    public var origins: [Int?]

    /// - Throws: ``OutlierError/Code/shapeMismatch`` where there is not one origin a row.
    public init(_ data: Dataset, origins: [Int?]) throws {
        guard data.rowCount == origins.count else {
            throw OutlierError(.shapeMismatch, "\(origins.count) origins were given for \(data.rowCount) rows")
        }
        self.data = data
        self.origins = origins
    }
}

/// A preprocessor that changes which rows the rest of a pipeline learns from, and how much they count: it leaves rows
/// out, repeats them, makes up new ones or weights them. Rows that are scored pass as they are.
public protocol TrainingRowsPreprocessor: Preprocessor {
    /// The rows to learn from in place of `data`, which were transformed by `fitted` already. For authors: the pipeline
    /// calls ``trainingRows(from:fitted:context:)``.
    func changeTrainingRows(of data: Dataset, fitted: Fitted, context: FitContext) throws -> TrainingRows
}

extension TrainingRowsPreprocessor {
    public var rowChanger: (any TrainingRowsPreprocessor)? { self }

    /// The rows to learn from in place of `data`.
    ///
    /// - Throws: ``OutlierError``, among others where no row is left.
    public func trainingRows(from data: Dataset, fitted: Fitted, context: FitContext) throws -> TrainingRows {
        do {
            let result = try changeTrainingRows(of: data, fitted: fitted, context: context)
            guard result.data.rowCount > 0 else {
                throw OutlierError(
                    .emptyData, "no row is left to learn from",
                    suggestion: "Leave out the preprocessor that drops rows, or let it drop fewer.")
            }
            return result
        } catch var error as OutlierError {
            error.component = error.component ?? recipe.name
            throw error
        }
    }
}

/// A preprocessor that learns from labels in a way that would give them away to whatever learns from the same rows: what
/// the rest of a pipeline learns from are the training rows as a preprocessor that did not see them makes of them, part by
/// part. Rows that are scored are changed by the one fitted on all rows.
public protocol CrossFittingPreprocessor: Preprocessor {
    /// How many parts the training rows are dealt into; `nil` where they are changed like new rows.
    var crossFittingFolds: Int? { get }
    /// The training rows, changed without their own labels. For authors: the pipeline calls it, and
    /// ``fitAndTransform(_:context:)``.
    ///
    /// - Parameter fitted: learnt from all of `data`.
    func crossFit(_ data: Dataset, fitted: Fitted, context: FitContext) throws -> Dataset
}

extension CrossFittingPreprocessor {
    public var crossFitter: (any CrossFittingPreprocessor)? { crossFittingFolds == nil ? nil : self }

    /// What is learnt from all rows, and the rows to learn from, changed.
    public func fitAndTransform(
        _ data: Dataset, context: FitContext = FitContext()
    ) throws -> (fitted: Fitted, data: Dataset) {
        let fitted = try fit(data, context: context)
        guard crossFittingFolds != nil else {
            return (fitted, try fitted.transform(data, execution: context.execution))
        }
        return (fitted, try crossFit(data, fitted: fitted, context: context))
    }
}

/// What a preprocessor has learnt that leaves every row that is scored as it is.
public struct UnchangedRows: FittedPreprocessor, MissingTolerant, CategoryTolerant {
    public let featureCount: Int

    public init(featureCount: Int) { self.featureCount = featureCount }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset { data }

    public func encode(to archive: inout ModelArchive) throws { archive.store(featureCount, as: "features") }

    public init(from archive: ModelArchive, registry: Registry) throws {
        featureCount = try archive.columnCount("features")
    }
}

/// A fitted preprocessor that finds rows which cannot be used. A pipeline does not learn from them and does not score
/// them: they are among the ``Scores/exclusions`` of its scores.
public protocol RowFiltering: FittedPreprocessor {
    /// The rows of `data`, before ``FittedPreprocessor/apply(to:execution:)``, that cannot be used, each with the reason.
    func unusableRows(in data: Dataset) -> [Int: String]
}

extension RowFiltering {
    public var rowFilter: (any RowFiltering)? { self }
}

/// A fitted model that cannot score every row. Its scores say which rows have none, and why.
public protocol RowExcluding: FittedDetector {
    /// Whether any row can be excluded at all.
    var canExclude: Bool { get }
    /// The scores of checked data, with the reason for each row that has none. For authors: users call `scores(of:)`.
    func computePartialScores(of data: Dataset, execution: Execution) throws -> Scores
}

extension RowExcluding {
    /// The scores, `NaN` for rows that have none.
    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        try computePartialScores(of: data, execution: execution).values
    }

    public func computeCheckedScores(of data: Dataset, execution: Execution) throws -> Scores {
        let scores = try computePartialScores(of: data, execution: execution)
        try ScoreCheck.checkCount(scores.count, data.rowCount)
        return scores
    }
}

extension RowExcluding {
    public var excluder: (any RowExcluding)? { canExclude ? self : nil }
}
