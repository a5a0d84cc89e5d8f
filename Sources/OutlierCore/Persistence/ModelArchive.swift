/// What a model file holds: tensors and small values under names, nested by ``store(_:as:)-(ModelArchive,_)``.
///
/// Reading checks what it reads: a name that is not there, another type, another count or a number out of range is
/// an ``OutlierError/Code/invalidModel`` error that says so.
public struct ModelArchive: Sendable {
    /// Deeper nesting than any model has; a bound for hostile files.
    static let maximumDepth = 32

    private(set) var tensors: [String: Tensor] = [:]
    private(set) var values: [String: Value] = [:]
    private var depth = 0
    /// More columns than this no model has whose file is as long as the one that was read.
    private var mostColumns = Int(Int32.max)
    /// The names, in the order of their bytes: where they are known, a child is found without a look at all names.
    private var order: SortedNames?

    public init() {}

    /// - Parameter byteCount: the length of the file.
    init(tensors: [String: Tensor], values: [String: Value], byteCount: Int) {
        self.tensors = tensors
        self.values = values
        // A column's name alone takes a few bytes; some preprocessors make several columns of one.
        mostColumns = min(Int(Int32.max), 100_000 + byteCount.multipliedReportingOverflow(by: 8).partialValue)
        order = SortedNames(tensors: tensors.keys, values: values.keys)
    }

    // MARK: As bytes

    /// Reads what ``bytes()`` gave. The bytes may be damaged or hostile.
    ///
    /// - Throws: ``OutlierError/Code/invalidModel``.
    public init(bytes: UnsafeRawBufferPointer) throws { self = try Safetensors.read(bytes) }

    /// The archive as a model file holds it.
    public func bytes() throws -> [UInt8] { try Safetensors.bytes(of: self) }

    // MARK: Storing

    /// Puts 64-bit floating-point numbers under `name`, in place of a tensor that has it. ``doubles(_:count:)`` reads them.
    public mutating func store(_ elements: [Double], as name: String) {
        order = nil
        tensors[name] = Tensor(shape: [elements.count], elements: .float64(elements))
    }

    /// Puts 32-bit floating-point numbers under `name`. ``floats(_:count:)`` reads them.
    ///
    /// - Parameter shape: what the file says of them, for other programs; its product must be their count. One dimension
    ///   where `nil`.
    public mutating func store(_ elements: [Float], as name: String, shape: [Int]? = nil) {
        order = nil
        tensors[name] = Tensor(shape: shape ?? [elements.count], elements: .float32(elements))
    }

    /// Puts 64-bit integers under `name`. ``integers(_:count:in:)`` reads them.
    public mutating func store(_ elements: [Int], as name: String) {
        order = nil
        tensors[name] = Tensor(shape: [elements.count], elements: .int64(elements.map(Int64.init)))
    }

    /// Puts 32-bit integers under `name`. ``int32s(_:count:in:)`` reads them.
    public mutating func store(_ elements: [Int32], as name: String) {
        order = nil
        tensors[name] = Tensor(shape: [elements.count], elements: .int32(elements))
    }

    /// Puts bytes under `name`. ``bytes(_:count:)`` reads them.
    public mutating func store(_ elements: [UInt8], as name: String) {
        order = nil
        tensors[name] = Tensor(shape: [elements.count], elements: .uint8(elements))
    }

    /// Puts the numbers of `matrix` under `name`, with its shape. ``matrix(_:rows:columns:)`` reads them.
    public mutating func store(_ matrix: Matrix, as name: String) {
        order = nil
        tensors[name] = Tensor(shape: [matrix.rowCount, matrix.columnCount], elements: .float64(matrix.values))
    }

    /// Puts a small value under `name`: text, a number, a mapping. Values and tensors have names of their own.
    public mutating func store(_ value: Value, as name: String) {
        order = nil
        values[name] = value
    }

    /// Puts one integer under `name`. ``integer(_:in:)`` reads it.
    public mutating func store(_ integer: Int, as name: String) { store(Value.integer(integer), as: name) }

    /// Puts text under `name`. ``string(_:)`` reads it.
    public mutating func store(_ text: String, as name: String) { store(Value.string(text), as: name) }

