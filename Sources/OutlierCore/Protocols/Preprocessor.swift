/// A recipe for changing data before a detector sees it.
///
/// Users call `fit`; authors implement ``train(on:context:)``, under the same promises as ``Detector``.
public protocol Preprocessor<Fitted>: Component {
    associatedtype Fitted: FittedPreprocessor

    /// What rows it can be fitted on. The default is what the protocols of its type and of ``Fitted`` say.
    var takes: RowTraits { get }
    /// The part that does not take rows of some kind, for the error: the preprocessor itself unless it is made of others.
    func partRefusing(_ traits: RowTraits) -> any Component
    /// The preprocessor, where it changes which rows the rest of a pipeline learns from; else `nil`.
    var rowChanger: (any TrainingRowsPreprocessor)? { get }
    /// The preprocessor, where what the rest of a pipeline learns from is made part by part; else `nil`.
    var crossFitter: (any CrossFittingPreprocessor)? { get }

    /// Learns from checked data. For authors of preprocessors: users call `fit`.
    func train(on data: Dataset, context: FitContext) throws -> Fitted
}

extension Preprocessor {
    public var takes: RowTraits {
        RowTraits(marksOf: Self.self).union(RowTraits(marksOf: Fitted.self)).reading(labelUse)
    }
    public func partRefusing(_ traits: RowTraits) -> any Component { self }
    public var rowChanger: (any TrainingRowsPreprocessor)? { nil }
    public var crossFitter: (any CrossFittingPreprocessor)? { nil }

    /// Learns how to change data like these.
    ///
    /// - Throws: ``OutlierError`` where a parameter is out of range or the data cannot be used.
    public func fit(_ data: Dataset, context: FitContext = FitContext()) throws -> Fitted {
        try validate()
        do {
            try DataCheck.check(data, takes: takes, by: partRefusing, purpose: "fit", execution: context.execution)
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
    /// What rows it can change. The default is what the protocols of its type say.
    var takes: RowTraits { get }
    /// What finds rows that cannot be used; `nil` where every row can.
    var rowFilter: (any RowFiltering)? { get }
    /// Learns from checked rows too, in place, where it is ``Updatable`` or made of preprocessors that are. Every other one
    /// stays as it was fitted.
    mutating func updateParts(with data: Dataset, context: FitContext) throws

    /// Changes checked data. For authors: users call ``transform(_:execution:)``.
    ///
    /// It must keep the rows and their order, and what it does to a row must not depend on the other rows.
    func apply(to data: Dataset, execution: Execution) throws -> Dataset
}

extension FittedPreprocessor {
    public var takes: RowTraits { RowTraits(marksOf: Self.self) }
    public var rowFilter: (any RowFiltering)? { nil }

    /// The data, changed.
    ///
    /// - Throws: ``OutlierError`` where the columns are not as many as those of the fit or a value cannot be taken.
    public func transform(_ data: Dataset, execution: Execution = Execution()) throws -> Dataset {
        try check(data, purpose: "transform", execution: execution)
        return try apply(to: data, execution: execution)
    }

    func check(_ data: Dataset, purpose: String, execution: Execution) throws {
        try data.requireColumns(featureCount, of: "preprocessor")
        if data.rowCount > 0 {
            try DataCheck.check(data, takes: takes, purpose: purpose, execution: execution)
        }
    }
}
