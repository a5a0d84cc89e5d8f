public import OutlierCore

/// A component that a plug-in offers, however it does its work: by a table of functions, by functions that a manifest
/// names, in this process or in another. ``PluginLoader`` turns it into a detector, a preprocessor or a metric.
///
/// Its callers check the data and complete the parameters first: every parameter is there and in its range.
public protocol ForeignComponent: Sendable {
    /// What it is. Of the capabilities, `explainable`, `streaming` and `missing-tolerant` count.
    var description: ComponentDescription { get }

    /// Refuses parameters that do not go together, which no single range can say.
    func check(_ parameters: Value) throws

    /// Learns from data. For detectors and preprocessors.
    func fit(_ data: Dataset, parameters: Value, context: FitContext) throws -> any ForeignModel

    /// The model whose ``ForeignModel/state()`` was `state`. The bytes may be damaged.
    ///
    /// - Parameter columns: how many columns the model was fitted on.
    func load(_ state: [UInt8], parameters: Value, columns: Int) throws -> any ForeignModel

    /// Measures scores against the truth. For metrics.
    func measure(_ evaluation: Evaluation, parameters: Value) throws -> Double
}

/// What a component of a plug-in learnt. Any number of threads may use it at once, but for ``update(with:context:)``.
public protocol ForeignModel: Sendable {
    /// How many numbers a row gives: 1 for a detector, the number of columns for a preprocessor.
    var outputColumns: Int { get }

    /// Scores of the rows, or the rows changed: `data.rowCount * outputColumns` numbers, row by row.
    func output(for data: Dataset, execution: Execution) throws -> [Double]

    /// What each column adds to a row's score, row by row. Called where the component is `explainable`.
    func contributions(for data: Dataset, execution: Execution) throws -> [Double]

    /// Learns from `data` too, where it is. Called where the component is `streaming`, while nobody else uses the model.
    func update(with data: Dataset, context: FitContext) throws

    /// A model of its own that gives the same output. Called where the component is `streaming`.
    func copy() throws -> any ForeignModel

    /// What ``ForeignComponent/load(_:parameters:columns:)`` makes the same model of.
    func state() throws -> [UInt8]
}

extension ForeignComponent {
    /// What rows its models take, by its description.
    var takes: RowTraits { description.capabilities.contains(.missingTolerant) ? .missing : [] }

    public func check(_ parameters: Value) throws {}

    public func fit(_ data: Dataset, parameters: Value, context: FitContext) throws -> any ForeignModel {
        throw cannot("learn")
    }

    public func load(_ state: [UInt8], parameters: Value, columns: Int) throws -> any ForeignModel {
        throw cannot("be loaded")
    }

    public func measure(_ evaluation: Evaluation, parameters: Value) throws -> Double {
        throw cannot("measure")
    }

    private func cannot(_ what: String) -> OutlierError {
        OutlierError(
            .invalidPlugin, "the \(description.kind.rawValue) of the plug-in “\(description.plugin)” cannot \(what)",
            component: description.name)
    }
}

extension ForeignModel {
    public func contributions(for data: Dataset, execution: Execution) throws -> [Double] {
        throw OutlierError(.invalidPlugin, "the model does not explain its scores")
    }

    public func update(with data: Dataset, context: FitContext) throws {
        throw OutlierError(.invalidPlugin, "the model does not learn from further rows")
    }

    public func copy() throws -> any ForeignModel {
        throw OutlierError(.invalidPlugin, "the model does not learn from further rows")
    }
}
