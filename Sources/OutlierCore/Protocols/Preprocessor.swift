/// A recipe for changing data before a detector sees it.
///
/// Users call `fit`; authors implement ``train(on:context:)``, under the same promises as ``Detector``.
public protocol Preprocessor<Fitted>: Component {
    associatedtype Fitted: FittedPreprocessor

    /// Learns from checked data. For authors of preprocessors: users call `fit`.
    func train(on data: Dataset, context: FitContext) throws -> Fitted
}

extension Preprocessor {
    /// Learns how to change data like these.
    ///
    /// - Throws: ``OutlierError`` where a parameter is out of range or the data cannot be used.
    public func fit(_ data: Dataset, context: FitContext = FitContext()) throws -> Fitted {
        try validate()
        do {
            try DataCheck.check(
                data, acceptsMissing: Fitted.self is any MissingTolerant.Type,
                acceptsCategories: Fitted.self is any CategoryTolerant.Type, purpose: "fit",
                execution: context.execution)
            return try train(on: LabelCheck.seen(data, by: self), context: context)
        } catch var error as OutlierError {
            error.component = error.component ?? recipe.name
            throw error
        }
    }
}

/// A preprocessor that has learnt from data. It never changes.
public protocol FittedPreprocessor: Persistable {
    /// The number of columns that it was fitted on.
    var featureCount: Int { get }

    /// Changes checked data. For authors: users call ``transform(_:execution:)``.
    ///
    /// It must keep the rows and their order, and what it does to a row must not depend on the other rows.
    func apply(to data: Dataset, execution: Execution) throws -> Dataset
}

extension FittedPreprocessor {
    /// The data, changed.
    ///
    /// - Throws: ``OutlierError`` where the columns are not as many as those of the fit or a value cannot be taken.
    public func transform(_ data: Dataset, execution: Execution = Execution()) throws -> Dataset {
        try data.requireColumns(featureCount, of: "preprocessor")
        if data.rowCount > 0 {
            try DataCheck.check(
                data, acceptsMissing: self is any MissingTolerant, acceptsCategories: self is any CategoryTolerant,
                purpose: "transform", execution: execution)
        }
        return try apply(to: data, execution: execution)
    }
}
