internal import CFFI

/// The arguments of one function and room for its result, laid out once, so that calling it again and again allocates
/// nothing. One thread's own.
final class ForeignCall {
    let function: ForeignFunction
    /// Where the result is after a call; integers narrower than a register are widened to one.
    let result: UnsafeMutableRawPointer
    private let memory: UnsafeMutableRawPointer
    private let addresses: UnsafeMutablePointer<UnsafeMutableRawPointer?>

    init(_ function: ForeignFunction) {
        self.function = function
        // The result first, in no less than a register, then the arguments, each well aligned.
        var offsets: [Int] = []
        var end = ForeignCall.rounded(max(function.resultType.layout.size, 16))
        for type in function.argumentTypes {
            offsets.append(end)
            end += ForeignCall.rounded(max(type.layout.size, 8))
        }
        memory = .allocate(byteCount: end, alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: end)
        result = memory
        addresses = .allocate(capacity: max(offsets.count, 1))
        addresses.initialize(repeating: nil, count: max(offsets.count, 1))
        for (index, offset) in offsets.enumerated() { addresses[index] = memory + offset }
    }

    deinit {
        memory.deallocate()
        addresses.deallocate()
    }

    private static func rounded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

    /// Where to write the argument at `index`, as C has it.
    func slot(_ index: Int) -> UnsafeMutableRawPointer {
        // Every argument has an address since `init`.
        addresses[index] ?? memory
    }

    @inline(__always)
    func invoke() { outlier_ffi_call(function.interface, function.address, result, addresses) }

    /// Calls the function for consecutive rows of `stride` elements: `slot` is the argument that points to the row, `score`
    /// where the function leaves a double.
    func invoke(
        rowsFrom first: UnsafePointer<Double>, stride: Int, slot: UnsafeMutableRawPointer, score: UnsafeRawPointer,
        into scores: UnsafeMutableBufferPointer<Double>
    ) {
        outlier_ffi_call_rows(
            function.interface, function.address, result, addresses, slot, first, stride, scores.count, score,
            scores.baseAddress)
    }
}
