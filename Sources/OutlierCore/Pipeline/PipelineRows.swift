/// The rows of a fit on their way through a pipeline: those to learn from and those to score, which are the same until
/// a preprocessor changes the former.
struct PipelineRows {
    private let rowCount: Int
    /// The rows to score, and to learn from where ``changed`` is `nil`.
    private var kept: PreparedRows
    /// The rows to learn from; their origins are numbers of the first rows of all.
    private var changed: TrainingRows?

    init(_ data: Dataset) {
        rowCount = data.rowCount
        kept = PreparedRows(data: data)
    }

    /// Fits a preprocessor on the rows to learn from and takes both kinds of rows through it.
    ///
    /// - Parameters:
    ///   - earlier: the preprocessor as it was fitted on other rows, to be used as it is.
    ///   - keepingRows: whether the rows to score are needed at all.
    mutating func advance(
        through preprocessor: some Preprocessor, reusing earlier: (any FittedPreprocessor)? = nil, keepingRows: Bool,
        context: FitContext
    ) throws -> any FittedPreprocessor {
        let fitted = try earlier ?? preprocessor.fit(changed?.data ?? kept.data, context: context)
        do {
            try filter(with: fitted)
            let learnt = changed?.data ?? kept.data
            let crossed =
                earlier == nil ? try Self.crossFitted(preprocessor, learnt, fitted, context.part(-2)) : nil
            if changed == nil && crossed == nil || keepingRows {
                kept.data = try fitted.transform(kept.data, execution: context.execution)
            }
            if let crossed {
                changed = try TrainingRows(
                    crossed, origins: changed?.origins ?? kept.rows ?? Array(0..<crossed.rowCount))
            } else if let data = changed?.data {
                changed?.data = try fitted.transform(data, execution: context.execution)
            }
        } catch var error as OutlierError {
            error.component = error.component ?? preprocessor.recipe.name
            throw error
        }
        if let changer = preprocessor.rowChanger {
            try change(with: changer, fitted: fitted, context: context.part(-1))
        }
        return fitted
    }

    /// Fits the detector. The scores are one for each of the first rows, and none at all unless `scoring`.
    func fit(
        _ detector: some Detector, scoring: Bool, start: Pipeline.Start? = nil, context: FitContext
    ) throws -> (model: any FittedDetector, scores: Scores) {
        let data = changed?.data ?? kept.data
        guard scoring else { return (try detector.fit(data, context: context), Scores()) }
        let (model, learnt) =
            try start.map { try $0.fit(detector, data, context) } ?? PipelineRows.fitAndScore(detector, data, context)
        if changed == nil && kept.rows == nil { return (model, learnt) }
        let rows = kept.rows ?? Array(0..<rowCount)
        guard let origins = changed?.origins else {
            return (model, Scores.merged([(rows, learnt)], count: rowCount, excluded: kept.excluded))
        }
        // A row that was repeated has the score of the first of its kind.
        var first: [Int: Int] = [:]
        for (place, origin) in origins.enumerated() where !learnt[place].isNaN {
            if let origin, first[origin] == nil { first[origin] = place }
        }
        let known = first.sorted { $0.key < $1.key }
        let others = rows.indices.filter { first[rows[$0]] == nil }
        let rest = try model.scores(of: kept.data.selectingRows(others), execution: context.execution)
        let scores = Scores.merged(
            [(known.map(\.key), learnt.selectingRows(known.map(\.value))), (others.map { rows[$0] }, rest)],
            count: rowCount, excluded: kept.excluded)
        return (model, scores)
    }

    private static func fitAndScore(
        _ detector: some Detector, _ data: Dataset, _ context: FitContext
    ) throws -> (any FittedDetector, Scores) {
        let result = try detector.fitAndScore(data, context: context)
        return (result.model, result.scores)
    }

    /// The rows to learn from as a cross-fitting preprocessor makes them; `nil` where it is none.
    private static func crossFitted(
        _ preprocessor: some Preprocessor, _ data: Dataset, _ fitted: any FittedPreprocessor, _ context: FitContext
    ) throws -> Dataset? {
        guard let preprocessor = preprocessor.crossFitter else { return nil }
        return try crossFit(preprocessor, data, fitted, context)
    }

    private static func crossFit<P: CrossFittingPreprocessor>(
        _ preprocessor: P, _ data: Dataset, _ fitted: any FittedPreprocessor, _ context: FitContext
    ) throws -> Dataset {
        guard let fitted = fitted as? P.Fitted else {
            throw OutlierError(.invalidConfiguration, "a preprocessor was fitted as another", component: P.name)
        }
        return try preprocessor.crossFit(data, fitted: fitted, context: context)
    }

    private mutating func filter(with fitted: any FittedPreprocessor) throws {
        guard let filter = fitted.rowFilter else { return }
        kept.remove(filter.unusableRows(in: kept.data))
        if var rows = changed {
            let unusable = filter.unusableRows(in: rows.data)
            let usable = rows.origins.indices.filter { unusable[$0] == nil }
            if usable.count < rows.origins.count {
                rows.data = rows.data.selectingRows(usable)
                rows.origins = usable.map { rows.origins[$0] }
                changed = rows
            }
        }
        if (changed?.data ?? kept.data).rowCount == 0 {
            let reason = kept.excluded.min { $0.key < $1.key }.map { "; row \($0.key + 1): \($0.value)" } ?? ""
            throw OutlierError(
                .emptyData, "no row is left to learn from\(reason)",
                suggestion:
                    "Fill missing values with “impute”, or leave columns out that lack many with “drop-columns”.")
        }
    }

    private mutating func change(
        with changer: some TrainingRowsPreprocessor, fitted: any FittedPreprocessor, context: FitContext
    ) throws {
        var result = try Self.trainingRows(changer, changed?.data ?? kept.data, fitted, context)
        if let before = changed?.origins {
            result.origins = result.origins.map { $0.flatMap { before[$0] } }
        } else if let rows = kept.rows {
            result.origins = result.origins.map { $0.map { rows[$0] } }
        }
        changed = result
    }

    private static func trainingRows<P: TrainingRowsPreprocessor>(
        _ changer: P, _ data: Dataset, _ fitted: any FittedPreprocessor, _ context: FitContext
    ) throws -> TrainingRows {
        guard let fitted = fitted as? P.Fitted else {
            throw OutlierError(.invalidConfiguration, "a preprocessor was fitted as another", component: P.name)
        }
        return try changer.trainingRows(from: data, fitted: fitted, context: context)
    }
}
