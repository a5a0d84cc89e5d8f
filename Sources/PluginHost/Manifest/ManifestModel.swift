internal import OutlierCore

/// What a detector or preprocessor of a manifest learnt.
struct ManifestModel: ForeignModel {
    let bound: BoundComponent
    let parameters: Value
    let columns: Int
    let outputColumns: Int
    /// How many rows the model was fitted on; the size of its state may depend on it.
    let fittedRows: Int
    let seed: UInt64
    let learnt: ForeignState

    init(
        bound: BoundComponent, parameters: Value, columns: Int, fittedRows: Int, seed: UInt64, learnt: ForeignState
    ) throws {
        self.bound = bound
        self.parameters = parameters
        self.columns = columns
        self.fittedRows = fittedRows
        self.seed = seed
        self.learnt = learnt
        if bound.component.kind == .detector {
            outputColumns = 1
        } else {
            let sizes = bound.sizes(rows: fittedRows, columns: columns, parameters: parameters)
            outputColumns = try bound.component.outputColumns?.value(sizes) ?? columns
            guard outputColumns > 0 else {
                throw bound.failure("“\(bound.name)” would leave no column", code: .invalidParameter)
            }
            guard outputColumns <= 1 << 24 else {
                throw bound.failure("“\(bound.name)” would give \(outputColumns) columns", code: .invalidParameter)
            }
        }
    }

    func output(for data: Dataset, execution: Execution) throws -> [Double] {
        guard data.rowCount > 0 else { return [] }
        return try bound.attributing {
            let count = data.rowCount * outputColumns
            return try data.matrix.withUnsafeBufferPointer { values in
                let capacity = count + Margin.byteCount / 8
                return try [Double](unsafeUninitializedCapacity: capacity) { buffer, initialized in
                    let output = UnsafeMutableBufferPointer(rebasing: buffer[0..<count])
                    guard let start = output.baseAddress else { return }
                    Margin.set(at: UnsafeMutableRawPointer(start + count))
                    try compute(values, rows: data.rowCount, into: output, execution: execution)
                    guard Margin.isWhole(at: start + count) else {
                        throw bound.failure(
                            "“\(bound.work.function.symbol)” wrote past the \(count) numbers that it has to give",
                            suggestion:
                                "Compare the arguments with the library's documentation. What else it wrote to nobody knows."
                        )
                    }
                    initialized = count
                }
            }
        }
    }

    private func inputs(
        _ values: UnsafeBufferPointer<Double>, rows: Int, output: UnsafeMutableBufferPointer<Double>,
        execution: Execution
    ) -> SharedInputs {
        var inputs = CallInputs(bound: bound, parameters: parameters)
        inputs.rows = rows
        inputs.columns = columns
        inputs.outputColumns = outputColumns
        inputs.seed = seed
        inputs.threads = execution.threads
        inputs.matrix = values
        inputs.state = learnt
        if bound.component.kind == .detector { inputs.scores = output } else { inputs.output = output }
        inputs.progress = { _ in execution.cancellation.isCancelled }
        return SharedInputs(inputs)
    }

    private func compute(
        _ values: UnsafeBufferPointer<Double>, rows: Int, into output: UnsafeMutableBufferPointer<Double>,
        execution: Execution
    ) throws {
        let shared = inputs(values, rows: rows, output: output, execution: execution)
        let bound = bound
        let unit = bound.work.function.unit
        if unit == .table {
            // A function that leaves a number out must not show what was in the memory before.
            output.initialize(repeating: .nan)
            try bound.exclusively { try ManifestCall(bound.work, shared.inputs).invoke() }
            try execution.checkCancellation()
            return try finish(output, firstRow: 0)
        }
        let shares = SharedBuffer(output)
        let (width, columns) = (outputColumns, columns)
        // Calls that may not run at once gain nothing from a second thread.
        let execution =
            bound.component.isThreadSafe
            ? execution : execution.singleThreaded
        try execution.forEachBlock(of: rows, size: max(1, 16_384 / max(width, columns))) { rows in
            let part = UnsafeMutableBufferPointer(
                rebasing: shares.buffer[rows.lowerBound * width..<rows.upperBound * width])
            try bound.exclusively {
                let call = try ManifestCall(bound.work, shared.inputs)
                switch (unit, shared.inputs.matrix) {
                case (.value, let matrix?):
                    let values = rows.lowerBound * columns..<rows.upperBound * columns
                    try call.change(values: UnsafeBufferPointer(rebasing: matrix[values]), into: part)
                case _ where bound.component.kind == .detector: try call.score(rows: rows, into: part)
                default: try call.change(rows: rows, into: part)
                }
                try call.checkMargins()
            }
            try finish(part, firstRow: rows.lowerBound)
        }
    }