    /// Puts everything of `child` under `name`. ``child(_:)`` gives it back.
    public mutating func store(_ child: ModelArchive, as name: String) {
        order = nil
        for (key, tensor) in child.tensors { tensors["\(name)/\(key)"] = tensor }
        for (key, value) in child.values { values["\(name)/\(key)"] = value }
    }

    /// Puts a model under `name`. ``child(_:)`` gives the archive that it can be made from.
    public mutating func store(_ model: any Persistable, as name: String) throws {
        var child = ModelArchive()
        try model.encode(to: &child)
        store(child, as: name)
    }

    // MARK: Reading

    /// Whether there is a tensor called `name`.
    public func hasTensor(_ name: String) -> Bool { tensors[name] != nil }

    /// The 64-bit floating-point numbers called `name`. Any number may be among them, also one that is not finite.
    ///
    /// - Parameter count: how many elements there must be; `nil` for any number.
    /// - Throws: ``OutlierError/Code/invalidModel``.
    public func doubles(_ name: String, count: Int? = nil) throws -> [Double] {
        guard case .float64(let elements) = try tensor(name, count: count).elements else {
            throw wrongType(name, "64-bit floating-point numbers")
        }
        return elements
    }

    /// The 32-bit floating-point numbers called `name`. Any number may be among them, also one that is not finite.
    ///
    /// - Parameter count: how many elements there must be; `nil` for any number.
    /// - Throws: ``OutlierError/Code/invalidModel``.
    public func floats(_ name: String, count: Int? = nil) throws -> [Float] {
        guard case .float32(let elements) = try tensor(name, count: count).elements else {
            throw wrongType(name, "32-bit floating-point numbers")
        }
        return elements
    }

    /// The 64-bit integers called `name`.
    ///
    /// - Parameters:
    ///   - count: how many elements there must be; `nil` for any number.
    ///   - range: what every element must lie in.
    /// - Throws: ``OutlierError/Code/invalidModel``.
    public func integers(_ name: String, count: Int? = nil, in range: ClosedRange<Int> = Int.min...Int.max) throws
        -> [Int]
    {
        guard case .int64(let elements) = try tensor(name, count: count).elements else {
            throw wrongType(name, "64-bit integers")
        }
        return try elements.map { element in
            let value = Int(element)
            guard range.contains(value) else { throw outOfRange(name) }
            return value
        }
    }

    /// The 32-bit integers called `name`.
    ///
    /// - Parameters:
    ///   - count: how many elements there must be; `nil` for any number.
    ///   - range: what every element must lie in.
    /// - Throws: ``OutlierError/Code/invalidModel``.
    public func int32s(
        _ name: String, count: Int? = nil, in range: ClosedRange<Int32> = Int32.min...Int32.max
    ) throws -> [Int32] {
        guard case .int32(let elements) = try tensor(name, count: count).elements else {
            throw wrongType(name, "32-bit integers")
        }
        guard elements.allSatisfy(range.contains) else { throw outOfRange(name) }
        return elements
    }

    /// The bytes called `name`.
    ///
    /// - Parameter count: how many there must be; `nil` for any number.
    /// - Throws: ``OutlierError/Code/invalidModel``.
    public func bytes(_ name: String, count: Int? = nil) throws -> [UInt8] {
        guard case .uint8(let elements) = try tensor(name, count: count).elements else {
            throw wrongType(name, "bytes")
        }
        return elements
    }

    /// The matrix called `name`. Any number may be among its elements, also one that is not finite.
    ///
    /// - Parameters:
    ///   - rows: how many rows there must be; `nil` for any number.
    ///   - columns: how many columns there must be; `nil` for any number.
    /// - Throws: ``OutlierError/Code/invalidModel``.
    public func matrix(_ name: String, rows: Int? = nil, columns: Int? = nil) throws -> Matrix {
        let tensor = try tensor(name, count: nil)
        guard tensor.shape.count == 2, rows == nil || tensor.shape[0] == rows,
            columns == nil || tensor.shape[1] == columns
        else {
            let expected = "\(rows.map(String.init) ?? "any") × \(columns.map(String.init) ?? "any")"
            throw OutlierError(.invalidModel, "the tensor “\(name)” has the shape \(tensor.shape), not \(expected)")
        }
        return try Matrix(rowCount: tensor.shape[0], columnCount: tensor.shape[1], values: doubles(name))
    }

