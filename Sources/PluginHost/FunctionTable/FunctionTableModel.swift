internal import COutlierPlugin
internal import OutlierCore

/// A fitted state of a component of a plug-in's table.
struct FunctionTableModel: ForeignModel {
    private let fitted: FunctionTableState
    private let parameters: Value
    private let columns: Int
    let outputColumns: Int
    /// States that one thread at a time may use.
    private let turn = Guarded(())

    /// Rows that a thread is given at once, where the plug-in is concurrent.
    private static let blockSize = 8192

    init(_ state: FunctionTableState, parameters: Value, columns: Int) throws {
        fitted = state
        self.parameters = parameters
        self.columns = columns
        let component = state.component
        guard component.description.kind == .preprocessor else {
            outputColumns = 1
            return
        }
        let count = component.table.pointee.output_columns.map { Int($0(state.address)) } ?? columns
        guard count > 0, count <= 1 << 24 else {
            throw OutlierError(
                .pluginFailed,
                "the plug-in “\(component.description.plugin)” says that it gives \(count) columns, but at least 1 was expected",
                component: component.description.name)
        }
        outputColumns = count
    }

    func output(for data: Dataset, execution: Execution) throws -> [Double] {
        let functions = fitted.component.table.pointee
        let isDetector = fitted.component.description.kind == .detector
        let name = isDetector ? "score" : "transform"
        guard let function = isDetector ? functions.score : functions.transform else {
            throw fitted.component.missing(name)
        }
        return try map(data, name, width: outputColumns, execution, function)
    }

    func contributions(for data: Dataset, execution: Execution) throws -> [Double] {
        guard let explain = fitted.component.table.pointee.explain else { throw fitted.component.missing("explain") }
        return try map(data, "explain", width: data.columnCount, execution, explain)
    }

    func update(with data: Dataset, context: FitContext) throws {
        guard let update = fitted.component.table.pointee.update else { throw fitted.component.missing("update") }
        try exclusively {
            try FunctionTableCall(fitted.component, "update", context: context).run { call in
                withTable(data) { update(fitted.address, $0, call) }
            }
        }
    }

    func copy() throws -> any ForeignModel {
        try fitted.component.load(state(), parameters: parameters, columns: columns)
    }

    func state() throws -> [UInt8] {
        guard let save = fitted.component.table.pointee.save else { throw fitted.component.missing("save") }
        let collector = ByteCollector()
        try exclusively {
            try FunctionTableCall(fitted.component, "save").run { call in
                var sink = outlier_sink(
                    write: { context, bytes, size in
                        guard let context, size == 0 || bytes != nil else { return Int32(OUTLIER_FAILED) }
                        let collector = Unmanaged<ByteCollector>.fromOpaque(context).takeUnretainedValue()
                        collector.bytes.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: size))
                        return 0
                    }, context: Unmanaged.passUnretained(collector).toOpaque())
                return withExtendedLifetime(collector) { save(fitted.address, &sink, call) }
            }
        }
        return collector.bytes
    }

    private final class ByteCollector {
        var bytes: [UInt8] = []
    }

    /// Functions that write some numbers for each row.
    private typealias RowFunction =
        @convention(c) (
            UnsafeRawPointer?, UnsafePointer<outlier_matrix>?, UnsafeMutablePointer<Double>?,
            UnsafePointer<outlier_call>?
        ) -> Int32

    private func map(
        _ data: Dataset, _ name: String, width: Int, _ execution: Execution, _ function: RowFunction
    ) throws -> [Double] {
        let rows = data.rowCount
        guard fitted.component.isConcurrent, execution.threads > 1, rows > FunctionTableModel.blockSize else {
            return try exclusively {
                try call(data, name, width: width, execution, function, whole: rows, from: 0)
            }
        }
        // A row's output is its own, so parts of the rows may be given to several threads.
        let single = execution.singleThreaded
        var result = [Double](repeating: 0, count: rows * width)
        try result.withUnsafeMutableBufferPointer { buffer in
            let shared = SharedBuffer(buffer)
            try execution.forEachBlock(of: rows, size: FunctionTableModel.blockSize) { range in
                let part = try call(
                    data.rows(range), name, width: width, single, function, whole: rows, from: range.lowerBound)
                for (index, value) in part.enumerated() { shared.buffer[range.lowerBound * width + index] = value }
            }
        }
        return result
    }

    private func call(
        _ data: Dataset, _ name: String, width: Int, _ execution: Execution, _ function: RowFunction, whole: Int,
        from firstRow: Int
    ) throws -> [Double] {
        let guarded = GuardedBuffer(count: data.rowCount * width)
        try FunctionTableCall(fitted.component, name, execution: execution).run { call in
            withTable(data) { function(fitted.address, $0, guarded.start, call) }
        }
        return try guarded.contents(
            plugin: fitted.component.description.plugin, function: name, width: width, firstRow: firstRow)
    }

    private func exclusively<Result>(_ body: () throws -> Result) throws -> Result {
        fitted.component.isConcurrent ? try body() : try turn.withLock { _ in try body() }
    }
}