    /// Turns scores of which the low ones are anomalous, and refuses what is not a number here, where it is known whose it
    /// is.
    private func finish(_ output: UnsafeMutableBufferPointer<Double>, firstRow: Int) throws {
        let isDetector = bound.component.kind == .detector
        if bound.component.lowIsAnomalous {
            for index in output.indices { output[index] = -output[index] }
        }
        var sum = 0.0
        // An infinite score is one; an infinite value is none for what comes after.
        for value in output { sum += isDetector ? (value.isNaN ? 1 : 0) : value * 0 }
        if sum == 0 { return }
        guard let index = output.firstIndex(where: { isDetector ? $0.isNaN : !$0.isFinite }) else { return }
        let what = output[index].isNaN ? "no number (NaN)" : "an infinite number"
        let (row, column) = index.quotientAndRemainder(dividingBy: outputColumns)
        throw bound.failure(
            "“\(bound.work.function.symbol)” gave \(what) "
                + (isDetector
                    ? "as the score of row \(firstRow + row + 1)"
                    : "for row \(firstRow + row + 1), column \(column + 1)"),
            suggestion: "Does the function take such values? Look at the row, or change its columns first.")
    }

    // MARK: On disk

    /// The number of rows and the seed of the fit, then what the fit left.
    private static let headerSize = 16

    func state() throws -> [UInt8] {
        var bytes: [UInt8] = []
        for number in [UInt64(fittedRows), seed] {
            bytes.append(contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) })
        }
        switch learnt {
        case .none: break
        case .buffer(let buffer): bytes.append(contentsOf: buffer.bytes)
        case .pointer:
            guard let persistence = bound.persistence else {
                throw bound.failure(
                    "a model of “\(bound.name)” cannot be saved: only the library knows its state, and the manifest names no functions that save and load it",
                    code: .outputFailed,
                    suggestion: "Score in the run that fits, or add size, save and load to the state's pointer.")
            }
            bytes.append(contentsOf: try bound.attributing { try bound.exclusively { try saved(persistence) } })
        }
        return bytes
    }

    private func saved(_ persistence: BoundComponent.Persistence) throws -> [UInt8] {
        var inputs = CallInputs(bound: bound, parameters: parameters)
        inputs.columns = columns
        inputs.state = learnt
        let size = try ManifestCall(persistence.size, inputs)
        try size.invoke()
        guard let count = size.byteCount(), (1...SizeExpression.maximum).contains(count) else {
            throw bound.failure(
                "“\(persistence.size.function.symbol)” gave no usable number of bytes for the state",
                code: .outputFailed)
        }
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { buffer in
            inputs.bytes = buffer
            try ManifestCall(persistence.save, inputs).invoke()
        }
        return bytes
    }

    /// The model whose ``state()`` was `saved`, which may be damaged.
    init(bound: BoundComponent, saved: [UInt8], parameters: Value, columns: Int) throws {
        func damaged(_ message: String) -> OutlierError { bound.failure(message, code: .invalidModel) }
        guard saved.count >= Self.headerSize else { throw damaged("the model breaks off") }
        func number(_ offset: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(saved[offset + $1]) << (8 * $1) } }
        guard let rows = Int(exactly: number(0)), rows > 0 else { throw damaged("the model was fitted on no rows") }
        let bytes = saved[Self.headerSize...]
        let learnt = try bound.attributing {
            try Self.loaded(bytes, bound: bound, parameters: parameters, rows: rows, columns: columns)
        }
        try self.init(
            bound: bound, parameters: parameters, columns: columns, fittedRows: rows, seed: number(8),
            learnt: learnt)
    }

    private static func loaded(
        _ bytes: ArraySlice<UInt8>, bound: BoundComponent, parameters: Value, rows: Int, columns: Int
    ) throws -> ForeignState {
        let sizes = bound.sizes(rows: rows, columns: columns, parameters: parameters)
        let expected: Int
        switch bound.component.state {
        case .none: expected = 0
        case .doubles(let count): expected = 8 * (try count.value(sizes))
        case .bytes(let count): expected = try count.value(sizes)
        case .pointer: expected = bytes.count
        }
        guard bytes.count == expected else {
            throw OutlierError(
                .invalidModel, "the model's state has \(bytes.count) bytes, but the manifest says \(expected)")
        }
        switch bound.component.state {
        case .none: return .none
        case .doubles, .bytes: return .buffer(StateBuffer(bytes: bytes))
        case .pointer: return .pointer(try reloaded(bytes, bound: bound, parameters: parameters, columns: columns))
        }
    }

    private static func reloaded(
        _ bytes: ArraySlice<UInt8>, bound: BoundComponent, parameters: Value, columns: Int
    ) throws -> OpaqueState {
        guard let load = bound.persistence?.load else {
            throw OutlierError(.invalidModel, "the manifest names no function that loads a model of “\(bound.name)”")
        }
        var bytes = Array(bytes)
        let pointer = try bound.exclusively {
            try bytes.withUnsafeMutableBytes { buffer in
                var inputs = CallInputs(bound: bound, parameters: parameters)
                inputs.columns = columns
                inputs.bytes = buffer
                let call = try ManifestCall(load, inputs)
                try call.invoke()
                return call.statePointer()
            }
        }
        guard let pointer else {
            throw OutlierError(.invalidModel, "“\(load.function.symbol)” gave NULL for the model's state")
        }
        return OpaqueState(pointer, bound: bound)
    }
}
