/// A model: what a ``Detector`` learnt. It never changes, and any number of threads may score with it at once.
///
/// Users call ``scores(of:execution:)-3yk2s``. Authors implement ``computeScores(of:execution:)`` and can rely on the same
/// checks as ``Detector`` describes, and on the columns being as many as ``featureCount``.
///
/// What an author owes: higher scores are more anomalous; a row's score does not depend on the other rows of the call
/// nor on their order, to the bit; no score is `NaN`, but for rows that a ``RowExcluding`` model says it cannot score; a
/// model that was saved and loaded gives the same scores to the bit.
public protocol FittedDetector: Persistable {
    /// The number of columns that the model was fitted on.
    var featureCount: Int { get }

    /// One score for each row of checked data. For authors of detectors: users call `scores(of:)`.
    func computeScores(of data: Dataset, execution: Execution) throws -> [Double]
}

extension FittedDetector {
    /// How anomalous each row is, one number a row: the higher, the more anomalous.
    ///
    /// No rows give no scores.
    /// - Throws: ``OutlierError`` where the columns are not those of the fit or a value cannot be taken.
    public func scores(of data: Dataset, execution: Execution = Execution()) throws -> [Double] {
        if data.rowCount == 0 { return [] }
        try check(data, purpose: "score", execution: execution)
        let scores = try computeScores(of: data, execution: execution)
        try ScoreCheck.check(scores, of: data, by: self, execution: execution)
        return scores
    }

    /// What authors can rely on of rows that a model is given after its fit.
    func check(_ data: Dataset, purpose: String, execution: Execution) throws {
        if !(self is any ColumnMatching) { try data.requireColumns(featureCount) }
        try DataCheck.check(
            data, acceptsMissing: self is any MissingTolerant, acceptsCategories: self is any CategoryTolerant,
            purpose: purpose, execution: execution)
    }

    /// How anomalous each row of a plain matrix is.
    public func scores(of matrix: Matrix, execution: Execution = Execution()) throws -> [Double] {
        try scores(of: Dataset(matrix), execution: execution)
    }
}

/// The checks that stand between users' data and authors' code.
enum DataCheck {
    static func check(
        _ data: Dataset, acceptsMissing: Bool, acceptsCategories: Bool, purpose: String, execution: Execution
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
        if !acceptsCategories, let column = data.columns.first(where: { $0.levels != nil }) {
            throw OutlierError(
                .columnMismatch, "the column “\(column.name)” holds words, but numbers are needed",
                suggestion: "Put the preprocessor “one-hot” before the detector, or ignore the column.")
        }
        try checkValues(data, acceptsMissing: acceptsMissing, execution: execution)
    }

    /// Only where a quick pass finds a value that is not finite is it worth looking for the place.
    private static func checkValues(_ data: Dataset, acceptsMissing: Bool, execution: Execution) throws {
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
                            "Put the preprocessor “impute” first, or choose a detector that takes missing values.")
                }
                throw OutlierError(
                    .infiniteValue, "row \(row + 1), column “\(name)”: the value is infinite",
                    suggestion: "Replace it by a number, or leave it empty and put the preprocessor “impute” first.")
            }
        }
    }
}

enum ScoreCheck {
    static func check(
        _ scores: [Double], of data: Dataset, by model: some FittedDetector, execution: Execution
    ) throws {
        guard scores.count == data.rowCount else {
            throw OutlierError(.shapeMismatch, "the detector gave \(scores.count) scores for \(data.rowCount) rows")
        }
        guard scores.contains(where: \.isNaN) else { return }
        let excluded = try (model as? any RowExcluding)?.exclusions(in: data, execution: execution) ?? [:]
        if let row = scores.indices.first(where: { scores[$0].isNaN && excluded[$0] == nil }) {
            throw OutlierError(
                .numericalFailure,
                "the score of row \(row + 1) is not a number: its values are too large or too far apart",
                suggestion: "Put the preprocessor “standard-scaler” or “robust-scaler” before the detector.")
        }
    }
}
