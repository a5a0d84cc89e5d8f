/// Says what each column adds to a row's score.
public protocol Explainer: Sendable {
    /// Rows × features: the larger, the more the feature makes the row anomalous.
    func contributions(of data: Dataset, execution: Execution) throws -> Matrix
}

/// A fitted model that says what each feature adds to a row's score.
public protocol Explainable: FittedDetector, Explainer {}

extension Explainable {
    public var explainer: (any Explainer)? { self }
}

/// A fitted model or preprocessor, or the recipe of one, that takes missing values (`NaN`), when it is fitted and when it
/// is used.
public protocol MissingTolerant {}

/// A fitted model or preprocessor, or the recipe of one, that takes category columns as they are.
public protocol CategoryTolerant {}

/// A detector, or its fitted model, that reads rows in their order, as those of a series.
public protocol OrderReading {}

/// A fitted model that can be joined with another, fitted on other rows of the same table.
public protocol Mergeable: FittedDetector {
    /// The model of all rows that the two have seen.
    func merged(with other: Self) throws -> Self
}

/// A detector whose fit counts each row as often as ``Dataset/weights`` says: a row of weight 2 is as good as two equal
/// rows, and a row of weight 0 is as good as absent.
public protocol WeightLearning: Detector {}

/// What every component of a name can do, whatever its parameters: derived from the protocols that its type and its fitted
/// type conform to. What one instance takes and can do, it says itself: ``Detector/takes``, ``FittedDetector/explainer``
/// and the like.
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

    case orderReading = "reads-order"

    static func of<D: Detector>(_ type: D.Type) -> [Capability] {
        allCases.filter { $0.isSaid(by: D.self, fitted: D.Fitted.self) }
    }

    static func of<P: Preprocessor>(_ type: P.Type) -> [Capability] {
        allCases.filter { $0.isSaid(by: P.self, fitted: P.Fitted.self) }
    }

    static func of<T: Threshold>(_ type: T.Type) -> [Capability] {
        [.labelLearning].filter { $0.isSaid(by: T.self, fitted: T.Fitted.self) }
    }

    private func isSaid(by type: Any.Type, fitted: Any.Type) -> Bool {
        let marks = RowTraits(marksOf: type).union(RowTraits(marksOf: fitted))
        return switch self {
        case .explainable: fitted is any Explainable.Type
        case .streaming: fitted is any Updatable.Type
        case .fineTunable: type is any FineTunable.Type
        case .missingTolerant: marks.contains(.missing)
        case .categoryTolerant: marks.contains(.categories)
        case .mergeable: fitted is any Mergeable.Type
        case .labelLearning: marks.contains(.labels)
        case .weightLearning: marks.contains(.weights)
        case .trainingRows: type is any TrainingRowsPreprocessor.Type
        case .rowExcluding: fitted is any RowExcluding.Type || fitted is any RowFiltering.Type
        case .orderReading: marks.contains(.order)
        }
    }
}