    /// The small value called `name`.
    ///
    /// - Throws: ``OutlierError/Code/invalidModel`` where there is none.
    public func value(_ name: String) throws -> Value {
        guard let value = values[name] else {
            throw OutlierError(.invalidModel, "the model has no value “\(name)”")
        }
        return value
    }

    /// The small value called `name`, or `nil` where there is none.
    public func valueIfPresent(_ name: String) -> Value? { values[name] }

    /// The integer called `name`.
    ///
    /// - Parameter range: what it must lie in.
    /// - Throws: ``OutlierError/Code/invalidModel`` where there is none in that range.
    public func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int {
        guard let value = try value(name).int, range.contains(value) else { throw outOfRange(name) }
        return value
    }

    /// The number of columns called `name`, which is checked against the length of the file before anybody makes room for
    /// as many.
    ///
    /// - Throws: ``OutlierError/Code/invalidModel`` where there is none, or one that the file cannot have.
    public func columnCount(_ name: String) throws -> Int {
        let count = try integer(name, in: 1...Int(Int32.max))
        guard count <= mostColumns else {
            throw OutlierError(
                .invalidModel,
                "the model claims \(count) columns (“\(name)”), which a file as short as this cannot hold",
                suggestion: "Fit the model again, or restore the file.")
        }
        return count
    }

    /// The text called `name`.
    ///
    /// - Throws: ``OutlierError/Code/invalidModel`` where there is none.
    public func string(_ name: String) throws -> String {
        guard let text = try value(name).string else { throw wrongType(name, "text") }
        return text
    }

    /// What ``integer(_:in:)`` gives, or `nil` where there is no value called `name`: one of another type is an error.
    public func integerIfPresent(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        values[name] == nil ? nil : try integer(name, in: range)
    }

    /// What ``string(_:)`` gives, or `nil` where there is no value called `name`: one of another type is an error.
    public func stringIfPresent(_ name: String) throws -> String? {
        values[name] == nil ? nil : try string(name)
    }

    /// What ``store(_:as:)-(ModelArchive,_)`` put under `name`; empty where there is nothing.
    public func child(_ name: String) throws -> ModelArchive {
        guard depth < ModelArchive.maximumDepth else {
            throw OutlierError(.invalidModel, "the model is nested too deeply")
        }
        if let order {
            var child = ModelArchive()
            let (tensorNames, valueNames, rest) = order.below(name)
            for (short, full) in tensorNames { child.tensors[short] = tensors[full] }
            for (short, full) in valueNames { child.values[short] = values[full] }
            child.order = rest
            child.depth = depth + 1
            child.mostColumns = mostColumns
            return child
        }
        let prefix = name + "/"
        func strip<Element>(_ all: [String: Element]) -> [String: Element] {
            var result: [String: Element] = [:]
            for (key, element) in all where key.hasPrefix(prefix) {
                result[String(key.dropFirst(prefix.count))] = element
            }
            return result
        }
        var child = ModelArchive()
        child.tensors = strip(tensors)
        child.values = strip(values)
        child.depth = depth + 1
        child.mostColumns = mostColumns
        return child
    }

    private func tensor(_ name: String, count: Int?) throws -> Tensor {
        guard let tensor = tensors[name] else {
            throw OutlierError(.invalidModel, "the model has no tensor “\(name)”")
        }
        if let count, tensor.elements.count != count {
            throw OutlierError(
                .invalidModel, "the tensor “\(name)” has \(tensor.elements.count) elements, but \(count) were expected")
        }
        return tensor
    }

    private func wrongType(_ name: String, _ expected: String) -> OutlierError {
        OutlierError(.invalidModel, "“\(name)” does not hold \(expected)")
    }

    private func outOfRange(_ name: String) -> OutlierError {
        OutlierError(.invalidModel, "“\(name)” holds a number that is out of range")
    }
}
