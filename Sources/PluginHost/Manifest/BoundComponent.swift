internal import Foundation
internal import OutlierCore

/// A function of a manifest, found in its library.
struct BoundFunction: Sendable {
    let function: ManifestFunction
    let foreign: ForeignFunction
    /// Puts a status into words.
    let message: ForeignFunction?
    /// Frees the scores that the function returns.
    let free: ForeignFunction?

    init(_ function: ManifestFunction, in library: SharedLibrary) throws {
        self.function = function
        foreign = try ManifestPlugin.function(
            function.symbol, arguments: function.arguments.map(\.foreign), result: function.result.type.foreign,
            in: library, path: function.path + ["symbol"])
        let returns = function.path + ["returns"]
        switch function.result.meaning {
        case .status(_, let symbol?):
            message = try ManifestPlugin.function(
                symbol, arguments: [function.result.type.foreign], result: .pointer, in: library,
                path: returns + ["message"])
            free = nil
        case .scores(let symbol?):
            message = nil
            free = try ManifestPlugin.function(
                symbol, arguments: [.pointer], result: .void, in: library, path: returns + ["free"])
        default:
            message = nil
            free = nil
        }
    }
}

/// A component of a manifest, whose functions are found.
struct BoundComponent: ForeignComponent {
    struct Persistence: Sendable {
        let size: BoundFunction
        let save: BoundFunction
        let load: BoundFunction
    }

    let host: ManifestHost
    let component: ManifestComponent
    let fit: BoundFunction?
    let work: BoundFunction
    let freeState: ForeignFunction?
    let persistence: Persistence?

    init(_ component: ManifestComponent, host: ManifestHost) throws {
        self.host = host
        self.component = component
        fit = try component.fit.map { try BoundFunction($0, in: host.library) }
        work = try BoundFunction(component.work, in: host.library)
        guard case .pointer(let free, let functions) = component.state else {
            freeState = nil
            persistence = nil
            return
        }
        freeState = try free.map { symbol in
            try ManifestPlugin.function(
                symbol, arguments: [.pointer], result: .void, in: host.library,
                path: component.path + ["state", "pointer", "free"])
        }
        persistence = try functions.map { functions in
            Persistence(
                size: try BoundFunction(functions.size, in: host.library),
                save: try BoundFunction(functions.save, in: host.library),
                load: try BoundFunction(functions.load, in: host.library))
        }
    }

    var name: String { component.name }

    var description: ComponentDescription {
        ComponentDescription(
            kind: component.kind, name: name, summary: component.summary, reference: component.reference,
            plugin: host.manifest.name, parameters: component.parameters.map(\.description),
            capabilities: component.takesMissing ? [.missingTolerant] : [], origin: host.origin)
    }

    // MARK: Working

    func fit(_ data: Dataset, parameters: Value, context: FitContext) throws -> any ForeignModel {
        try attributing {
            if let expected = component.columnCount, expected != data.columnCount {
                throw OutlierError(
                    .shapeMismatch,
                    "“\(name)” takes tables of \(expected) columns, but this one has \(data.columnCount)")
            }
            return try ManifestModel(
                bound: self, parameters: parameters, columns: data.columnCount, fittedRows: data.rowCount,
                seed: context.seed,
                learnt: try ManifestFit.state(of: self, parameters: parameters, data: data, context: context))
        }
    }

    func load(_ state: [UInt8], parameters: Value, columns: Int) throws -> any ForeignModel {
        try ManifestModel(bound: self, saved: state, parameters: parameters, columns: columns)
    }

    func measure(_ evaluation: Evaluation, parameters: Value) throws -> Double {
        try attributing {
            var scores = evaluation.scores
            return try scores.withUnsafeMutableBufferPointer { scores in
                var inputs = CallInputs(bound: self, parameters: parameters)
                inputs.rows = scores.count
                inputs.columns = 1
                inputs.scores = scores
                inputs.truth = evaluation.truth
                inputs.decisions = evaluation.decisions
                return try exclusively {
                    let call = try ManifestCall(work, inputs)
                    try call.invoke()
                    return call.value()
                }
            }
        }
    }

    // MARK: What its parts share

    /// An error that names the plug-in.
    func failure(
        _ message: String, code: OutlierError.Code = .pluginFailed, suggestion: String? = nil
    ) -> OutlierError {
        OutlierError(
            code, "the plug-in “\(host.manifest.name)”: \(message)", suggestion: suggestion, component: name)
    }

    /// Errors of `body` that do not name the plug-in do so afterwards.
    func attributing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as OutlierError where error.component == nil {
            throw failure(error.message, code: error.code, suggestion: error.suggestion)
        }
    }

    /// Calls `body` alone where the functions may not be called from several threads at once.
    func exclusively<Result>(_ body: () throws -> Result) rethrows -> Result {
        if component.isThreadSafe { return try body() }
        return try host.lock.withLock(body)
    }

    /// What expressions of the manifest may name.
    func sizes(rows: Int, columns: Int, parameters: Value) -> [String: Int] {
        var sizes = ["rows": rows, "columns": columns]
        for entry in parameters.entries ?? [] { if let number = entry.value.int { sizes[entry.key] = number } }
        return sizes
    }
}
