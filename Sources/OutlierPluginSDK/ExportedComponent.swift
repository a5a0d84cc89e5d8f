internal import COutlierPlugin
internal import OutlierCore

/// A type of component behind the functions of a table.
final class ExportedComponent {
    let descriptionText: UnsafePointer<CChar>
    private let kind: ComponentKind
    private let capabilities: [Capability]
    let make: (Value, Registry) throws -> ExportedState
    /// Every component of the plug-in.
    var registry = Registry()

    init<D: Detector>(detector type: D.Type, _ plugin: String, _ registry: inout Registry) throws {
        try registry.register(type, plugin: plugin)
        let description = try registry.describe(.detector, type.name)
        kind = .detector
        capabilities = description.capabilities
        descriptionText = PluginExport.permanent(ExportedComponent.text(description))
        make = { ExportedState(try D(parameters: $0, registry: $1)) }
    }

    init<P: Preprocessor>(preprocessor type: P.Type, _ plugin: String, _ registry: inout Registry) throws {
        try registry.register(type, plugin: plugin)
        let description = try registry.describe(.preprocessor, type.name)
        kind = .preprocessor
        capabilities = description.capabilities
        descriptionText = PluginExport.permanent(ExportedComponent.text(description))
        make = { ExportedState(try P(parameters: $0, registry: $1)) }
    }

    init<M: Metric>(metric type: M.Type, _ plugin: String, _ registry: inout Registry) throws {
        try registry.register(type, plugin: plugin)
        kind = .metric
        capabilities = []
        descriptionText = PluginExport.permanent(ExportedComponent.text(try registry.describe(.metric, type.name)))
        make = { ExportedState(try M(parameters: $0, registry: $1)) }
    }

    /// What stands in the place of components that cannot be exported: a description that says why.
    init(failure: String) {
        kind = .metric
        capabilities = []
        descriptionText = PluginExport.permanent(Value.object([Value.Entry("error", .string(failure))]).json())
        make = { _, _ in throw OutlierError(.invalidPlugin, failure) }
    }

    /// What the host is told. It does not know the registry of this library, so that a parameter which is a component is
    /// any value to it.
    private static func text(_ description: ComponentDescription) -> String {
        var description = description
        // The host learns of those by the functions that the table has.
        description.capabilities = description.capabilities.filter { $0 == .missingTolerant }
        for (index, parameter) in description.parameters.enumerated() where parameter.kind.isOfThisLibrary {
            description.parameters[index].kind = .any
        }
        let entries = (description.value.entries ?? []) + [Value.Entry("concurrent", true)]
        return Value.object(entries).json()
    }

