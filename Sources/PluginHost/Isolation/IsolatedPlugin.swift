internal import Foundation
internal import OutlierCore

/// A plug-in of any kind in a process of its own.
enum IsolatedPlugin {
    /// - Parameter path: an absolute path.
    static func load(path: String, options: PluginOptions) throws -> LoadedPlugin {
        let process = PluginProcess(path: path, options: options)
        let answer = try process.call(execution: Execution(threads: 1)) { _ in
            [PluginProcess.Request(function: "describe", value: ["do": "describe"])]
        }[0].value
        let origin = PluginOrigin(
            plugin: answer["plugin"]?.string ?? "", version: answer["version"]?.string ?? "", file: path)
        process.rename(origin.plugin)
        let components = try (answer["components"]?.array ?? []).enumerated().map { index, value in
            IsolatedComponent(
                description: try ComponentDescription(value, origin: origin), index: index, process: process)
        }
        return try LoadedPlugin(origin: origin, components: components)
    }
}

/// A component of a plug-in in another process.
final class IsolatedComponent: ForeignComponent {
    let description: ComponentDescription
    let index: Int
    let process: PluginProcess

    init(description: ComponentDescription, index: Int, process: PluginProcess) {
        self.description = description
        self.index = index
        self.process = process
    }

    func request(_ what: String, _ parameters: Value, _ others: [Value.Entry] = []) -> PluginProcess.Request {
        PluginProcess.Request(
            function: what, component: description.name,
            value: .object(
                [
                    Value.Entry("do", .string(what)), Value.Entry("component", .integer(index)),
                    Value.Entry("parameters", parameters),
                ] + others))
    }

    static func entries(_ data: Dataset, threads: Int) -> [Value.Entry] {
        [
            Value.Entry("rows", .integer(data.rowCount)), Value.Entry("columns", .integer(data.columnCount)),
            Value.Entry("names", .array(data.columns.map { .string($0.name) })),
            Value.Entry("threads", .integer(threads)),
        ]
    }

    func check(_ parameters: Value) throws {
        _ = try process.call(execution: Execution(threads: 1)) { _ in [request("check", parameters)] }
    }

    func fit(_ data: Dataset, parameters: Value, context: FitContext) throws -> any ForeignModel {
        let entries =
            IsolatedComponent.entries(data, threads: context.execution.threads) + [
                Value.Entry("seed", .string(String(context.seed)))
            ]
        let answer = try process.call(
            execution: context.execution, observer: { context.report($0, stage: $1) }
        ) { _ in
            var request = request("fit", parameters, entries)
            request.input = data.matrix
            return [request]
        }[0]
        return IsolatedModel(self, parameters: parameters, columns: data.columnCount, answer)
    }

    func load(_ state: [UInt8], parameters: Value, columns: Int) throws -> any ForeignModel {
        let answer = try process.call(execution: Execution(threads: 1)) { _ in
            [loading(state, parameters, columns: columns)]
        }[0]
        return IsolatedModel(self, parameters: parameters, columns: columns, answer, state: state)
    }

    func loading(_ state: [UInt8], _ parameters: Value, columns: Int) -> PluginProcess.Request {
        var request = request("load", parameters, [Value.Entry("columns", .integer(columns))])
        request.bytes = state
        return request
    }

    func measure(_ evaluation: Evaluation, parameters: Value) throws -> Double {
        // The scores, the truth and the decisions, one below the other.
        var values = evaluation.scores + evaluation.truth.map { $0 ? 1 : 0 }
        if let decisions = evaluation.decisions { values += decisions.map { $0 ? 1 : 0 } }
        let rows = evaluation.scores.count
        let input = try Matrix(rowCount: values.count / rows, columnCount: rows, values: values)
        let answer = try process.call(execution: Execution(threads: 1)) { _ in
            var request = request("measure", parameters, [Value.Entry("rows", .integer(rows))])
            request.input = input
            request.outputCount = 1
            return [request]
        }[0]
        return answer.output.first ?? .nan
    }
}

/// A model in another process. This one keeps its state, so that a process that has ended can be followed by another.
final class IsolatedModel: ForeignModel, @unchecked Sendable {
    let outputColumns: Int
    private let component: IsolatedComponent
    private let parameters: Value
    private let columns: Int
    private var savedState: [UInt8]
    private let lock = NSLock()
    /// Where the model is: its number, and in which of the processes.
    private var place: (model: Int, generation: Int)

    init(
        _ component: IsolatedComponent, parameters: Value, columns: Int, _ answer: PluginProcess.Answer,
        state: [UInt8]? = nil
    ) {
        self.component = component
        self.parameters = parameters
        self.columns = columns
        savedState = state ?? answer.bytes
        outputColumns = max(1, answer.value["outputColumns"]?.int ?? 1)
        place = (answer.value["model"]?.int ?? -1, answer.generation)
    }

    deinit { component.process.release(model: place.model, generation: place.generation) }

    func output(for data: Dataset, execution: Execution) throws -> [Double] {
        try rows(component.description.kind == .preprocessor ? "transform" : "score", data, outputColumns, execution)
    }

    func contributions(for data: Dataset, execution: Execution) throws -> [Double] {
        try rows("explain", data, data.columnCount, execution)
    }

    /// The process answers with the state that its model has then: what another process would need.
    func update(with data: Dataset, context: FitContext) throws {
        let answer = try call(
            "update", data, outputCount: 0, context.execution,
            others: [Value.Entry("seed", .string(String(context.seed)))], observer: { context.report($0, stage: $1) })
        lock.withLock { savedState = answer.bytes }
    }

    func copy() throws -> any ForeignModel {
        try component.load(state(), parameters: parameters, columns: columns)
    }

    func state() throws -> [UInt8] { lock.withLock { savedState } }

    private func rows(_ what: String, _ data: Dataset, _ width: Int, _ execution: Execution) throws -> [Double] {
        let (count, overflow) = data.rowCount.multipliedReportingOverflow(by: width)
        return try call(what, data, outputCount: overflow ? Int.max : count, execution).output
    }

    private func call(
        _ what: String, _ data: Dataset, outputCount: Int, _ execution: Execution, others: [Value.Entry] = [],
        observer: ((Double, String) -> Void)? = nil
    ) throws -> PluginProcess.Answer {
        let (place, savedState) = lock.withLock { (self.place, self.savedState) }
        var isReloaded = false
        let answers = try component.process.call(execution: execution, observer: observer) { generation in
            // The process that held the model has ended: the one at hand gets it from here.
            isReloaded = generation != place.generation
            var request = component.request(
                what, parameters,
                IsolatedComponent.entries(data, threads: execution.threads) + others + [
                    Value.Entry("model", .integer(isReloaded ? -1 : place.model))
                ])
            request.input = data.matrix
            request.outputCount = outputCount
            return isReloaded ? [component.loading(savedState, parameters, columns: columns), request] : [request]
        }
        if isReloaded, let model = answers[0].value["model"]?.int {
            lock.withLock { self.place = (model, answers[0].generation) }
        }
        return answers[answers.count - 1]
    }
}
