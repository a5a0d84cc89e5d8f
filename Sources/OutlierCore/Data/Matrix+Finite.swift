extension Matrix {
    /// Whether any element is missing (`NaN`) or infinite: one pass, on several threads where it is long.
    ///
    /// Where infinities have been ruled out, as in the data that detectors get, this says whether a value is missing.
    public func containsNonFinite(execution: Execution = Execution(threads: 1)) -> Bool {
        withUnsafeBufferPointer { values in
            let size = 1 << 16
            guard values.count > 2 * size, execution.threads > 1 else { return Matrix.containsNonFinite(values[...]) }
            let shared = SharedReadBuffer(values)
            let count = values.count
            let parts = min(execution.threads, count / size)
            let found = Guarded(false)
            // A search is not worth interrupting: it goes on after a cancellation.
            let search = Execution(threads: execution.threads)
            try? search.forEach(parts) { part in
                let range = part * count / parts..<(part + 1) * count / parts
                if Matrix.containsNonFinite(shared.buffer[range]) { found.withLock { $0 = true } }
            }
            return found.withLock { $0 }
        }
    }

    /// Adding one to an exponent whose bits are all set carries into the sign, where one bit of all elements' gathers.
    private static func containsNonFinite(_ values: Slice<UnsafeBufferPointer<Double>>) -> Bool {
        let exponent: UInt64 = 0x7FF0_0000_0000_0000
        let one: UInt64 = 0x0010_0000_0000_0000
        let values = UnsafeBufferPointer(rebasing: values)
        let whole = values.count / 16 * 16
        var gathered = UInt64(0)
        if let base = values.baseAddress {
            let raw = UnsafeRawPointer(base)
            var first = SIMD8<UInt64>(repeating: 0)
            var second = first
            for start in stride(from: 0, to: whole * 8, by: 128) {
                first |= (raw.loadUnaligned(fromByteOffset: start, as: SIMD8<UInt64>.self) & exponent) &+ one
                second |= (raw.loadUnaligned(fromByteOffset: start + 64, as: SIMD8<UInt64>.self) & exponent) &+ one
            }
            let both = first | second
            for lane in 0..<8 { gathered |= both[lane] }
        }
        for value in values[whole...] { gathered |= (value.bitPattern & exponent) &+ one }
        return gathered >> 63 == 1
    }
}
