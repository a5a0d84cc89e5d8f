/// A model: what a ``Detector`` learnt. It never changes, and any number of threads may score with it at once.
///
/// Users call ``scores(of:execution:)-3yk2s``. Authors implement ``computeScores(of:execution:)`` and can rely on the same
/// checks as ``Detector`` describes, and on the columns being as many as ``featureCount``.
///
/// What an author owes: higher scores are more anomalous; a row's score does not depend on the other rows of the call
/// nor on their order, to the bit; no score is `NaN`: a model that cannot score every row is ``RowExcluding`` and says why;
/// a model that was saved and loaded gives the same scores to the bit.
public protocol FittedDetector: Persistable {
    /// The number of columns that the model was fitted on.
    var featureCount: Int { get }

    /// What rows it can score. A model that is made of others answers from them; the default is what the protocols of its
    /// type say.
    var takes: RowTraits { get }
    /// What says what each column adds to a row's score; `nil` where nothing does.
    var explainer: (any Explainer)? { get }
    /// What says which rows have no score; `nil` where every row has one.
    var excluder: (any RowExcluding)? { get }
    /// What says why the model is as it is; `nil` where nothing does.
    var reasoned: (any Reasoned)? { get }
    /// What keeps the model from learning from further rows: the part that cannot; `nil` where it can, by
    /// ``learn(_:context:)``. The default is `nil` for a model that is ``Updatable``.
    var updateObstacle: OutlierError? { get }
    /// Learns from checked rows too, in place. For authors of models that are made of others, which let these ``learn(_:context:)``;
    /// a model that learns by itself is ``Updatable``.
    mutating func updateParts(with data: Dataset, context: FitContext) throws
    /// - Throws: ``OutlierError`` where the columns are not those of the fit. The default looks at their number.
    func checkColumns(of data: Dataset) throws

    /// One score for each row of checked data, none of them `NaN`. For authors of detectors: users call `scores(of:)`.
    func computeScores(of data: Dataset, execution: Execution) throws -> [Double]

    /// What ``scores(of:execution:)-3yk2s`` gives for checked data. The default checks what ``computeScores(of:execution:)``
    /// gives; ``RowExcluding`` models implement ``RowExcluding/computePartialScores(of:execution:)`` instead.
    func computeCheckedScores(of data: Dataset, execution: Execution) throws -> Scores

    /// What the model says of rows besides their scores. The default says nothing.
    func decisions(for scores: Scores) -> Decisions
}

extension FittedDetector {
    public var takes: RowTraits { RowTraits(marksOf: Self.self) }
    public var explainer: (any Explainer)? { nil }
    public var excluder: (any RowExcluding)? { nil }
    public var reasoned: (any Reasoned)? { nil }
    public func checkColumns(of data: Dataset) throws { try data.requireColumns(featureCount) }

    public func computeCheckedScores(of data: Dataset, execution: Execution) throws -> Scores {
        try ScoreCheck.checked(computeScores(of: data, execution: execution), rowCount: data.rowCount)
    }

    public func decisions(for scores: Scores) -> Decisions { Decisions() }
}

extension FittedDetector {
    /// How anomalous each row is, one number for each: the higher, the more anomalous. Rows that cannot be scored have the
    /// reason instead.
    ///
    /// No rows give no scores.
    /// - Throws: ``OutlierError`` where the columns are not those of the fit or a value cannot be taken.
    public func scores(of data: Dataset, execution: Execution = Execution()) throws -> Scores {
        if data.rowCount == 0 { return Scores() }
        try check(data, purpose: "score", execution: execution)
        return try computeCheckedScores(of: data, execution: execution)
    }

    /// What authors can rely on of rows that a model is given after its fit.
    func check(_ data: Dataset, purpose: String, execution: Execution) throws {
        try checkColumns(of: data)
        try DataCheck.check(data, takes: takes, purpose: purpose, execution: execution)
    }

    /// How anomalous each row of a plain matrix is.
    public func scores(of matrix: Matrix, execution: Execution = Execution()) throws -> Scores {
        try scores(of: Dataset(matrix), execution: execution)
    }
}

/// The checks that stand between users' data and authors' code.
enum DataCheck {
    /// - Parameter refuser: the part that does not take such rows, for the error.
    static func check(
        _ data: Dataset, takes: RowTraits, by refuser: ((RowTraits) -> any Component)? = nil, purpose: String,
        execution: Execution
    ) throws {
        guard data.columnCount > 0 else {
            throw OutlierError(
                .emptyData, "there is no column to \(purpose)",
                suggestion: "Look at how the table is read, and at what “ignore” and the preprocessors leave.")
        }
        guard data.rowCount > 0 else {
            throw OutlierError(
                .emptyData, "there is no row to \(purpose)", suggestion: "Look at how the table is read.")
        }
        if !takes.contains(.categories), let column = data.columns.first(where: { $0.levels != nil }) {
            throw OutlierError(
                .columnMismatch, "the column “\(column.name)” holds words, but numbers are needed",
                suggestion: "Put the preprocessor “one-hot” before the detector, or ignore the column.",
                component: refuser?(.categories).recipe.name)
        }
        try checkValues(
            data, acceptsMissing: takes.contains(.missing), by: refuser, execution: execution)
    }

    /// Only where a quick pass finds a value that is not finite is it worth looking for the place.
    private static func checkValues(
        _ data: Dataset, acceptsMissing: Bool, by refuser: ((RowTraits) -> any Component)?, execution: Execution
    ) throws {
        guard data.matrix.containsNonFinite(execution: execution) else { return }
        try data.matrix.withUnsafeBufferPointer { values in
            for (index, value) in values.enumerated() where !value.isFinite {
                let row = index / data.columnCount
                let name = data.columns[index % data.columnCount].name
                if value.isNaN {
                    if acceptsMissing { continue }
                    throw OutlierError(
                        .missingValue, "row \(row + 1), column “\(name)”: the value is missing",
                        suggestion:
                            "Put the preprocessor “impute” first, or choose a detector that takes missing values.",
                        component: refuser?(.missing).recipe.name)
                }
                throw OutlierError(
                    .infiniteValue, "row \(row + 1), column “\(name)”: the value is infinite",
                    suggestion: "Replace it by a number, or leave it empty and put the preprocessor “impute” first.")
            }
        }
    }
}

/// The checks that stand between authors' scores and users.
enum ScoreCheck {
    /// - Throws: ``OutlierError/Code/shapeMismatch`` if there is not one score for each row,
    ///   ``OutlierError/Code/numericalFailure`` if one is `NaN` or infinite.
    static func checked(_ scores: [Double], rowCount: Int) throws -> Scores {
        try checkCount(scores.count, rowCount)
        if let row = scores.firstIndex(where: { $0.isNaN || $0 == .infinity }) {
            throw OutlierError(
                .numericalFailure,
                "the score of row \(row + 1) is not a finite number: its values are too large or too far apart",
                suggestion: "Put the preprocessor “standard-scaler” or “robust-scaler” before the detector.")
        }
        return Scores(unchecked: scores)
    }

    static func checkCount(_ count: Int, _ rowCount: Int) throws {
        guard count == rowCount else {
            throw OutlierError(.shapeMismatch, "the detector gave \(count) scores for \(rowCount) rows")
        }
    }

    /// - Parameter data: as the detector saw them.
    static func fit<Model: FittedDetector>(_ model: Model, _ scores: Scores, on data: Dataset) throws -> Fit<Model> {
        try checkCount(scores.count, data.rowCount)
        return Fit(
            model: model, scores: scores, decisions: model.decisions(for: scores), knownLabels: data.labels,
            index: data.index)
    }
}