    func functions() -> outlier_component {
        var table = outlier_component()
        table.context = Unmanaged.passRetained(self).toOpaque()
        table.describe = { ExportedComponent.at($0)?.descriptionText }
        table.create = { component, parameters, state, call in
            ExportedCall(call).status { _ in
                guard let component = ExportedComponent.at(component), let parameters, let state else {
                    throw OutlierError(.invalidPlugin, "the host gave NULL")
                }
                let value = try Value(json: String(cString: parameters))
                let made = try component.make(value, component.registry)
                made.registry = component.registry
                state.pointee = Unmanaged.passRetained(made).toOpaque()
            }
        }
        table.destroy = { state in if let state { Unmanaged<ExportedState>.fromOpaque(state).release() } }
        if kind != .metric {
            table.fit = { state, data, call in
                ExportedCall(call).status { call in
                    try ExportedState.at(state).fit(Dataset(data), context: call.context)
                }
            }
            table.save = { state, sink, call in
                ExportedCall(call).status { _ in
                    let bytes = try ExportedState.at(state).save()
                    guard let sink, let write = sink.pointee.write else { return }
                    let status = bytes.withUnsafeBytes { write(sink.pointee.context, $0.baseAddress, $0.count) }
                    if status != 0 { throw OutlierError(.outputFailed, "the host could not take the model") }
                }
            }
            table.load = { state, bytes, size, columns, call in
                ExportedCall(call).status { _ in
                    try ExportedState.at(state).load(
                        UnsafeRawBufferPointer(start: bytes, count: size), columns: columns)
                }
            }
        }
        switch kind {
        case .detector:
            table.score = { state, data, scores, call in
                ExportedCall(call).numbers(scores) { call in
                    try ExportedState.at(state).scores(of: Dataset(data), execution: call.execution)
                }
            }
        case .preprocessor:
            table.output_columns = { state in Int64((try? ExportedState.at(state).outputColumns) ?? -1) }
            table.transform = { state, data, output, call in
                ExportedCall(call).numbers(output) { call in
                    try ExportedState.at(state).transformed(Dataset(data), execution: call.execution)
                }
            }
        default:
            table.measure = { state, evaluation, value, call in
                ExportedCall(call).numbers(value) { _ in
                    [try ExportedState.at(state).value(of: Evaluation(evaluation))]
                }
            }
        }
        if capabilities.contains(.explainable) {
            table.explain = { state, data, contributions, call in
                ExportedCall(call).numbers(contributions) { call in
                    try ExportedState.at(state).contributions(of: Dataset(data), execution: call.execution)
                }
            }
        }
        if capabilities.contains(.streaming) {
            table.update = { state, data, call in
                ExportedCall(call).status { call in
                    try ExportedState.at(state).update(Dataset(data), context: call.context)
                }
            }
        }
        return table
    }

    private static func at(_ component: UnsafePointer<outlier_component>?) -> ExportedComponent? {
        component?.pointee.context.map { Unmanaged<ExportedComponent>.fromOpaque($0).takeUnretainedValue() }
    }
}

extension ParameterDescription.Kind {
    /// Whether a value names components, which only this library knows.
    fileprivate var isOfThisLibrary: Bool {
        switch self {
        case .component, .section, .sectionOrText, .dictionary: true
        case .list(let element, _): element.isOfThisLibrary
        case .optional(let kind, _): kind.isOfThisLibrary
        default: false
        }
    }
}

extension Dataset {
    /// A copy of what the host gives for the time of a call.
    fileprivate init(_ table: UnsafePointer<outlier_matrix>?) throws {
        guard let table = table?.pointee, let values = table.values else {
            throw OutlierError(.invalidPlugin, "the host gave no rows")
        }
        let matrix = Matrix(rowCount: table.rows, columnCount: table.columns) { target in
            if table.row_stride == table.columns {
                _ = target.initialize(fromContentsOf: UnsafeBufferPointer(start: values, count: target.count))
                return
            }
            for row in 0..<table.rows {
                let source = UnsafeBufferPointer(start: values + row * table.row_stride, count: table.columns)
                _ = UnsafeMutableBufferPointer(rebasing: target[row * table.columns..<(row + 1) * table.columns])
                    .initialize(fromContentsOf: source)
            }
        }
        guard let names = table.column_names else {
            self.init(matrix)
            return
        }
        try self.init(
            matrix,
            columns: (0..<table.columns).map { Column(names[$0].map { String(cString: $0) } ?? "x\($0 + 1)") })
    }
}

extension Evaluation {
    fileprivate init(_ evaluation: UnsafePointer<outlier_evaluation>?) throws {
        guard let evaluation = evaluation?.pointee, let scores = evaluation.scores, let truth = evaluation.truth else {
            throw OutlierError(.invalidPlugin, "the host gave no scores")
        }
        func flags(_ bytes: UnsafePointer<UInt8>) -> [Bool] {
            UnsafeBufferPointer(start: bytes, count: evaluation.rows).map { $0 != 0 }
        }
        try self.init(
            scores: Array(UnsafeBufferPointer(start: scores, count: evaluation.rows)),
            decisions: evaluation.predictions.map(flags), truth: flags(truth))
    }
}
