internal import Foundation
internal import OutlierCore

/// A function with everything that it is given, ready to be called: once with the table, or for each row, column or value
/// without an allocation. One thread's own.
final class ManifestCall {
    /// Where a call puts an array of its own, to be copied to where it belongs.
    private struct Collected {
        let source: UnsafeMutableRawPointer
        let isFloat: Bool
        let columnMajor: Bool
    }

    /// An argument that is another one at each call.
    private struct Moving {
        /// Where the argument is.
        let target: UnsafeMutableRawPointer
        /// What the argument points to, where the function cannot have the table's own memory.
        let copy: UnsafeMutableRawPointer?
        let isFloat: Bool
    }

    let bound: BoundFunction
    let inputs: CallInputs
    private let call: ForeignCall
    // Filled while the arguments are laid out, and constant from then on.
    private var owned: [(memory: UnsafeMutableRawPointer, byteCount: Int)] = []
    private var moving: [Moving] = []
    private var statusCells: [(cell: UnsafeMutableRawPointer, type: ForeignType, ok: [Int])] = []
    private var scoreCell: (cell: UnsafeMutableRawPointer, type: ForeignType)?
    private var collectedScores: Collected?
    private var collectedOutput: Collected?
    /// Copies of the state that the function may write to, and what to put back before each call.
    private var stateCopies: [(copy: UnsafeMutableRawPointer, original: StateBuffer)] = []
    private var stateCell: UnsafeMutableRawPointer?
    private var valueCell: (cell: UnsafeMutableRawPointer, type: ForeignType)?
    private var callback: ProgressCallback?
    private var userData: UnsafeMutableRawPointer?

    init(_ bound: BoundFunction, _ inputs: CallInputs) throws {
        self.bound = bound
        self.inputs = inputs
        call = ForeignCall(bound.foreign)
        for (index, argument) in bound.function.arguments.enumerated() {
            let slot = call.slot(index)
            switch argument {
            case .plain(let leaf): try write(leaf, to: slot)
            case .structure(let fields, let byAddress, _):
                let (offsets, whole) = ForeignType.layout(of: fields.map(\.type.foreign))
                let base = byAddress ? allocate(whole.size) : slot
                for (field, offset) in zip(fields, offsets) { try write(field, to: base + offset) }
                if byAddress { slot.storeBytes(of: base, as: UnsafeMutableRawPointer?.self) }
            }
        }
    }

    deinit { for (memory, _) in owned { memory.deallocate() } }

    // MARK: Laying out the arguments

