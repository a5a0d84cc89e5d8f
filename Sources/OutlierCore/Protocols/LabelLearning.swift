/// What a component does with the labels of the rows that it is fitted on.
public enum LabelUse: Int, Sendable, Hashable, Comparable, CaseIterable {
    /// It does not see them.
    case ignored
    /// It uses them where there are any.
    case optional
    /// It cannot be fitted without a known anomaly and a row that is not known to be one.
    case required

    public static func < (left: LabelUse, right: LabelUse) -> Bool { left.rawValue < right.rawValue }
}

/// A detector, preprocessor or threshold whose fit looks at what is known of the rows.
///
/// Every other component never sees a label: `fit` takes them away before it calls `train`. Where ``Component/labelUse`` is
/// ``LabelUse/required``, `fit` sees to it that there is a known anomaly, and a row that is normal or of which nothing
/// is known. Scoring never looks at labels.
///
/// What it does with them given its parameters, ``Component/labelUse`` says: ``LabelUse/optional`` unless it is implemented.
public protocol LabelLearning: Component {}

extension LabelLearning {
    public var labelUse: LabelUse { .optional }
}

/// The rows that supervised learning can use, in two classes.
///
/// Where some rows are known to be normal, these and the known anomalies; where only anomalies are known, the others
/// are taken for normal, as most of them are.
public struct SupervisedRows: Sendable {
    /// The rows' numbers, ascending.
    public let rows: [Int]
    /// One entry for each of `rows`.
    public let isAnomaly: [Bool]

    /// - Throws: ``OutlierError/Code/missingLabels`` where there are no labels, or those of one class only.
    public init(_ data: Dataset) throws {
        try LabelCheck.requireBothClasses(data.labels)
        let labels = data.labels ?? []
        let knowsNormal = labels.contains(.normal)
        rows = labels.indices.filter { !knowsNormal || labels[$0] != .unlabeled }
        isAnomaly = rows.map { labels[$0] == .anomaly }
    }
}

enum LabelCheck {
    /// The data as `component` may see them.
    static func seen(_ data: Dataset, by component: some Component) throws -> Dataset {
        switch component.labelUse {
        case .ignored: return data.labels == nil ? data : data.unlabeled
        case .optional: return data
        case .required:
            try requireBothClasses(data.labels, for: component)
            return data
        }
    }

    /// - Parameter component: what needs the labels, or what is made of it. The error is that of the first part that
    ///   does.
    static func requireBothClasses(_ labels: [Label]?, for component: (any Component)? = nil) throws {
        let part = component?.partsRequiringLabels.first ?? component
        let purpose = part?.labelPurpose.map { " \($0)" } ?? ""
        func missing(_ message: String) -> OutlierError {
            OutlierError(
                .missingLabels, message,
                suggestion: "Say which column holds what is known of the rows: {data: {known-labels: COLUMN}}.",
                component: part?.recipe.name)
        }
        guard let labels, labels.contains(where: { $0 != .unlabeled }) else {
            throw missing("labels are needed\(purpose), but nothing is known of any row")
        }
        guard labels.contains(.anomaly) else {
            throw missing("labels of two classes are needed\(purpose), but no row is known to be an anomaly")
        }
        guard labels.contains(where: { $0 != .anomaly }) else {
            throw missing("labels of two classes are needed\(purpose), but every row is known to be an anomaly")
        }
    }
}
