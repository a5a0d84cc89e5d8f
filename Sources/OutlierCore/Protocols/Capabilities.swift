/// A fitted model that says what each feature adds to a row's score.
public protocol Explainable: FittedDetector {
    /// Rows × features: the larger, the more the feature makes the row anomalous.
    func contributions(of data: Dataset, execution: Execution) throws -> Matrix
}

/// A fitted model that learns from further rows without being fitted anew.
///
/// Users call ``updated(with:context:)``; authors implement ``computeUpdate(with:context:)``.
public protocol Streaming: FittedDetector {
    /// The model after it has seen `data` too, which were checked like rows that are scored. For authors: users call
    /// ``updated(with:context:)``.
    func computeUpdate(with data: Dataset, context: FitContext) throws -> Self
}

extension Streaming {
    /// The model after it has seen `data` too. No rows change nothing.
    ///
    /// - Throws: ``OutlierError`` where the columns are not those of the fit or a value cannot be taken.
    public func updated(with data: Dataset, context: FitContext = FitContext()) throws -> Self {
        if data.rowCount == 0 { return self }
        try check(data, purpose: "learn from", execution: context.execution)
        return try computeUpdate(with: data, context: context)
    }
}

/// A fitted model or preprocessor that takes missing values (`NaN`), when it is fitted and when it is used.
public protocol MissingTolerant {}

/// A fitted model or preprocessor that takes category columns as they are.
public protocol CategoryTolerant {}

/// A fitted model that finds its columns by their names, whatever their order.
public protocol ColumnMatching: FittedDetector {
    /// The columns of the fit.
    var columns: [Column] { get }
}

/// A fitted model that can be joined with another, fitted on other rows of the same table.
public protocol Mergeable: FittedDetector {
    /// The model of all rows that the two have seen.
    func merged(with other: Self) throws -> Self
}

/// A detector whose fit counts each row as often as ``Dataset/weights`` says: a row of weight 2 is as good as two equal
/// rows, and a row of weight 0 is as good as absent.
public protocol WeightLearning: Detector {}

/// The capabilities of a component, derived from the protocols that it and its fitted type conform to.
public enum Capability: String, Sendable, Hashable, CaseIterable {
    case explainable
    case streaming
    case fineTunable = "fine-tunable"
    case missingTolerant = "missing-tolerant"
    case categoryTolerant = "category-tolerant"
    case mergeable
    case labelLearning = "label-learning"
    case weightLearning = "weight-learning"
    case trainingRows = "changes-training-rows"
    case rowExcluding = "excludes-rows"

    static func of<D: Detector>(_ type: D.Type) -> [Capability] {
        let fitted: Any.Type = D.Fitted.self
        var result: [Capability] = []
        if fitted is any Explainable.Type { result.append(.explainable) }
        if fitted is any Streaming.Type { result.append(.streaming) }
        if type is any FineTunable.Type { result.append(.fineTunable) }
        if fitted is any MissingTolerant.Type { result.append(.missingTolerant) }
        if fitted is any CategoryTolerant.Type { result.append(.categoryTolerant) }
        if fitted is any Mergeable.Type { result.append(.mergeable) }
        if type is any LabelLearning.Type { result.append(.labelLearning) }
        if type is any WeightLearning.Type { result.append(.weightLearning) }
        if fitted is any RowExcluding.Type { result.append(.rowExcluding) }
        return result
    }

    static func of<P: Preprocessor>(_ type: P.Type) -> [Capability] {
        let fitted: Any.Type = P.Fitted.self
        var result: [Capability] = []
        if fitted is any MissingTolerant.Type { result.append(.missingTolerant) }
        if fitted is any CategoryTolerant.Type { result.append(.categoryTolerant) }
        if type is any LabelLearning.Type { result.append(.labelLearning) }
        if type is any TrainingRowsPreprocessor.Type { result.append(.trainingRows) }
        if fitted is any RowFiltering.Type { result.append(.rowExcluding) }
        return result
    }

    static func of<T: Threshold>(_ type: T.Type) -> [Capability] {
        type is any LabelLearning.Type ? [.labelLearning] : []
    }
}
