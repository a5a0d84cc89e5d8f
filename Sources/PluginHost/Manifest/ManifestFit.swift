internal import OutlierCore

/// Runs the `fit` of a component, whatever its kind.
enum ManifestFit {
    /// - Returns: ``ForeignState/none`` where the component has no fit.
    static func state(
        of bound: BoundComponent, parameters: Value, data: Dataset, context: FitContext
    ) throws -> ForeignState {
        guard let fit = bound.fit else { return .none }
        let buffer = try buffer(of: bound, parameters: parameters, rows: data.rowCount, columns: data.columnCount)
        return try data.matrix.withUnsafeBufferPointer { values in
            var inputs = CallInputs(bound: bound, parameters: parameters)
            inputs.rows = data.rowCount
            inputs.columns = data.columnCount
            inputs.seed = context.seed
            inputs.threads = context.execution.threads
            inputs.matrix = values
            if let buffer { inputs.state = .buffer(buffer) }
            inputs.progress = { fraction in
                context.report(fraction, stage: bound.name)
                return context.execution.cancellation.isCancelled
            }
            if fit.function.unit == .column {
                try fitColumns(fit, inputs: inputs, buffer: buffer, execution: context.execution)
            } else {
                let pointer = try bound.exclusively {
                    let call = try ManifestCall(fit, inputs)
                    try call.invoke()
                    return buffer == nil ? call.statePointer() : nil
                }
                guard buffer == nil else {
                    try context.checkCancellation()
                    return inputs.state
                }
                guard let pointer else {
                    throw bound.failure("“\(fit.function.symbol)” gave NULL as its state")
                }
                inputs.state = .pointer(OpaqueState(pointer, bound: bound))
            }
            try context.checkCancellation()
            return inputs.state
        }
    }

    /// Memory for a state whose size the manifest says.
    private static func buffer(
        of bound: BoundComponent, parameters: Value, rows: Int, columns: Int
    ) throws -> StateBuffer? {
        let sizes = bound.sizes(rows: rows, columns: columns, parameters: parameters)
        switch bound.component.state {
        case .doubles(let count): return StateBuffer(byteCount: 8 * (try count.value(sizes)))
        case .bytes(let count): return StateBuffer(byteCount: try count.value(sizes))
        default: return nil
        }
    }

    private static func fitColumns(
        _ fit: BoundFunction, inputs: CallInputs, buffer: StateBuffer?, execution: Execution
    ) throws {
        let bound = inputs.bound
        guard let buffer, buffer.byteCount % (8 * inputs.columns) == 0, buffer.byteCount > 0 else {
            throw bound.failure(
                "a fit that is called for each column needs as many doubles of state for each",
                code: .invalidPlugin, suggestion: "Write “state: {doubles: columns}”, or a multiple.")
        }
        let share = buffer.byteCount / inputs.columns
        let shared = SharedInputs(inputs)
        @Sendable func fitColumn(_ column: Int) throws {
            var inputs = shared.inputs
            inputs.stateOffset = column * share
            let call = try ManifestCall(fit, inputs)
            try call.fit(column: column)
            try call.checkMargins()
        }
        if bound.component.isThreadSafe {
            try execution.forEach(inputs.columns) { try fitColumn($0) }
        } else {
            for column in 0..<inputs.columns {
                try execution.checkCancellation()
                try bound.exclusively { try fitColumn(column) }
            }
        }
    }
}

/// Inputs that several threads read; what they point to is not changed meanwhile, or each thread has a part of its own.
struct SharedInputs: @unchecked Sendable {
    let inputs: CallInputs

    init(_ inputs: CallInputs) { self.inputs = inputs }
}
