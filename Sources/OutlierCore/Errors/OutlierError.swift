/// An error that a person can act on: what was wrong, where, what was expected, and what to do.
///
/// The set of ``Code`` values is open: new codes may appear in later versions without being a breaking change, so a
/// `switch` over `code` needs a `default`.
public struct OutlierError: Error, Hashable, Sendable {
    /// What kind of failure this is.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        /// A name that no component has.
        public static let unknownName = Code(rawValue: "unknown-name")
        /// A name that two components claim.
        public static let duplicateName = Code(rawValue: "duplicate-name")
        /// A parameter that the component does not have.
        public static let unknownParameter = Code(rawValue: "unknown-parameter")
        /// A parameter's value is of the wrong type or out of its range.
        public static let invalidParameter = Code(rawValue: "invalid-parameter")
        /// A configuration that does not say what it must, or says what it must not.
        public static let invalidConfiguration = Code(rawValue: "invalid-configuration")
        /// Data with no rows, or no columns.
        public static let emptyData = Code(rawValue: "empty-data")
        /// Fewer rows than the component needs.
        public static let notEnoughRows = Code(rawValue: "not-enough-rows")
        /// Rows or columns are not as many as expected.
        public static let shapeMismatch = Code(rawValue: "shape-mismatch")
        /// The columns are not those that the model was fitted on.
        public static let columnMismatch = Code(rawValue: "column-mismatch")
        /// A missing value (NaN) where the component cannot take one.
        public static let missingValue = Code(rawValue: "missing-value")
        /// An infinite value.
        public static let infiniteValue = Code(rawValue: "infinite-value")
        /// Labels that a component must have and the data lack, or labels of one class where two are needed.
        public static let missingLabels = Code(rawValue: "missing-labels")
        /// A truth that measuring needs, where none of a scored row is known.
        public static let missingTruth = Code(rawValue: "missing-truth")
        /// Decisions that a metric must have, where no threshold has made any.
        public static let missingDecisions = Code(rawValue: "missing-decisions")
        /// Weighted rows for a detector that takes no weights.
        public static let weightsNotTaken = Code(rawValue: "weights-not-taken")
        /// A model that cannot learn from further rows.
        public static let notUpdatable = Code(rawValue: "not-updatable")
        /// A value that cannot be read as what its column holds.
        public static let invalidValue = Code(rawValue: "invalid-value")
        /// A file that does not follow its format.
        public static let malformedFile = Code(rawValue: "malformed-file")
        /// A file that cannot be opened or read.
        public static let inputOutput = Code(rawValue: "input-output")
        /// A file that cannot be written, for instance because the disk is full.
        public static let outputFailed = Code(rawValue: "output-failed")
        /// A saved model that is damaged, or not a model.
        public static let invalidModel = Code(rawValue: "invalid-model")
        /// A measure that the given truth does not define.
        public static let undefinedMetric = Code(rawValue: "undefined-metric")
        /// A computation that has no usable numerical result.
        public static let numericalFailure = Code(rawValue: "numerical-failure")
        /// A plug-in that cannot be loaded, or that does not keep to what plug-ins promise.
        public static let invalidPlugin = Code(rawValue: "invalid-plugin")
        /// A plug-in that failed while it worked: it said so, crashed, took too long or too much memory.
        public static let pluginFailed = Code(rawValue: "plugin-failed")
    }

    /// A place in a text file. Lines and columns count from 1.
    public struct Location: Hashable, Sendable {
        public var file: String?
        public var line: Int?
        public var column: Int?

        public init(file: String? = nil, line: Int? = nil, column: Int? = nil) {
            self.file = file
            self.line = line
            self.column = column
        }
    }

    public var code: Code
    /// What was wrong and what was expected, one sentence without a full stop at its end.
    public var message: String
    /// What to do about it, where that can be said.
    public var suggestion: String?
    /// The name of the component that found the failure.
    public var component: String?
    /// Where in a configuration the failing value stands: keys and indices from the root, for instance
    /// `["detector", "isolation-forest", "trees"]`.
    public var path: [String]
    /// Where in a file the failure is.
    public var location: Location?

    public init(
        _ code: Code,
        _ message: String,
        suggestion: String? = nil,
        component: String? = nil,
        path: [String] = [],
        location: Location? = nil
    ) {
        self.code = code
        self.message = message
        self.suggestion = suggestion
        self.component = component
        self.path = path
        self.location = location
    }

    /// The same error, one level further down from the root of the configuration.
    public func prefixed(by prefix: [String]) -> OutlierError {
        var copy = self
        copy.path = prefix + path
        return copy
    }
}

extension OutlierError: CustomStringConvertible {
    /// The error as one or two lines of text: `file:line:column: component: message`, then the suggestion.
    public var description: String {
        var text = ""
        if let location {
            let place = [location.file, location.line.map(String.init), location.column.map(String.init)]
            let parts = place.compactMap { $0 }
            if location.file == nil, let line = location.line {
                text += location.column.map { "line \(line), column \($0): " } ?? "line \(line): "
            } else if !parts.isEmpty {
                text += parts.joined(separator: ":") + ": "
            }
        }
        if let component { text += "\(component): " }
        text += message
        if let suggestion { text += "\n  \(suggestion)" }
        return text
    }
}