    private func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount + Margin.byteCount, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        Margin.set(at: memory + byteCount)
        owned.append((memory, byteCount))
        return memory
    }

    private func point(_ target: UnsafeMutableRawPointer, to memory: UnsafeMutableRawPointer?) {
        target.storeBytes(of: memory, as: UnsafeMutableRawPointer?.self)
    }

    /// The place of a number: the argument itself, or a cell that it points to.
    private func place(_ leaf: ManifestLeaf, _ target: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        guard leaf.type.pointers > 0 else { return target }
        let cell = allocate(leaf.type.element.layout.size)
        point(target, to: cell)
        return cell
    }

    private func write(_ number: Int, as leaf: ManifestLeaf, to target: UnsafeMutableRawPointer) throws {
        guard leaf.type.element.write(number, to: place(leaf, target)) else {
            throw inputs.bound.failure(
                "\(leaf.meaning.word), here \(number), does not fit into the type “\(leaf.type.text)” of “\(bound.function.symbol)”",
                code: .invalidValue)
        }
    }

    private func write(_ leaf: ManifestLeaf, to target: UnsafeMutableRawPointer) throws {
        let type = leaf.type
        let unit = bound.function.unit
        switch leaf.meaning {
        case .rows: try write(inputs.rows, as: leaf, to: target)
        case .columns: try write(inputs.columns, as: leaf, to: target)
        case .elements: try write(inputs.rows * inputs.columns, as: leaf, to: target)
        case .outputColumns: try write(inputs.outputColumns, as: leaf, to: target)
        case .threads: try write(inputs.threads, as: leaf, to: target)
        case .number(let expression): try write(expression.value(inputs.sizes()), as: leaf, to: target)
        case .byteCount: try write(inputs.bytes?.count ?? 0, as: leaf, to: target)
        case .stride: try write(stride(unit), as: leaf, to: target)
        case .seed:
            // A seed is cut to the type's bits: any number is a seed.
            let cell = place(leaf, target)
            let bits = type.element.layout.size * 8 - (type.element.isSigned ? 1 : 0)
            let seed = bits >= 63 ? inputs.seed & UInt64(Int64.max) : inputs.seed & (1 << UInt64(bits) - 1)
            _ = type.element.write(Int(seed), to: cell)
        case .matrix(let columnMajor): writeMatrix(leaf, columnMajor, to: target)
        case .row, .column:
            let count = leaf.meaning == .row ? inputs.columns : inputs.rows
            let isDirect = leaf.meaning == .row && type.isConstant && type.element == .double
            let copy = isDirect ? nil : allocate(count * type.element.layout.size)
            if let copy { point(target, to: copy) }
            moving.append(Moving(target: target, copy: copy, isFloat: type.element == .float))
            if leaf.meaning == .row, !type.isConstant, bound.function.role == .apply, collectedOutput == nil,
                let copy
            {
                collectedOutput = Collected(source: copy, isFloat: type.element == .float, columnMajor: false)
            }
        case .value where bound.function.role == .measure:
            let cell = place(leaf, target)
            valueCell = (cell, type.element)
        case .value: moving.append(Moving(target: target, copy: nil, isFloat: type.element == .float))
        case .state: writeState(leaf, to: target)
        case .scores where bound.function.role == .measure:
            let copy = allocate((inputs.scores?.count ?? 0) * type.element.layout.size)
            for (index, score) in (inputs.scores ?? .init(start: nil, count: 0)).enumerated() {
                store(score, at: index, of: copy, type.element)
            }
            point(target, to: copy)
        case .scores:
            if type.element == .double {
                point(target, to: inputs.scores.flatMap { UnsafeMutableRawPointer($0.baseAddress) })
            } else {
                let copy = allocate(inputs.rows * 4)
                collectedScores = Collected(source: copy, isFloat: true, columnMajor: false)
                point(target, to: copy)
            }
        case .score:
            let cell = place(leaf, target)
            scoreCell = (cell, type.element)
        case .truth: writeFlags(inputs.truth, type, to: target)
        case .decisions:
            guard let decisions = inputs.decisions else {
                throw inputs.bound.failure(
                    "“\(inputs.bound.name)” needs decisions, but there are none", code: .missingDecisions,
                    suggestion: "Choose a threshold.")
            }
            writeFlags(decisions, type, to: target)
        case .output(let columnMajor): writeOutput(leaf, columnMajor, to: target)
        case .userData: point(target, to: ownUserData())
        case .bytes: point(target, to: inputs.bytes?.baseAddress)
        case .parameter(let name): try writeParameter(name, leaf, to: target)
        case .constant(let value): try writeValue(value, leaf, to: target)
        case .workspace(let count):
            point(target, to: allocate(try count.value(inputs.sizes()) * type.element.layout.size))
        case .status(let ok):
            let cell = place(leaf, target)
            statusCells.append((cell, type.element, ok))
        case .progress(let shape):
            let callback = try ProgressCallback(shape, userData: ownUserData(), progress: inputs.progress)
            self.callback = callback
            point(target, to: callback.address)
        }
    }

    /// How many elements lie from one row to the next (of a table), or from one value to the next.
    private func stride(_ unit: ManifestFunction.Unit) -> Int {
        guard unit == .table, bound.function.role != .measure else { return 1 }
        let isColumnMajor = bound.function.has {
            if case .matrix(columnMajor: true) = $0 { true } else { false }
        }
        return isColumnMajor ? inputs.rows : inputs.columns
    }

    private func store(_ value: Double, at index: Int, of memory: UnsafeMutableRawPointer, _ type: ForeignType) {
        if type == .float {
            memory.storeBytes(of: Float(value), toByteOffset: 4 * index, as: Float.self)
        } else {
            memory.storeBytes(of: value, toByteOffset: 8 * index, as: Double.self)
        }
    }

    private func writeMatrix(_ leaf: ManifestLeaf, _ columnMajor: Bool, to target: UnsafeMutableRawPointer) {
        guard let matrix = inputs.matrix else { return }
        let isFloat = leaf.type.element == .float
        if leaf.type.isConstant, !isFloat, !columnMajor || inputs.columns == 1 {
            point(target, to: UnsafeMutableRawPointer(mutating: matrix.baseAddress))
            return
        }
        let copy = allocate(matrix.count * leaf.type.element.layout.size)
        if !columnMajor {
            if isFloat {
                let floats = copy.assumingMemoryBound(to: Float.self)
                for index in 0..<matrix.count { floats[index] = Float(matrix[index]) }
            } else if let base = matrix.baseAddress {
                copy.copyMemory(from: base, byteCount: matrix.count * 8)
            }
        } else {
            // Tiles keep both sides within the cache.
            let tile = 32
            for rowStart in Swift.stride(from: 0, to: inputs.rows, by: tile) {
                for columnStart in Swift.stride(from: 0, to: inputs.columns, by: tile) {
                    for column in columnStart..<min(columnStart + tile, inputs.columns) {
                        for row in rowStart..<min(rowStart + tile, inputs.rows) {
                            store(
                                matrix[row * inputs.columns + column], at: column * inputs.rows + row, of: copy,
                                leaf.type.element)
                        }
                    }
                }
            }
        }
        point(target, to: copy)
        let hasOutput = bound.function.has { if case .output = $0 { true } else { false } }
        if bound.function.role == .apply, !leaf.type.isConstant, !hasOutput {
            collectedOutput = Collected(source: copy, isFloat: isFloat, columnMajor: columnMajor)
        }
    }

    private func writeOutput(_ leaf: ManifestLeaf, _ columnMajor: Bool, to target: UnsafeMutableRawPointer) {
        let isFloat = leaf.type.element == .float
        if bound.function.unit == .row {
            let copy = allocate(inputs.outputColumns * leaf.type.element.layout.size)
            collectedOutput = Collected(source: copy, isFloat: isFloat, columnMajor: false)
            point(target, to: copy)
        } else if !isFloat, !columnMajor {
            point(target, to: inputs.output.flatMap { UnsafeMutableRawPointer($0.baseAddress) })
        } else {
            let copy = allocate(inputs.rows * inputs.outputColumns * leaf.type.element.layout.size)
            collectedOutput = Collected(source: copy, isFloat: isFloat, columnMajor: columnMajor)
            point(target, to: copy)
        }
    }

    private func writeState(_ leaf: ManifestLeaf, to target: UnsafeMutableRawPointer) {
        if leaf.type.pointers == 2 {
            let cell = allocate(8)
            stateCell = cell
            point(target, to: cell)
        } else if case .buffer(let buffer) = inputs.state, bound.function.role != .fit, !leaf.type.isConstant {
            // The function may write to it, but a model never changes, and no row sees what another left.
            let copy = allocate(buffer.byteCount)
            copy.copyMemory(from: buffer.address, byteCount: buffer.byteCount)
            stateCopies.append((copy, buffer))
            point(target, to: copy)
        } else {
            point(target, to: inputs.state.address.map { $0 + inputs.stateOffset })
        }
    }

    private func writeFlags(_ flags: [Bool], _ type: CType, to target: UnsafeMutableRawPointer) {
        let size = type.element.layout.size
        let copy = allocate(flags.count * size)
        for (index, flag) in flags.enumerated() { _ = type.element.write(flag ? 1 : 0, to: copy + index * size) }
        point(target, to: copy)
    }

    private func writeParameter(_ name: String, _ leaf: ManifestLeaf, to target: UnsafeMutableRawPointer) throws {
        let value = inputs.parameter(name)
        let codes = inputs.bound.component.parameters.first { $0.description.name == name }?.codes ?? [:]
        if let word = value.string, let code = codes[word] {
            try write(code, as: leaf, to: target)
        } else {
            try writeValue(value, leaf, to: target)
        }
    }

    private func writeValue(_ value: Value, _ leaf: ManifestLeaf, to target: UnsafeMutableRawPointer) throws {
        switch value {
        case .null: point(target, to: nil)
        case .boolean(let flag): try write(flag ? 1 : 0, as: leaf, to: target)
        case .string(let text):
            let bytes = Array(text.utf8)
            let copy = allocate(bytes.count + 1)
            for (index, byte) in bytes.enumerated() { copy.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
            point(target, to: copy)
        case .integer(let number): try write(number, as: leaf, to: target)
        default: store(value.double ?? 0, at: 0, of: place(leaf, target), leaf.type.element)
        }
    }

    /// Memory that nobody looks into, so that a library has something to hand back to its callback.
    private func ownUserData() -> UnsafeMutableRawPointer {
        if let userData { return userData }
        let memory = allocate(16)
        userData = memory
        return memory
    }

    // MARK: Calling

    /// Calls the function with the whole table and puts what it gave where it belongs.
    func invoke() throws {
        call.invoke()
        try checkMargins()
        try check()
        if let collectedScores, let scores = inputs.scores {
            let floats = collectedScores.source.assumingMemoryBound(to: Float.self)
            for index in 0..<scores.count { scores[index] = Double(floats[index]) }
        }
        try takeReturnedScores()
        if let collectedOutput, let output = inputs.output {
            for row in 0..<inputs.rows {
                for column in 0..<inputs.outputColumns {
                    let index =
                        collectedOutput.columnMajor ? column * inputs.rows + row : row * inputs.outputColumns + column
                    output[row * inputs.outputColumns + column] =
                        collectedOutput.isFloat
                        ? Double(collectedOutput.source.load(fromByteOffset: 4 * index, as: Float.self))
                        : collectedOutput.source.load(fromByteOffset: 8 * index, as: Double.self)
                }
            }
        }
    }

    private func takeReturnedScores() throws {
        guard case .scores = bound.function.result.meaning, let scores = inputs.scores else { return }
        guard let address = call.result.load(as: UnsafeMutableRawPointer?.self) else {
            throw inputs.bound.failure("“\(bound.function.symbol)” returned NULL instead of scores")
        }
        let type = bound.function.result.type.element
        for index in 0..<scores.count { scores[index] = type.number(at: address + index * type.layout.size) }
        _ = try bound.free?.call(.pointer(address))
    }

    /// Scores consecutive rows, one call each. `scores` begins at the range's first row.
    func score(rows: Range<Int>, into scores: UnsafeMutableBufferPointer<Double>) throws {
        guard let base = inputs.matrix?.baseAddress else { return }
        let columns = inputs.columns
        let type = scoreCell?.type ?? bound.function.result.type.element
        let cell = UnsafeRawPointer(scoreCell?.cell ?? call.result)
        let isDouble = type == .double
        let isReturned = scoreCell == nil
        let checks = checksStatus
        if moving.count == 1, moving[0].copy == nil, stateCopies.isEmpty, isDouble, !checks {
            // Nearly every function takes one row, no more that moves, and gives a double.
            call.invoke(
                rowsFrom: base + rows.lowerBound * columns, stride: columns, slot: moving[0].target, score: cell,
                into: scores)
            return
        }
        for row in rows {
            move(to: base + row * columns, count: columns)
            call.invoke()
            if checks { try check() }
            scores[row - rows.lowerBound] =
                if isDouble {
                    cell.load(as: Double.self)
                } else if isReturned {
                    bound.function.result.type.element.result(at: cell)
                } else {
                    type.number(at: cell)
                }
        }
    }

    /// Puts the row that begins at `source` where the function finds it.
    private func move(to source: UnsafePointer<Double>, count: Int, stride: Int = 1) {
        restoreState()
        for moving in moving {
            guard let copy = moving.copy else {
                moving.target.storeBytes(of: source, as: UnsafePointer<Double>.self)
                continue
            }
            if moving.isFloat {
                let floats = copy.assumingMemoryBound(to: Float.self)
                for index in 0..<count { floats[index] = Float(source[index * stride]) }
            } else {
                let doubles = copy.assumingMemoryBound(to: Double.self)
                for index in 0..<count { doubles[index] = source[index * stride] }
            }
        }
    }

    /// Undoes what the last call wrote to the state.
    private func restoreState() {
        for (copy, original) in stateCopies {
            copy.copyMemory(from: original.address, byteCount: original.byteCount)
        }
    }

    /// Calls the function for one column of the table; what it returns is the column's state.
    func fit(column: Int) throws {
        guard let base = inputs.matrix?.baseAddress else { return }
        move(to: base + column, count: inputs.rows, stride: inputs.columns)
        call.invoke()
        try check()
        if case .state = bound.function.result.meaning, let state = inputs.state.address {
            let value = bound.function.result.type.element.number(at: call.result)
            state.storeBytes(of: value, toByteOffset: inputs.stateOffset, as: Double.self)
        }
    }

    /// Changes consecutive rows, one call each. `output` begins at the range's first row.
    func change(rows: Range<Int>, into output: UnsafeMutableBufferPointer<Double>) throws {
        guard let base = inputs.matrix?.baseAddress, let source = collectedOutput else { return }
        let checks = checksStatus
        var position = 0
        for row in rows {
            move(to: base + row * inputs.columns, count: inputs.columns)
            call.invoke()
            if checks { try check() }
            for column in 0..<inputs.outputColumns {
                output[position] =
                    source.isFloat
                    ? Double(source.source.load(fromByteOffset: 4 * column, as: Float.self))
                    : source.source.load(fromByteOffset: 8 * column, as: Double.self)
                position += 1
            }
        }
    }

    /// Changes consecutive values, one call each.
    func change(values: UnsafeBufferPointer<Double>, into output: UnsafeMutableBufferPointer<Double>) throws {
        guard let argument = moving.first else { return }
        let checks = checksStatus
        let type = bound.function.result.type.element
        let restores = !stateCopies.isEmpty
        for index in values.indices {
            if restores { restoreState() }
            store(values[index], at: 0, of: argument.target, argument.isFloat ? .float : .double)
            call.invoke()
            if checks { try check() }
            output[index] = type.result(at: call.result)
        }
    }

    /// The number that a metric's function gave.
    func value() -> Double {
        if let valueCell { return valueCell.type.number(at: valueCell.cell) }
        return bound.function.result.type.element.result(at: call.result)
    }

    /// The number of bytes that a function returned.
    func byteCount() -> Int? {
        ForeignValue(result: call.result, type: bound.function.result.type.foreign).integer
    }

    /// The pointer that a function gave as its state.
    func statePointer() -> UnsafeMutableRawPointer? {
        (stateCell ?? call.result).load(as: UnsafeMutableRawPointer?.self)
    }

    // MARK: What the function says of itself

    /// Whether the function kept to the memory that it was given, as far as that can be seen.
    func checkMargins() throws {
        var isWhole = owned.allSatisfy { Margin.isWhole(at: $0.memory + $0.byteCount) }
        if case .buffer(let buffer) = inputs.state { isWhole = isWhole && buffer.isWhole }
        guard isWhole else {
            throw inputs.bound.failure(
                "“\(bound.function.symbol)” wrote past the end of what it was given",
                suggestion:
                    "Compare the sizes in the manifest (state, workspace) and the arguments with the library's documentation. What else it wrote to nobody knows."
            )
        }
    }

    private var checksStatus: Bool {
        if case .status = bound.function.result.meaning { return true }
        return !statusCells.isEmpty || callback != nil
    }

    private func check() throws {
        let symbol = bound.function.symbol
        if callback?.wasMisused == true {
            throw inputs.bound.failure(
                "“\(symbol)” called its callback with another user-data than it was given",
                suggestion: "Compare what the callback “takes” with the library's documentation.")
        }
        for (cell, type, ok) in statusCells {
            let status = ForeignValue(stored: cell, type: type).integer ?? 0
            guard ok.contains(status) else {
                throw inputs.bound.failure("“\(symbol)” failed: its status is \(status)")
            }
        }
        guard case .status(let ok, _) = bound.function.result.meaning else { return }
        let value = ForeignValue(result: call.result, type: bound.function.result.type.foreign)
        guard let status = value.integer, !ok.contains(status) else { return }
        var words = ""
        if case .pointer(let text?)? = try bound.message?.call(value) {
            words = ": " + String(cString: text.assumingMemoryBound(to: CChar.self))
        }
        throw inputs.bound.failure("“\(symbol)” failed: it returned \(status)\(words)")
    }
}

extension ForeignType {
    var isSigned: Bool { [.int8, .int16, .int32, .int64].contains(self) }

    /// Reads a number that a function returned: narrow integers are widened to a register.
    func result(at slot: UnsafeRawPointer) -> Double {
        switch self {
        case .double: slot.load(as: Double.self)
        case .float: Double(slot.load(as: Float.self))
        case .uint64: Double(slot.load(as: UInt64.self))
        default: Double(ForeignValue(result: slot, type: self).integer ?? 0)
        }
    }
}
