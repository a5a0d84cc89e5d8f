internal import OutlierCore

/// What a call is about: what the arguments of a function may stand for. Pointers outlive the ``ManifestCall`` that is
/// made with them.
struct CallInputs {
    let bound: BoundComponent
    var parameters: Value
    var rows = 0
    var columns = 0
    var outputColumns = 0
    var seed: UInt64 = 0
    var threads = 1
    /// The table, row-major.
    var matrix: UnsafeBufferPointer<Double>?
    var state = ForeignState.none
    /// Where the state of one column begins, for a fit that is called for each column.
    var stateOffset = 0
    /// The scores that a detector is to give, or those that a metric measures.
    var scores: UnsafeMutableBufferPointer<Double>?
    /// The table that a preprocessor is to give, row-major.
    var output: UnsafeMutableBufferPointer<Double>?
    var truth: [Bool] = []
    var decisions: [Bool]?
    var bytes: UnsafeMutableRawBufferPointer?
    /// Is told how far the library is; answers whether it is to stop.
    var progress: (@Sendable (Double) -> Bool)?

    func parameter(_ name: String) -> Value { parameters[name] ?? .null }

    func sizes() -> [String: Int] {
        var sizes = bound.sizes(rows: rows, columns: columns, parameters: parameters)
        sizes["output-columns"] = outputColumns
        return sizes
    }
}
