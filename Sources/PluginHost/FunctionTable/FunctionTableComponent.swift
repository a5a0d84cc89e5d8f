internal import COutlierPlugin
internal import OutlierCore

/// One component of a plug-in's table.
final class FunctionTableComponent: ForeignComponent, @unchecked Sendable {
    let description: ComponentDescription
    /// Whether several threads may use one state at once.
    let isConcurrent: Bool
    // The plug-in's own memory, which it does not change.
    let table: UnsafePointer<outlier_component>

    init(_ table: UnsafePointer<outlier_component>, origin: PluginOrigin) throws {
        self.table = table
        guard let describe = table.pointee.describe else {
            throw OutlierError(.invalidPlugin, "the function “describe” is missing")
        }
        let text = try FunctionTablePlugin.text(describe(table), what: "what “describe” returned")
        let value: Value
        do {
            value = try Value(json: text)
        } catch let error as OutlierError {
            throw OutlierError(.invalidPlugin, "what “describe” returned is \(error.message)")
        }
        var description = try ComponentDescription(value, origin: origin, others: ["concurrent"])
        guard (value["concurrent"] ?? false).bool != nil else {
            throw OutlierError(.invalidPlugin, "“concurrent” must be true or false", component: description.name)
        }
        isConcurrent = value["concurrent"] == true
        // What it can do is what it has functions for.
        description.capabilities.removeAll { $0 == .explainable || $0 == .streaming }
        if description.kind == .detector {
            if table.pointee.explain != nil { description.capabilities.append(.explainable) }
            if table.pointee.update != nil { description.capabilities.append(.streaming) }
        }
        self.description = description
        try checkFunctions()
    }

    private func checkFunctions() throws {
        let functions = table.pointee
        var needed: [(name: String, isThere: Bool)] = [
            ("create", functions.create != nil), ("destroy", functions.destroy != nil),
        ]
        if description.kind != .metric {
            needed += [
                ("fit", functions.fit != nil), ("save", functions.save != nil), ("load", functions.load != nil),
            ]
        }
        switch description.kind {
        case .detector: needed.append(("score", functions.score != nil))
        case .preprocessor: needed.append(("transform", functions.transform != nil))
        default: needed.append(("measure", functions.measure != nil))
        }
        if let missing = needed.first(where: { !$0.isThere }) {
            throw OutlierError(
                .invalidPlugin, "the function “\(missing.name)” is missing, which a \(description.kind.rawValue) needs",
                component: description.name)
        }
    }

    // MARK: What it does

    func check(_ parameters: Value) throws { _ = try makeState(parameters) }

    func fit(_ data: Dataset, parameters: Value, context: FitContext) throws -> any ForeignModel {
        let state = try makeState(parameters)
        guard let fit = table.pointee.fit else { throw missing("fit") }
        try FunctionTableCall(self, "fit", context: context).run { call in
            withTable(data) { fit(state.address, $0, call) }
        }
        return try FunctionTableModel(state, parameters: parameters, columns: data.columnCount)
    }

    func load(_ state: [UInt8], parameters: Value, columns: Int) throws -> any ForeignModel {
        let made = try makeState(parameters)
        guard let load = table.pointee.load else { throw missing("load") }
        try FunctionTableCall(self, "load").run { call in
            // An empty state has an address too, which nothing may be read from.
            let bytes = state.isEmpty ? [0] : state
            return bytes.withUnsafeBytes { load(made.address, $0.baseAddress, state.count, columns, call) }
        }
        return try FunctionTableModel(made, parameters: parameters, columns: columns)
    }

    func measure(_ evaluation: Evaluation, parameters: Value) throws -> Double {
        let state = try makeState(parameters)
        guard let measure = table.pointee.measure else { throw missing("measure") }
        var value = Double.nan
        let truth = evaluation.truth.map { UInt8($0 ? 1 : 0) }
        let decisions = evaluation.decisions?.map { UInt8($0 ? 1 : 0) }
        try FunctionTableCall(self, "measure").run { call in
            evaluation.scores.withUnsafeBufferPointer { scores in
                truth.withUnsafeBufferPointer { truth in
                    func measured(_ decisions: UnsafePointer<UInt8>?) -> Int32 {
                        var evaluation = outlier_evaluation(
                            scores: scores.baseAddress, predictions: decisions, truth: truth.baseAddress,
                            rows: scores.count)
                        return measure(state.address, &evaluation, &value, call)
                    }
                    guard let decisions else { return measured(nil) }
                    return decisions.withUnsafeBufferPointer { measured($0.baseAddress) }
                }
            }
        }
        return value
    }

    func makeState(_ parameters: Value) throws -> FunctionTableState {
        guard let create = table.pointee.create else { throw missing("create") }
        var state: UnsafeMutableRawPointer?
        try FunctionTableCall(self, "create").run { call in create(table, parameters.json(), &state, call) }
        guard let state else {
            throw OutlierError(
                .pluginFailed, "the plug-in “\(description.plugin)” made no state: “create” succeeded, but left NULL",
                component: description.name)
        }
        return FunctionTableState(state, of: self)
    }

    func missing(_ function: String) -> OutlierError {
        OutlierError(.invalidPlugin, "the function “\(function)” is missing", component: description.name)
    }
}

/// A state that a plug-in made; it is destroyed with the last reference to it.
final class FunctionTableState: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
    let component: FunctionTableComponent

    init(_ address: UnsafeMutableRawPointer, of component: FunctionTableComponent) {
        self.address = address
        self.component = component
    }

    deinit { component.table.pointee.destroy?(address) }
}

/// Calls `body` with the data as plug-ins see them.
func withTable<Result>(_ data: Dataset, _ body: (UnsafePointer<outlier_matrix>) -> Result) -> Result {
    // One text with a 0 behind each name, and where each begins.
    var text: [CChar] = []
    var starts: [Int] = []
    for column in data.columns {
        starts.append(text.count)
        text.append(contentsOf: column.name.utf8.map { CChar(bitPattern: $0) })
        text.append(0)
    }
    return text.withUnsafeBufferPointer { text in
        let names = starts.map { start in text.baseAddress.map { $0 + start } }
        return names.withUnsafeBufferPointer { names in
            data.matrix.withUnsafeBufferPointer { values in
                var matrix = outlier_matrix(
                    values: values.baseAddress, rows: data.rowCount, columns: data.columnCount,
                    row_stride: data.columnCount, column_names: names.baseAddress)
                return body(&matrix)
            }
        }
    }
}
