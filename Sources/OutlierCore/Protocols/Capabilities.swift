/// A fitted model that says what each feature adds to a row's score.
public protocol Explainable: FittedDetector {
    /// Rows × features: the larger, the more the feature makes the row anomalous.
    func contributions(of data: Dataset, execution: Execution) throws -> Matrix
}

/// A fitted model that learns from further rows without being fitted anew.
public protocol Streaming: FittedDetector {
    /// The model after it has seen `data` too.
    func updated(with data: Dataset, context: FitContext) throws -> Self
}

/// A detector whose fit can begin with a model that exists.
public protocol FineTunable: Detector {
    /// Continues the training of `model` on `data`.
    func fineTune(_ model: Fitted, on data: Dataset, context: FitContext) throws -> Fitted
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

/// The capabilities of a component, derived from the protocols that its fitted type conforms to.
public enum Capability: String, Sendable, Hashable, CaseIterable {
    case explainable
    case streaming
    case fineTunable = "fine-tunable"
    case missingTolerant = "missing-tolerant"
    case categoryTolerant = "category-tolerant"
    case mergeable

    static func of<D: Detector>(_ type: D.Type) -> [Capability] {
        let fitted: Any.Type = D.Fitted.self
        var result: [Capability] = []
        if fitted is any Explainable.Type { result.append(.explainable) }
        if fitted is any Streaming.Type { result.append(.streaming) }
        if type is any FineTunable.Type { result.append(.fineTunable) }
        if fitted is any MissingTolerant.Type { result.append(.missingTolerant) }
        if fitted is any CategoryTolerant.Type { result.append(.categoryTolerant) }
        if fitted is any Mergeable.Type { result.append(.mergeable) }
        return result
    }

    static func of<P: Preprocessor>(_ type: P.Type) -> [Capability] {
        let fitted: Any.Type = P.Fitted.self
        var result: [Capability] = []
        if fitted is any MissingTolerant.Type { result.append(.missingTolerant) }
        if fitted is any CategoryTolerant.Type { result.append(.categoryTolerant) }
        return result
    }
}
